//! Commands for pasting into a shell.

use std::ffi::{OsStr, OsString};
use std::fmt;

use super::shell_word::{Unquotable, needs_its_flag, shell_word};

/// A command that sh, bash, zsh, fish and PowerShell run with exactly the same arguments.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommandLine(String);

/// Why a command can't be printed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("can't print a command: shells read the value of {what} differently: {why}")]
pub struct Unprintable {
    // The value itself is left out: anyone may have written it, and users paste printed text.
    what: String,
    why: Unquotable,
}

impl CommandLine {
    /// Builds the command of a program with arguments.
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

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Returns the flag that an argument belongs to.
fn flag_of(arg: &OsStr, before: &OsStr) -> String {
    let bound = arg.to_str().filter(|arg| arg.starts_with("--")).and_then(|arg| arg.split_once('='));
    let flag = bound.map(|(flag, _)| flag).or_else(|| before.to_str().filter(|before| before.starts_with("--")));
    flag.map_or_else(|| "an argument".to_owned(), |flag| format!("`{flag}`"))
}

#[derive(Debug, Default)]
pub(super) struct Args(Vec<OsString>);

impl Args {
    /// Starts with these words.
    pub(super) fn new(words: &[&str]) -> Self {
        Self(words.iter().map(Into::into).collect())
    }

    /// Adds a flag without a value.
    pub(super) fn flag(&mut self, name: &str) {
        self.0.push(name.into());
    }

    /// Adds a flag and its value.
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

    pub(super) fn into_words(self) -> Vec<OsString> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_all_its_arguments_or_does_not_exist() {
        let command = CommandLine::new("aws", ["sso", "login", "--profile", "it's"]).unwrap();
        assert_eq!(command.to_string(), "aws sso login --profile \"it's\"");
        let error = CommandLine::new("logbucket", ["init", "--prefix", "a\nb"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "can't print a command: shells read the value of `--prefix` differently: it contains the hidden character U+000A"
        );
        let error = CommandLine::new("logbucket", ["undo", "--profile=\\\\"]).unwrap_err();
        assert!(error.to_string().contains("the value of `--profile` differently: fish"), "{error}");
    }
}
