//! The program and its commands.

use std::path::Path;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{Parser, Subcommand, ValueEnum};
use textwrap::{WordSeparator, WordSplitter};

use super::{
    CheckArgs, CompletionsArgs, Global, InitArgs, ManArgs, MatrixArgs, Mistake, OutputFormat, PermissionsArgs,
    PolicyArgs, ScanArgs, UndoArgs,
};
use crate::exit::TABLE;

const EXAMPLES: &str = "\
Examples:
  logbucket init alb --source web --bucket acme-alb-logs --dry-run
  logbucket check alb --source web
  source <(logbucket completions bash)
  logbucket man init | man -l -";

const SHORT: &str = "`--help` has examples and the exit codes.";

/// What is typed as it stands, and what stands for something else.
const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Make AWS log-delivery destinations work, and prove it
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
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,

    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make or fix a destination, attach the producer, prove delivery
    ///
    /// On a terminal, what is missing is asked for, and nothing is changed before you agree to the plan. In a script the flags
    /// say it all, and --yes agrees.
    Init(Box<InitArgs>),
    /// Say why logs arrive or don't; change nothing
    ///
    /// Looks at what is configured, at the place that it points to and at what was delivered there, and names one root cause
    /// with AWS's page and, where there is one, the command that cures it.
    Check(Box<CheckArgs>),
    /// Find logs that are on and dead, in the whole account; change nothing
    ///
    /// Looks at every load balancer and bucket of the Regions that are enabled, and at each place that they log to once.
    Scan(Box<ScanArgs>),
    /// Put back what a run of init replaced
    ///
    /// Each run of `init` leaves a receipt of what it replaces. What is still as the run left it is put back, what somebody
    /// changed since is told and left alone; objects, keys and buckets that hold anything stay.
    Undo(Box<UndoArgs>),
    /// Print which default encryption works for which producer
    Matrix(MatrixArgs),
    /// Print the policies that a destination needs
    ///
    /// They are those that `init` writes for a new bucket, and for a new key. Nothing of AWS is asked.
    Policy(Box<PolicyArgs>),
    /// Print the IAM policy that the caller of a command needs
    ///
    /// It allows the calls that the command makes, on what is named; what is not named may be any. Nothing of AWS is asked.
    Permissions(Box<PermissionsArgs>),
    /// Print the completion script of a shell
    Completions(CompletionsArgs),
    /// Print a manual page, or write all of them into a folder
    Man(ManArgs),
}

impl Cli {
    /// What is wrong with flags that each are right.
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
        let word = self.command.word();
        let owner = match self.global.output {
            OutputFormat::Text | OutputFormat::Json => return None,
            OutputFormat::Markdown => CommandWord::Matrix,
            OutputFormat::Csv | OutputFormat::Sarif => CommandWord::Scan,
        };
        (word != owner).then(|| Mistake::foreign_format(word, self.global.output, owner))
    }
}

impl Command {
    /// The command's word.
    pub fn word(&self) -> CommandWord {
        match self {
            Self::Init(_) => CommandWord::Init,
            Self::Check(_) => CommandWord::Check,
            Self::Scan(_) => CommandWord::Scan,
            Self::Undo(_) => CommandWord::Undo,
            Self::Matrix(_) => CommandWord::Matrix,
            Self::Policy(_) => CommandWord::Policy,
            Self::Permissions(_) => CommandWord::Permissions,
            Self::Completions(_) => CommandWord::Completions,
            Self::Man(_) => CommandWord::Man,
        }
    }
}

/// The commands, as words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum CommandWord {
    /// `logbucket init`
    Init,
    /// `logbucket check`
    Check,
    /// `logbucket scan`
    Scan,
    /// `logbucket undo`
    Undo,
    /// `logbucket matrix`
    Matrix,
    /// `logbucket policy`
    Policy,
    /// `logbucket permissions`
    Permissions,
    /// `logbucket completions`
    Completions,
    /// `logbucket man`
    Man,
}

/// The exit codes as the end of a help text, at most 80 columns wide.
pub(super) fn exit_codes() -> String {
    let row = |(code, meaning): &(crate::exit::Exit, &str)| {
        let first = format!("  {:<4} ", code.number());
        let rest = " ".repeat(first.len());
        let options = textwrap::Options::new(79).initial_indent(&first).subsequent_indent(&rest);
        // A flag that is broken at a hyphen is none that can be copied.
        let options = options.word_splitter(WordSplitter::NoHyphenation).word_separator(WordSeparator::AsciiSpace);
        textwrap::fill(meaning, options)
    };
    let rows: Vec<String> = TABLE.iter().map(row).collect();
    format!("Exit codes:\n{}", rows.join("\n"))
}
