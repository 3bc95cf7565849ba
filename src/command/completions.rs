//! `completions`: shell scripts, generated from the command line definition.

use clap::CommandFactory as _;
use clap::builder::PossibleValuesParser;

use crate::cli::{Cli, CompletionsArgs};
use crate::exit::Exit;
use crate::model::REGIONS;
use crate::ui::{OfflineEvent, Reporter};

/// Prints the script.
pub(crate) fn completions(args: &CompletionsArgs, reporter: Reporter) -> Exit {
    let mut script = Vec::new();
    // Only the script needs this list: the program itself accepts any Region.
    let mut command = Cli::command().mut_arg("region", |arg| arg.value_parser(PossibleValuesParser::new(REGIONS)));
    clap_complete::generate(args.shell, &mut command, "logbucket", &mut script);
    reporter.say(OfflineEvent::Text(&String::from_utf8_lossy(&script)));
    Exit::Done
}
