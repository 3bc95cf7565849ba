//! Runs the README's command as written there.

use std::process::Command;

#[test]
fn the_readme_command_sets_up_and_verifies_logs_against_a_simulated_aws() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../README.md");
    let readme = std::fs::read_to_string(readme).expect("a README");
    let command = readme.lines().find_map(|line| line.strip_prefix("cargo run -p demo -- ")).expect("a command");
    let output = Command::new(env!("CARGO_BIN_EXE_demo")).args(command.split(' ')).output().expect("ran");
    let (text, talk) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{talk}");
    assert!(text.contains("s3://demo-logs/"), "{text}");
}
