//! Formats clap's usage errors like all other errors: a message, then hints.
//!
//! Kinds of errors without their own wording keep the first line of clap's message.

use std::error::Error as _;
use std::ffi::OsString;

use clap::builder::PossibleValue;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory as _, ValueEnum};

use crate::model::{BucketNameError, either, listed};

use super::init::FieldError;
use crate::producer::Producer;

use super::{Cli, CommandWord, OutputFormat};

/// An error in the command line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistake {
    pub message: String,
    pub hints: Vec<String>,
}

impl Mistake {
    pub fn from_clap(error: &clap::Error, argv: &[OsString]) -> Self {
        let found = MistakeDetails::new(error, argv);
        let (message, hints) = found.message_and_hints();
        Self { message, hints: hints.into_iter().chain([found.see_help()]).collect() }
    }

    /// `--report -`: standard output already has the output of `scan` itself.
    pub(super) fn report_on_standard_output() -> Self {
        Self {
            message: "`--report -` is not a file; standard output is used for the printed results".to_owned(),
            hints: vec![
                "name a file, such as `--report report.html`; for a file named `-`, use `--report ./-`".to_owned(),
            ],
        }
    }

    /// `--sarif-path` without SARIF output.
    pub(super) fn path_without_sarif() -> Self {
        Self {
            message: "`--sarif-path` only applies to SARIF output".to_owned(),
            hints: vec!["add `--output sarif`".to_owned(), "see `--sarif-path` in `logbucket scan --help`".to_owned()],
        }
    }

    /// An output format that the command does not have.
    pub(super) fn foreign_format(word: CommandWord, format: OutputFormat) -> Self {
        let owners: Vec<String> = format.commands().unwrap_or_default().iter().map(|word| owner(*word)).collect();
        let verb = if owners.len() == 1 { "does" } else { "do" };
        let only = format!("only {} {verb}", listed(&owners));
        let formats = OutputFormat::value_variants().iter();
        let own = formats.filter(|format| format.commands().is_none_or(|commands| commands.contains(&word)));
        let own: Vec<String> = own.map(|format| format!("--output {}", name(format))).collect();
        let word = name(&word);
        Self {
            message: format!("`{word}` does not support `--output {}`; {only}", name(&format)),
            hints: vec![format!("use {}", either(&own)), format!("see `--output` in `logbucket {word} --help`")],
        }
    }

    /// `init` without `--dry-run`, in a format that only a plan has.
    pub(super) fn format_of_dry_runs(format: OutputFormat) -> Self {
        let format = name(&format);
        Self {
            message: format!("`init` supports `--output {format}` only with `--dry-run`"),
            hints: vec![
                "add `--dry-run`, or use `--output text` or `--output json`".to_owned(),
                "see `--output` in `logbucket init --help`".to_owned(),
            ],
        }
    }
}

/// Returns a word of the command line as the user types it.
fn name(word: &impl ValueEnum) -> String {
    word.to_possible_value().as_ref().map(PossibleValue::get_name).unwrap_or_default().to_owned()
}

/// Names a command that has a format; `init` has it for its plan only.
fn owner(word: CommandWord) -> String {
    let dry_run = if word == CommandWord::Init { " --dry-run" } else { "" };
    format!("`{}{dry_run}`", name(&word))
}

/// The maximum number of values that a hint lists. The command of an argument with more values lists them itself.
const MOST_VALUES: usize = 20;

/// The details of an error from clap.
struct MistakeDetails<'a> {
    error: &'a clap::Error,
    /// The subcommand in the arguments, if any.
    command: Option<Command>,
    arg: String,
    value: String,
}

impl<'a> MistakeDetails<'a> {
    fn new(error: &'a clap::Error, argv: &[OsString]) -> Self {
        let root = Cli::command();
        let first = |kind| texts(error, kind).into_iter().next().unwrap_or_default();
        let arg = bare(&first(ContextKind::InvalidArg));
        // An argument before the subcommand does not belong to the subcommand.
        let here = |word: &&OsString| word.to_str().and_then(|word| word.split('=').next()) != Some(&arg);
        let mut words = argv.iter().skip(1).take_while(|word| error.kind() != ErrorKind::UnknownArgument || here(word));
        let command = words.find_map(|word| root.find_subcommand(word)).cloned();
        Self { error, command, arg, value: first(ContextKind::InvalidValue) }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "clap may add more kinds of errors")]
    fn message_and_hints(&self) -> (String, Vec<String>) {
        let Self { arg, value, .. } = self;
        match self.error.kind() {
            ErrorKind::InvalidValue if value.is_empty() => (format!("`{arg}` has no value"), self.values()),
            ErrorKind::InvalidValue => {
                let hints = did_you_mean(&self.all(ContextKind::SuggestedValue)).chain(self.values()).collect();
                (format!("`{value}` is not a valid value for `{arg}`"), hints)
            }
            ErrorKind::ValueValidation => self.value_parser_error(),
            ErrorKind::UnknownArgument if arg.starts_with('-') => self.unknown_flag(),
            ErrorKind::UnknownArgument => {
                let is_source = self.name() == "logbucket init" && !arg.is_empty();
                let hint = is_source.then(|| "name a source with `--source NAME`".to_owned());
                (format!("unexpected argument `{arg}`"), hint.into_iter().collect())
            }
            ErrorKind::InvalidSubcommand => {
                let word = self.all(ContextKind::InvalidSubcommand).join(" ");
                let mut hints: Vec<String> = did_you_mean(&self.all(ContextKind::SuggestedSubcommand)).collect();
                let producer = Producer::from_str(&word, true).is_ok();
                hints.extend(producer.then(|| format!("put the log service after a command: `logbucket init {word}`")));
                (format!("`{word}` is not a command"), hints)
            }
            ErrorKind::MissingSubcommand => ("no command given".to_owned(), Vec::new()),
            ErrorKind::MissingRequiredArgument => self.missing(),
            ErrorKind::ArgumentConflict => {
                let others = self.all(ContextKind::PriorArg);
                let others: Vec<String> = others.iter().map(|other| bare(other)).collect();
                if others.contains(arg) {
                    (format!("`{arg}` is given twice"), vec!["use it once".to_owned()])
                } else {
                    let hint = "remove one of them".to_owned();
                    (format!("`{arg}` can't be used with {}", list(&others)), vec![hint])
                }
            }
            ErrorKind::TooManyValues => (format!("`{arg}` takes no value, but got `{value}`"), Vec::new()),
            ErrorKind::InvalidUtf8 => ("an argument is not valid UTF-8".to_owned(), Vec::new()),
            _ => {
                let text = self.error.to_string();
                let line = text.lines().next().unwrap_or_default();
                (line.trim_start_matches("error: ").to_owned(), Vec::new())
            }
        }
    }

    /// The value parsers' messages already include the value.
    fn value_parser_error(&self) -> (String, Vec<String>) {
        let Some(source) = self.error.source() else {
            return (format!("`{}` is not a valid value for `{}`", self.value, self.arg), Vec::new());
        };
        let bucket = source.downcast_ref::<BucketNameError>().and_then(BucketNameError::hint);
        let fields = source.downcast_ref::<FieldError>().map(FieldError::hints).unwrap_or_default();
        (source.to_string(), bucket.into_iter().chain(fields).collect())
    }

    fn unknown_flag(&self) -> (String, Vec<String>) {
        let root = Cli::command();
        let is_own = |arg: &clap::Arg| arg.get_long().is_some_and(|long| self.arg == format!("--{long}"));
        let owners = root.get_subcommands().filter(|command| command.get_arguments().any(is_own));
        let owners: Vec<String> = owners.map(|command| command.get_name().to_owned()).collect();
        let hints = match (owners.as_slice(), &self.command) {
            ([], _) => did_you_mean(&self.all(ContextKind::SuggestedArg)).collect(),
            ([name], None) => vec![format!("it is a flag of `{name}`; put it after that command")],
            (names, None) => vec![format!("it is a flag of {}; put it after the command", list(names))],
            (names, Some(_)) => vec![format!("it is a flag of {}", list(names))],
        };
        (format!("`{}` is not a flag of `{}`", self.arg, self.name()), hints)
    }

    fn missing(&self) -> (String, Vec<String>) {
        let missing: Vec<String> = self.all(ContextKind::InvalidArg).iter().map(|arg| bare(arg)).collect();
        let hint = missing.iter().find_map(|arg| match arg.as_str() {
            "--dry-run" => Some("`--detailed-exitcode` requires a dry run: `--dry-run --detailed-exitcode`".to_owned()),
            "RUN" => Some("`RUN` is the name of a run, or `latest`; `logbucket undo` lists the runs".to_owned()),
            "--kms-key" => Some("name the key with `--kms-key`, or use `--kms-key create`".to_owned()),
            _ => None,
        });
        let values = missing.iter().filter_map(|arg| self.possible(arg));
        (format!("missing {}", list(&missing)), values.chain(hint).collect())
    }

    /// Returns a hint with the argument's possible values, if it has a fixed set.
    fn values(&self) -> Vec<String> {
        self.possible(&self.arg).into_iter().collect()
    }

    fn possible(&self, name: &str) -> Option<String> {
        let mut root = Cli::command();
        root.build();
        let command = self.command.as_ref().and_then(|command| root.find_subcommand(command.get_name()));
        let arg = command.unwrap_or(&root).get_arguments().find(|arg| {
            let long = arg.get_long().map(|long| format!("--{long}"));
            let positional = arg.is_positional().then(|| bare(&arg.to_string()));
            long.or(positional).is_some_and(|own| own == name)
        })?;
        let values: Vec<String> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let takes = arg.get_action().takes_values() && !values.is_empty();
        takes.then(|| {
            if values.len() > MOST_VALUES {
                format!("`{}` lists every `{name}`", self.name())
            } else {
                format!("`{name}` must be one of {}", list(&values))
            }
        })
    }

    fn all(&self, kind: ContextKind) -> Vec<String> {
        texts(self.error, kind)
    }

    fn name(&self) -> String {
        match &self.command {
            Some(command) => format!("logbucket {}", command.get_name()),
            None => "logbucket".to_owned(),
        }
    }

    fn see_help(&self) -> String {
        let known = self.arg.starts_with("--") && self.error.kind() != ErrorKind::UnknownArgument;
        let what = if known { format!("`{}` in ", self.arg) } else { String::new() };
        format!("see {what}`{} --help`", self.name())
    }
}

fn did_you_mean(words: &[String]) -> impl Iterator<Item = String> {
    let words: Vec<String> = words.iter().map(|word| format!("`{}`", bare(word))).collect();
    (!words.is_empty()).then(|| format!("did you mean {}?", words.join(" or "))).into_iter()
}

fn list(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    if let Some(ContextValue::String(text)) = error.get(kind) {
        vec![text.clone()]
    } else if let Some(ContextValue::Strings(texts)) = error.get(kind) {
        texts.clone()
    } else {
        Vec::new()
    }
}

/// Strips value names and brackets: `--bucket <NAME>` to `--bucket`, `[PRODUCER]` to `PRODUCER`.
fn bare(arg: &str) -> String {
    let word = if arg.starts_with('-') { arg.split_whitespace().next().unwrap_or(arg) } else { arg };
    word.trim_end_matches("...").trim_matches(['<', '>', '[', ']']).to_owned()
}
