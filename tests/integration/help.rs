//! Help and usage errors, complete and at 80 columns. Neither needs AWS.

use std::fs;
use std::process::{Command, Output};

use clap::{CommandFactory as _, ValueEnum as _};
use logbucket::internals::cli::{Cli, CommandWord};
use serde_json::Value;

use crate::account::Account;
use crate::tables::each_case;

fn program(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logbucket"));
    command.env_clear().env("COLUMNS", "80").args(words);
    command
}

fn run(words: &str) -> Output {
    program(&words.split_whitespace().collect::<Vec<_>>()).output().unwrap()
}

/// Standard output of a run that succeeds and prints nothing else.
#[track_caller]
fn stdout(words: &str) -> String {
    let output = run(words);
    assert_eq!(output.status.code(), Some(0), "{words}: {output:?}");
    assert!(output.stderr.is_empty(), "{words}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Standard error of a run that fails as a usage error.
#[track_caller]
fn usage_error(words: &[&str]) -> String {
    let output = program(words).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{words:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{words:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn help_texts_match_their_snapshots() {
    let cases = [
        ("help", "--help"),
        ("help_short", "-h"),
        ("help_init_short", "init -h"),
        ("help_check", "check --help"),
        ("help_check_short", "check -h"),
        ("help_scan", "scan --help"),
        ("help_scan_short", "scan -h"),
        ("help_explain", "explain --help"),
        ("help_matrix", "matrix --help"),
        ("help_policy", "policy --help"),
        ("help_policy_short", "policy -h"),
        ("help_permissions", "permissions --help"),
        ("help_permissions_short", "permissions -h"),
        ("help_completions", "completions --help"),
        ("help_completions_short", "completions -h"),
        ("help_man", "man --help"),
    ];
    each_case(cases, |(name, words)| {
        let text = stdout(words);
        let long = text.lines().find(|line| line.chars().count() > 80);
        assert_eq!(long, None, "{words}");
        assert!(!text.lines().any(|line| line.trim() == "--yes"), "{words}");
        insta::assert_snapshot!(name, text);
    });
}

/// Compares a text of several screens in parts. Each part begins with a heading.
fn assert_parts(text: &str, parts: &[(&str, &str)]) {
    let mut rest = text;
    for (nth, (name, _)) in parts.iter().enumerate() {
        let (part, after) = match parts.get(nth + 1) {
            Some((_, heading)) => rest.split_at(rest.find(&format!("\n{heading}\n")).expect(heading) + 1),
            None => (rest, ""),
        };
        insta::assert_snapshot!(*name, part);
        rest = after;
    }
}

#[test]
fn the_help_of_init_matches_its_snapshots() {
    let text = stdout("init --help");
    let long = text.lines().find(|line| line.chars().count() > 80);
    assert_eq!(long, None);
    assert!(!text.lines().any(|line| line.trim() == "--yes"));
    let parts =
        [("help_init_source", ""), ("help_init_destination", "Destination:"), ("help_init_consent", "Consent:")];
    assert_parts(&text, &parts);
}

#[test]
fn without_arguments_help_goes_to_standard_error() {
    insta::assert_snapshot!("no_arguments", usage_error(&[]));
}

/// Asserts that each command line is a usage error with a hint, and returns the errors.
fn mistakes(lines: &[&str]) -> String {
    let mut all = Vec::new();
    for line in lines {
        // `''` is an empty argument.
        let words: Vec<&str> = line.split_whitespace().map(|word| if word == "''" { "" } else { word }).collect();
        let text = usage_error(&words);
        assert!(text.starts_with("error: "), "{words:?}: {text}");
        assert!(text.contains("\nhint: "), "{words:?}: {text}");
        all.push(format!("$ logbucket {}\n{text}", words.join(" ")));
    }
    all.join("\n")
}

#[test]
fn a_usage_error_says_what_is_wrong_and_what_to_do() {
    insta::assert_snapshot!(
        "mistakes_in_words",
        mistakes(&[
            "ini",
            "alb",
            "--quiet",
            "--bucket x init",
            "init --buket x",
            "init --nonsense",
            "init albb --source web --bucket demo-logs",
            "init alb web",
            "init alb --yes --yes",
            "init alb --yes=true",
            "init alb --detailed-exitcode",
            "init alb --verbose --quiet",
            "undo --yes",
            "undo --dry-run",
        ])
    );
    insta::assert_snapshot!(
        "mistakes_in_buckets",
        mistakes(&[
            "init alb --bucket",
            "init alb --bucket ''",
            "init alb --bucket Bad_Name",
            "init alb --bucket s3://acme-logs",
            "init alb --bucket s3://acme-logs/team/alb/",
            "init alb --bucket arn:aws:s3:::acme-logs",
            "init alb --bucket a-logs --bucket b-logs",
        ])
    );
    insta::assert_snapshot!(
        "mistakes_in_values",
        mistakes(&[
            "init alb --log-type acess",
            "init alb --encryption sse-kmss",
            "init inventory --format xml",
            "init alb --format ''",
            "init inventory --fields Sise",
            "init inventory --inventory-id a/b",
            "init alb --expire-days x",
            "init alb --expire-days 0",
            "init alb --wait soon",
            "init alb --tag team",
            "init nlb --kms-key logs",
            "init alb --region useast1",
            "init alb --endpoint-url nonsense",
            "init alb --output yaml",
            "init alb --output markdown",
        ])
    );
    insta::assert_snapshot!(
        "mistakes_of_offline_commands",
        mistakes(&[
            "completions",
            "completions bsh",
            "completions bash --output markdown",
            "explain key-polcy",
            "explain nonsense",
            "man innit",
            "man init --dir pages",
            "matrix elb",
            "permissions repair",
            "permissions --source web",
            "permissions --prefix a --producer alb,nlb",
            "permissions --kms-key create --no-kms-key",
            "policy",
            "policy s3-access --prefix s3/",
            "policy alb --bucket b-1 --account 1 --region us-east-1",
            "policy nlb --bucket acme-logs --account 111122223333 --region us-east-1 --for key",
            "policy nlb --bucket acme-logs --account 111122223333 --region us-east-1 --for bucked",
            "policy nlb --bucket acme-logs --account 111122223333 --region us-east-1 \
             --kms-key arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        ])
    );
}

#[test]
fn json_has_the_same_message_and_hint() {
    let output = run("init albb --output json");
    assert_eq!(output.status.code(), Some(2));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "logbucket.error/1");
    assert_eq!(document["error"], "`albb` is not a valid value for `PRODUCER`");
    let hint = document["hint"].as_str().unwrap();
    assert!(hint.starts_with("did you mean `alb`?\n`PRODUCER` must be one of `alb`, "), "{hint}");
}

#[test]
fn the_color_of_help_follows_the_flag() {
    assert!(!stdout("init --help").contains('\u{1b}'));
    assert!(stdout("--color always init --help").contains('\u{1b}'));
    assert!(stdout("init --help --color=always").contains('\u{1b}'));
    let forced = |words: &[&str]| program(words).env("CLICOLOR_FORCE", "1").output().unwrap().stdout;
    assert!(forced(&["--help"]).contains(&0x1b));
    assert!(!forced(&["--color", "never", "--help"]).contains(&0x1b));
}

#[test]
fn every_shell_has_a_completion_script() {
    each_case(["bash", "zsh", "fish", "powershell", "elvish"], |shell| {
        let script = stdout(&format!("completions {shell}"));
        // fish writes a flag without its dashes.
        let flag = if shell == "fish" { "-l bucket" } else { "--bucket" };
        assert!(script.contains(flag), "{shell}");
    });
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("logbucket.bash");
    fs::write(&script, stdout("completions bash")).unwrap();
    if let Ok(output) = Command::new("bash").arg("-n").arg(&script).output() {
        assert!(output.status.success(), "{output:?}");
    }
}

/// The flags that a page must have, as roff writes their dashes.
fn flags(name: Option<&str>) -> Vec<String> {
    let mut root = Cli::command();
    root.build();
    let command = name.map_or(&root, |name| root.find_subcommand(name).unwrap());
    command
        .get_arguments()
        .filter_map(|arg| arg.get_long())
        .map(|long| format!("--{long}").replace('-', "\\-"))
        .collect()
}

#[test]
fn every_command_has_a_manual_page_with_its_flags() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("deep/man1");
    let paths = stdout(&format!("man --dir {}", pages.display()));
    let commands: Vec<String> = Cli::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
    assert_eq!(commands.len(), CommandWord::value_variants().len());
    assert_eq!(paths.lines().count(), commands.len() + 1);
    for name in [None].into_iter().chain(commands.iter().map(|name| Some(name.as_str()))) {
        let page = stdout(&format!("man {}", name.unwrap_or_default()));
        let file = name.map_or("logbucket.1".to_owned(), |name| format!("logbucket-{name}.1"));
        assert_eq!(fs::read_to_string(pages.join(&file)).unwrap(), page, "{file}");
        assert!(page.contains(".TH logbucket"), "{page}");
        assert!(page.contains(".SH EXAMPLE"), "{page}");
        assert!(!page.contains("\n\n.TP"), "{file} has a flag without a word: {page}");
        for flag in flags(name) {
            assert!(page.contains(&flag), "{file} has no {flag}");
        }
    }
}

#[test]
fn the_manual_page_of_init_matches_its_snapshots() {
    let parts =
        [("man_init_source", ""), ("man_init_destination", ".SH DESTINATION"), ("man_init_consent", ".SH CONSENT")];
    assert_parts(&stdout("man init"), &parts);
}

#[test]
fn the_overview_manual_page_names_every_command() {
    each_case(["man -h", "man --help", "man man"], |words| {
        let page = stdout(words).replace("\\-", "-");
        let page: Vec<&str> = page.split(|c: char| !c.is_ascii_alphanumeric()).collect();
        for word in CommandWord::value_variants() {
            let name = word.to_possible_value().unwrap().get_name().to_owned();
            assert!(page.contains(&name.as_str()), "{words} does not name {name}");
        }
    });
}

#[test]
fn no_flag_is_split_across_lines_in_help() {
    for name in [None].into_iter().chain(CommandWord::value_variants().iter().map(Some)) {
        let name = name.map(|word| word.to_possible_value().unwrap().get_name().to_owned()).unwrap_or_default();
        for form in ["-h", "--help"] {
            let text = stdout(format!("{name} {form}").trim());
            let within = |line: &&str| {
                line.strip_suffix('-').is_some_and(|word| word.ends_with(|c: char| c == '-' || c.is_alphanumeric()))
            };
            let broken = text.lines().find(within);
            assert_eq!(broken, None, "{name} {form}");
        }
    }
}

#[test]
fn a_flag_of_another_command_is_reported_as_such() {
    let cases = [
        ("scan --suppressions", "`check`"),
        ("scan --source web", "`init`, `check`"),
        ("scan --bucket acme-logs", "`init`, `check`"),
        ("init --newest", "`scan`"),
        ("matrix --source web", "`init`, `check`"),
        ("undo --fail-on dead", "`check`, `scan`"),
    ];
    each_case(cases, |(words, owners)| {
        let text = usage_error(&words.split_whitespace().collect::<Vec<_>>());
        assert!(text.contains("is not a flag of `logbucket "), "{words}: {text}");
        assert!(text.contains(&format!("hint: it is a flag of {owners}")), "{words}: {text}");
        assert!(!text.contains("did you mean"), "{words}: {text}");
    });
}

#[test]
fn an_unwritable_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let output = run(&format!("man --dir {}", file.display()));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: could not write the pages to "));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported_and_fails_the_run() {
    each_case(["man init", "completions zsh", "init --help", "--version"], |words| {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = program(&words.split_whitespace().collect::<Vec<_>>()).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{words}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.starts_with("error: could not write to standard output: "), "{words}: {stderr}");
    });
    let account = Account::seeded();
    let dry_run = "init alb --source web --bucket demo-logs --dry-run";
    for words in [dry_run.to_owned(), format!("{dry_run} --output json")] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = account.command().args(words.split_whitespace()).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{words}: {output:?}");
    }
}

#[test]
fn a_run_that_cannot_print_its_changes_has_the_exit_code_of_a_changing_run() {
    for form in ["text", "json"] {
        let account = Account::seeded();
        let run = |words: &str| {
            let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
            let words = format!("{words} --output {form}");
            let output = account.command().args(words.split_whitespace()).stdout(full).output().unwrap();
            (output.status.code(), String::from_utf8(output.stderr).unwrap())
        };
        let said = "error: could not print what was changed: ";
        let (code, stderr) = run("init alb --source web --bucket demo-logs --tag a=b --tag a=b --yes");
        assert_eq!(code, Some(6), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
        account.bucket("demo-logs");
        // The same command changes nothing the second time.
        assert_eq!(run("init alb --source web --bucket demo-logs --yes").0, Some(1));
        let (code, stderr) = run("undo latest --yes");
        assert_eq!(code, Some(6), "{stderr}");
        assert!(stderr.contains(said), "{stderr}");
        assert_eq!(run("undo latest --yes").0, Some(1));
    }
}

#[test]
fn a_closed_output_pipe_is_not_an_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = program(&["man", "init"]).stdout(writer).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{output:?}");
}
