//! The program and its commands.

use clap::{Parser, Subcommand};

use super::{Global, InitArgs};
use crate::exit::TABLE;

/// Make AWS log-delivery destinations work, and prove it
#[derive(Debug, Parser)]
#[command(name = "logbucket", version, max_term_width = 100, after_help = exit_codes())]
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
    Init(Box<InitArgs>),
}

fn exit_codes() -> String {
    let rows: Vec<String> = TABLE.iter().map(|(code, meaning)| format!("  {:<4} {meaning}", code.number())).collect();
    format!("Exit codes:\n{}", rows.join("\n"))
}
