use std::path::Path;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use textwrap::{WordSeparator, WordSplitter};

use super::{
    CheckArgs, CompletionsArgs, ExplainArgs, Global, InitArgs, ManArgs, MatrixArgs, Mistake, OutputFormat,
    PermissionsArgs, PolicyArgs, ScanArgs, UndoArgs,
};
use crate::exit::TABLE;

const EXAMPLES: &str = "\
Examples:
  logbucket init alb --source web --bucket acme-alb-logs --dry-run
  logbucket check alb --source web
  source <(logbucket completions bash)
  logbucket man init | man -l -";

const SHORT: &str = "Use `--help` for examples and the exit codes.";

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Set up or repair S3 buckets for AWS service logs, and verify delivery
#[derive(Debug, Parser)]
#[command(
    name = "logbucket",
    version,
    max_term_width = 100,
    styles = STYLES,
    after_help = SHORT,
    after_long_help = format!("{EXAMPLES}\n\n{}", exit_codes())
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Set up or repair a log bucket, enable logging, verify delivery
    ///
    /// On a terminal, it asks for whatever is missing and changes nothing until you approve the plan. In a script, pass
    /// everything as flags; --yes approves the plan.
    Init(Box<InitArgs>),
    /// Explain why logs are or aren't arriving (read-only)
    ///
    /// Reads the logging settings, the destination and the logs delivered there. Names one root cause, with the AWS
    /// page and, if there is one, the command that fixes it.
    Check(Box<CheckArgs>),
    /// Find enabled logs that aren't being delivered, account-wide (read-only)
    ///
    /// Reads every load balancer and bucket in the enabled Regions, and each of their destinations once.
    Scan(Box<ScanArgs>),
    /// Revert an `init` run
    ///
    /// Each `init` run saves the settings it replaces in a receipt. `undo` restores those that are still as the run
    /// left them, and reports those that were changed since. It never deletes objects, keys or non-empty buckets.
    Undo(Box<UndoArgs>),
    /// Explain a finding and how to fix it
    ///
    /// Prints the page about the finding with this ID: what you see, how to fix it by hand and with logbucket, and AWS's
    /// documentation. Makes no AWS calls.
    Explain(ExplainArgs),
    /// Print which default encryption works with which log service
    Matrix(MatrixArgs),
    /// Print the policies that a destination needs
    ///
    /// These are the policies that `init` writes for a new bucket and a new key. Makes no AWS calls.
    Policy(Box<PolicyArgs>),
    /// Print the IAM policy needed to run a command
    ///
    /// The policy allows the calls that the command makes, limited to the resources you name. Makes no AWS calls.
    Permissions(Box<PermissionsArgs>),
    /// Print a shell completion script
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them to a folder
    Man(ManArgs),
}

impl Cli {
    /// Returns the mistake if flags are valid alone, but not together.
    pub fn mistake(&self) -> Option<Mistake> {
        if let Command::Scan(args) = &self.command
            && args.report.as_deref().is_some_and(|file| file == Path::new("-"))
        {
            return Some(Mistake::report_on_standard_output());
        }
        if let Command::Scan(args) = &self.command
            && args.sarif_path.is_some()
            && self.global.output != OutputFormat::Sarif
        {
            return Some(Mistake::path_without_sarif());
        }
        let (word, format) = (self.command.word(), self.global.output);
        let commands = format.commands()?;
        if !commands.contains(&word) {
            return Some(Mistake::foreign_format(word, format));
        }
        // A plan is printed in this format, but not the result of applying it.
        let applies = matches!(&self.command, Command::Init(args) if !args.dry_run);
        applies.then(|| Mistake::format_of_dry_runs(format))
    }
}

impl Command {
    pub fn word(&self) -> CommandWord {
        match self {
            Self::Init(_) => CommandWord::Init,
            Self::Check(_) => CommandWord::Check,
            Self::Scan(_) => CommandWord::Scan,
            Self::Undo(_) => CommandWord::Undo,
            Self::Explain(_) => CommandWord::Explain,
            Self::Matrix(_) => CommandWord::Matrix,
            Self::Policy(_) => CommandWord::Policy,
            Self::Permissions(_) => CommandWord::Permissions,
            Self::Completions(_) => CommandWord::Completions,
            Self::Man(_) => CommandWord::Man,
        }
    }
}

/// The names of the commands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum CommandWord {
    Init,
    Check,
    Scan,
    Undo,
    Explain,
    Matrix,
    Policy,
    Permissions,
    Completions,
    Man,
}

/// Formats the exit codes for the end of a help text, at most 80 columns wide.
pub(super) fn exit_codes() -> String {
    let row = |(code, meaning): &(crate::exit::Exit, &str)| {
        let first = format!("  {:<4} ", code.number());
        let rest = " ".repeat(first.len());
        let options = textwrap::Options::new(79).initial_indent(&first).subsequent_indent(&rest);
        // If a line broke at a flag's hyphen, the user could not copy the flag.
        let options = options.word_splitter(WordSplitter::NoHyphenation).word_separator(WordSeparator::AsciiSpace);
        textwrap::fill(meaning, options)
    };
    let rows: Vec<String> = TABLE.iter().map(row).collect();
    format!("Exit codes:\n{}", rows.join("\n"))
}
