//! From arguments to an exit code.

use std::ffi::OsString;

use clap::Parser as _;

use crate::aws::Connect;
use crate::cli::{Cli, ColorWord, Command};
use crate::command;
use crate::exit::Exit;
use crate::ui::{self, Printer};

/// Runs the program with these arguments, the first being its name, against the AWS that `connect` finds.
pub fn run(argv: impl IntoIterator<Item = OsString>, connect: Connect) -> Exit {
    let argv: Vec<OsString> = argv.into_iter().collect();
    let cli = match Cli::try_parse_from(&argv) {
        Ok(cli) => cli,
        Err(error) => {
            if error.use_stderr() && wants_json(&argv) {
                let message = error.to_string();
                let message = message.trim_start_matches("error: ").lines().next().unwrap_or_default();
                Printer { json: true, quiet: false }.error(
                    message,
                    Some("`logbucket init --help` has the flags"),
                    Exit::Usage,
                );
                return Exit::Usage;
            }
            // Help and version are data and end well; a reader that went away is no error of ours.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage } else { Exit::Done };
        }
    };
    let color = match cli.global.color {
        ColorWord::Auto => anstream::ColorChoice::Auto,
        ColorWord::Always => anstream::ColorChoice::Always,
        ColorWord::Never => anstream::ColorChoice::Never,
    };
    color.write_global();
    if cli.global.verbose > 1 {
        ui::show_sdk_trace();
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            Printer { json: false, quiet: false }.error(&error.to_string(), None, Exit::Failed);
            return Exit::Failed;
        }
    };
    let exit = match cli.command {
        Command::Init(init) => runtime.block_on(command::init(*init, &cli.global, connect)),
    };
    if exit == Exit::Done && ui::output_was_lost() { Exit::Failed } else { exit }
}

/// Whether `--output json` stands in a command line that is wrong elsewhere.
fn wants_json(argv: &[OsString]) -> bool {
    let word = |word: &OsString, wanted: &str| word.to_str() == Some(wanted);
    let apart =
        argv.windows(2).any(|pair| matches!(pair, [flag, value] if word(flag, "--output") && word(value, "json")));
    apart || argv.iter().any(|arg| word(arg, "--output=json"))
}
