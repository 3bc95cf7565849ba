//! The global flags.

use clap::{ArgAction, Args, ValueEnum};

use crate::model::Region;

use super::CommandWord;
use super::values::url;

#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// AWS profile to use
    #[arg(long, global = true, value_name = "NAME", display_order = 900)]
    pub profile: Option<String>,

    /// Region of the sources, unless a source's ARN names another
    #[arg(long, global = true, value_name = "REGION", display_order = 901)]
    pub region: Option<Region>,

    /// Send every AWS call to this URL
    #[arg(long, global = true, value_name = "URL", value_parser = url, hide_short_help = true, display_order = 902)]
    pub endpoint_url: Option<String>,

    /// Format of standard output: text, json, markdown, github, csv or sarif [default: text]
    ///
    /// json: one document. markdown: for matrix, scan, check and init --dry-run. github: annotations of GitHub Actions,
    /// for scan, check and init --dry-run. csv and sarif: for scan.
    #[arg(
        long,
        global = true,
        value_name = "FORMAT",
        default_value = "text",
        hide_default_value = true,
        hide_possible_values = true,
        display_order = 903
    )]
    pub output: OutputFormat,

    /// When to use color: auto (on a terminal), always or never [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true,
        hide_possible_values = true,
        hide_short_help = true,
        display_order = 904
    )]
    pub color: ColorWord,

    /// Never prompt; list missing flags and exit
    #[arg(long, global = true, hide_short_help = true, display_order = 905)]
    pub no_input: bool,

    /// Show each AWS call with its time and outcome (-vv: also the SDK's trace)
    #[arg(
        long,
        short,
        global = true,
        action = ArgAction::Count,
        display_order = 906,
        conflicts_with = "quiet"
    )]
    pub verbose: u8,

    /// Hide spinners and counters
    #[arg(long, global = true, hide_short_help = true, display_order = 908)]
    pub no_progress: bool,

    /// Print only the outcome and errors
    #[arg(long, short, global = true, display_order = 907)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum OutputFormat {
    #[default]
    Text,
    Json,
    /// Markdown (`matrix`, `scan`, `check`, `init --dry-run`)
    Markdown,
    /// Annotations of GitHub Actions (`scan`, `check`, `init --dry-run`)
    Github,
    /// A table for spreadsheets (`scan` only)
    Csv,
    /// Findings for code-scanning tools (`scan` only)
    Sarif,
}

impl OutputFormat {
    /// Returns the commands that have this format, or `None` for all of them.
    pub(super) fn commands(self) -> Option<&'static [CommandWord]> {
        match self {
            Self::Text | Self::Json => None,
            Self::Markdown => Some(&[CommandWord::Matrix, CommandWord::Scan, CommandWord::Check, CommandWord::Init]),
            Self::Github => Some(&[CommandWord::Scan, CommandWord::Check, CommandWord::Init]),
            Self::Csv | Self::Sarif => Some(&[CommandWord::Scan]),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum ColorWord {
    /// On a terminal; `NO_COLOR` and `CLICOLOR_FORCE` override it
    #[default]
    Auto,
    Always,
    Never,
}
