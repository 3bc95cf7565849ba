//! Real shells read a printed command as the arguments it was built from.

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use logbucket::internals::request::{CommandLine, shell_word};
use proptest::prelude::*;

use crate::tables::each_case;

/// The shells and their option to read a file; the first two are always available.
const SHELLS: [(&str, &[&str]); 5] = [
    ("sh", &[]),
    ("bash", &["--norc"]),
    ("zsh", &["--no-rcs"]),
    ("fish", &["--no-config"]),
    ("pwsh", &["-NoProfile", "-NonInteractive", "-File"]),
];

/// Returns how the installed shells read these commands: each shell with the arguments of each command.
#[expect(clippy::print_stdout, reason = "a shell that is not installed is skipped, and that is said")]
fn read_back(commands: &[CommandLine]) -> Vec<(&'static str, Vec<Vec<String>>)> {
    let folder = tempfile::tempdir().unwrap();
    let mut read = Vec::new();
    for (shell, options) in SHELLS {
        // `printf` is a separate program, so PowerShell treats it like the other shells do.
        let end = if shell == "pwsh" { "\nprintf '\\1'\n" } else { "\nprintf '\\001'\n" };
        let lines: Vec<String> = commands.iter().map(|command| format!("{command}{end}")).collect();
        let file = folder.path().join(format!("commands.{}", if shell == "pwsh" { "ps1" } else { "sh" }));
        fs::write(&file, lines.concat()).unwrap();
        let output = match Command::new(shell).args(options).arg(&file).current_dir(&folder).output() {
            Ok(output) => output,
            Err(error) if !["sh", "bash"].contains(&shell) => {
                println!("{shell} is not here and was skipped: {error}");
                continue;
            }
            Err(error) => panic!("{shell}: {error}"),
        };
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.stderr.is_empty(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        let commands = text.strip_suffix('\u{1}').unwrap().split('\u{1}');
        read.push((shell, commands.map(|text| text.split_terminator('\u{2}').map(str::to_owned).collect()).collect()));
    }
    let left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(
        left.iter().all(|name| name.to_string_lossy().starts_with("commands.")),
        "a command did something: {left:?}"
    );
    read
}

/// The command that prints these arguments, each with a terminator.
fn printing(args: &[String]) -> Option<CommandLine> {
    CommandLine::new("printf", ["%s\\2"].iter().map(|&word| word.to_owned()).chain(args.iter().cloned())).ok()
}

#[track_caller]
fn agree(all: &[Vec<String>]) {
    let printable: Vec<(&Vec<String>, CommandLine)> =
        all.iter().filter_map(|args| Some((args, printing(args)?))).collect();
    let commands: Vec<CommandLine> = printable.iter().map(|(_, command)| command.clone()).collect();
    for (shell, read) in read_back(&commands) {
        assert_eq!(read.len(), commands.len(), "{shell}");
        for ((args, command), read) in printable.iter().zip(read) {
            assert_eq!(read, **args, "{shell}: {command}");
        }
    }
}

/// Hostile and careless names.
const NAMES: [&str; 40] = [
    "plain",
    "it's",
    "it’s",
    "‘x’",
    "a b",
    " a ",
    "$HOME",
    "$(touch x)",
    "`touch x`",
    "${IFS}",
    "a;touch x",
    "a|touch x",
    "a&touch x",
    "a>x",
    "a<x",
    "#x",
    "a #x",
    "~",
    "~root",
    "*",
    "?",
    "[a]",
    "{a,b}",
    "a,b",
    "!x",
    "!!",
    "^x",
    "%1",
    "@x",
    "@(1)",
    "=ls",
    "\\x",
    "C:\\logs",
    "$'x'",
    "it's $HOME",
    "it's `x`!",
    "--%",
    "10",
    "-x",
    "größe 大 🪣",
];

#[test]
fn every_shell_reads_every_kind_of_name_unchanged() {
    let alone: Vec<Vec<String>> = NAMES.iter().map(|name| vec![(*name).to_owned()]).collect();
    let bound: Vec<Vec<String>> =
        NAMES.iter().map(|name| vec![format!("--prefix={name}"), "behind".to_owned()]).collect();
    let printable = alone.iter().chain(&bound).filter(|args| printing(args).is_some()).count();
    assert!(printable >= 2 * NAMES.len() - 3, "only {printable} of {} can be printed", 2 * NAMES.len());
    agree(&[alone, bound].concat());
}

#[test]
fn text_that_any_shell_would_read_differently_is_never_printed() {
    let cases =
        [r"\'; touch x; #", "a\nb", "a\rb", "a\tb", r"a\\b", r"a\", "a\"b", "a\u{1b}b", "\u{202e}a", "a\u{2028}b"];
    each_case(cases, |name| {
        for word in [name.to_owned(), format!("--prefix={name}")] {
            assert!(shell_word(&OsString::from(&word)).is_err(), "{word:?}");
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// Tests words made of characters that are special in shells. A shell takes a while to start, so it gets many words
    /// at once.
    #[test]
    fn shells_agree_on_every_word_that_is_printed(
        words in prop::collection::vec("[-a1 '\"\\\\$`!#;&|<>()\\[\\]{}*?~=,@%^:./+é‘’“]{1,7}", 60..100),
    ) {
        let alone = words.iter().map(|word| vec![word.clone()]);
        let bound = words.iter().map(|word| vec![format!("--prefix={word}"), "x".to_owned()]);
        agree(&alone.chain(bound).collect::<Vec<_>>());
    }
}
