//! The program itself: what it says about its own arguments.

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sandbox")).args(arguments).output().expect("ran")
}

#[test]
fn help_is_printed_and_nothing_served() {
    for arguments in [&["--help"][..], &["-h"], &["serve", "--help"], &["serve", "4599", "-h"]] {
        let output = run(arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("sandbox serve [PORT]"), "{arguments:?}");
    }
}

#[test]
fn wrong_arguments_are_told_with_the_usage() {
    for (arguments, what) in
        [(&["serve", "port"][..], "'port' is not a port"), (&["serve", "1", "2"], "serve takes a port")]
    {
        let output = run(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.starts_with(&format!("sandbox: {what}")) && told.contains("Usage:"), "{told}");
    }
}
