//! Flags that every command has.

use clap::{ArgAction, Args, ValueEnum};

use crate::model::Region;

use super::values::url;

/// Where to find AWS and how to print.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Profile of the AWS configuration files
    #[arg(long, global = true, value_name = "NAME", display_order = 900)]
    pub profile: Option<String>,

    /// Region of the sources, unless a source's ARN names another
    #[arg(long, global = true, value_name = "REGION", display_order = 901)]
    pub region: Option<Region>,

    /// Send every AWS call to this URL
    #[arg(long, global = true, value_name = "URL", value_parser = url, hide_short_help = true, display_order = 902)]
    pub endpoint_url: Option<String>,

    /// What to print on standard output: text, json (one document), markdown (matrix), csv or sarif (scan) [default: text]
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

    /// When to colour: auto (on a terminal), always or never [default: auto]
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

    /// Never ask: list what is missing and stop
    #[arg(long, global = true, hide_short_help = true, display_order = 905)]
    pub no_input: bool,

    /// Show each AWS call, its time and outcome (-vv: the SDK's trace too)
    #[arg(
        long,
        short,
        global = true,
        action = ArgAction::Count,
        display_order = 906,
        conflicts_with = "quiet"
    )]
    pub verbose: u8,

    /// Show no spinners and no counts
    #[arg(long, global = true, hide_short_help = true, display_order = 908)]
    pub no_progress: bool,

    /// Print no progress, only the outcome and errors
    #[arg(long, short, global = true, display_order = 907)]
    pub quiet: bool,
}

/// The formats of standard output.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// A table for a document; only what is a table has it.
    Markdown,
    /// A table for spreadsheets: `scan` alone.
    Csv,
    /// What is wrong, for whatever gathers findings: `scan` alone.
    Sarif,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub enum ColorWord {
    /// On a terminal, unless `NO_COLOR` says no or `CLICOLOR_FORCE` says yes.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
