//! `completions`: shell scripts, generated from the command line definition.

use clap::CommandFactory as _;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::ui::{OfflineEvent, Reporter};

/// Prints the script.
pub fn completions(args: &CompletionsArgs, reporter: Reporter) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "logbucket", &mut script);
    reporter.say(OfflineEvent::Text(&String::from_utf8_lossy(&script)));
    Exit::Done
}
