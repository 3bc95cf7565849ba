//! `completions`: a shell's script, made from the flags themselves.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::ui::Printer;

/// Prints the script.
pub fn completions(args: &CompletionsArgs, printer: Printer) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "logbucket", &mut script);
    printer.raw(&String::from_utf8_lossy(&script));
    Exit::Done
}
