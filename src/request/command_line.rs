//! Commands to be pasted into a shell.

use std::ffi::{OsStr, OsString};
use std::fmt;

use super::shell_word::{Unquotable, needs_its_flag, shell_word};

/// A command that sh, bash, zsh, fish and PowerShell run with the very same arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommandLine(String);

/// Why there is no such command.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no command is printed, since shells would not agree on the value of {what}: {why}")]
pub struct Unprintable {
    // The value itself may be anybody's, and this sentence stands where a command is looked for.
    what: String,
    why: Unquotable,
}

impl CommandLine {
    /// The command of a program with these arguments.
    pub fn new<T: AsRef<OsStr>>(program: &'static str, args: impl IntoIterator<Item = T>) -> Result<Self, Unprintable> {
        let mut line = program.to_owned();
        let mut before = OsString::new();
        for arg in args {
            let arg = arg.as_ref();
            let word = shell_word(arg).map_err(|why| Unprintable { what: flag_of(arg, &before), why })?;
            line.push(' ');
            line.push_str(&word);
            arg.clone_into(&mut before);
        }
        Ok(Self(line))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The flag that an argument is bound to or stands behind.
fn flag_of(arg: &OsStr, before: &OsStr) -> String {
    let bound = arg.to_str().filter(|arg| arg.starts_with("--")).and_then(|arg| arg.split_once('='));
    let flag = bound.map(|(flag, _)| flag).or_else(|| before.to_str().filter(|before| before.starts_with("--")));
    flag.map_or_else(|| "an argument".to_owned(), |flag| format!("`{flag}`"))
}

/// Arguments with their flags.
#[derive(Debug, Default)]
pub(super) struct Args(Vec<OsString>);

impl Args {
    /// These words to begin with.
    pub(super) fn new(words: &[&str]) -> Self {
        Self(words.iter().map(Into::into).collect())
    }

    /// A flag without a value.
    pub(super) fn flag(&mut self, name: &str) {
        self.0.push(name.into());
    }

    /// A flag and its value.
    pub(super) fn value(&mut self, name: &str, value: impl AsRef<OsStr>) {
        let value = value.as_ref();
        if needs_its_flag(value) {
            let mut bound = OsString::from(format!("{name}="));
            bound.push(value);
            self.0.push(bound);
        } else {
            self.0.extend([name.into(), value.to_owned()]);
        }
    }

    /// All of them.
    pub(super) fn into_words(self) -> Vec<OsString> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_all_its_arguments_or_is_none() {
        let command = CommandLine::new("aws", ["sso", "login", "--profile", "it's"]).unwrap();
        assert_eq!(command.to_string(), "aws sso login --profile \"it's\"");
        let error = CommandLine::new("logbucket", ["init", "--prefix", "a\nb"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no command is printed, since shells would not agree on the value of `--prefix`: it holds the hidden character U+000A"
        );
        let error = CommandLine::new("logbucket", ["undo", "--profile=\\\\"]).unwrap_err();
        assert!(error.to_string().contains("the value of `--profile`: fish"), "{error}");
    }
}
