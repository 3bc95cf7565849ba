//! From arguments to an exit code.

use std::ffi::OsString;

use clap::{Parser as _, ValueEnum as _};

use crate::aws::Connect;
use crate::cli::{Cli, ColorWord, Command, Global, Mistake, OutputFormat};
use crate::command;
use crate::exit::Exit;
use crate::ui::{self, Printer};

/// Runs the program with these arguments, the first being its name, against the AWS that `connect` finds.
pub fn run(argv: impl IntoIterator<Item = OsString>, connect: Connect) -> Exit {
    let argv: Vec<OsString> = argv.into_iter().collect();
    // Help and errors are coloured as the flag says, though it is parsed with the rest.
    let color = value_of(&argv, "--color").and_then(|word| ColorWord::from_str(word, true).ok());
    choose_color(color.unwrap_or_default());
    let exit = match Cli::try_parse_from(&argv) {
        Ok(cli) => execute(cli, connect),
        Err(error) => instead(&error, &argv),
    };
    match ui::output_was_lost() && exit == Exit::Done {
        true if ui::something_was_changed() => Exit::PartWay,
        true => Exit::Failed,
        false => exit,
    }
}

fn execute(cli: Cli, connect: Connect) -> Exit {
    let mistake = cli.mistake();
    let Cli { global, command } = cli;
    choose_color(global.color);
    let printer =
        Printer { json: global.output == OutputFormat::Json, quiet: global.quiet, verbose: global.verbose > 0 };
    if let Some(Mistake { message, hints }) = mistake {
        printer.error_with_hints(&message, &hints, Exit::Usage);
        return Exit::Usage;
    }
    match command {
        Command::Matrix(_) => command::matrix(global.output, printer),
        Command::Policy(args) => command::policy(*args, &global, printer),
        Command::Permissions(args) => command::permissions(*args, &global, printer),
        Command::Completions(args) => command::completions(&args, printer),
        Command::Man(args) => command::man(&args, printer),
        Command::Check(args) => online(&global, printer, command::check(*args, &global, connect)),
        Command::Scan(args) => online(&global, printer, command::scan(*args, &global, connect)),
        Command::Init(args) => online(&global, printer, command::init(*args, &global, connect)),
        Command::Undo(args) => online(&global, printer, command::undo(*args, &global, connect)),
    }
}

/// Carries out a command that asks AWS.
fn online(global: &Global, printer: Printer, command: impl Future<Output = Exit>) -> Exit {
    if global.verbose > 1 {
        ui::show_sdk_trace();
    }
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => {
            printer.error(&error.to_string(), None, Exit::Failed);
            Exit::Failed
        }
    }
}

/// What a command line gets that is not carried out: help, the version, or what is wrong with it.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other kind is a mistake")]
fn instead(error: &clap::Error, argv: &[OsString]) -> Exit {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    let json = value_of(argv, "--output") == Some("json");
    let printer = Printer { json, quiet: false, verbose: false };
    match error.kind() {
        DisplayHelp | DisplayVersion => {
            printer.raw(&error.render().ansi().to_string());
            Exit::Done
        }
        DisplayHelpOnMissingArgumentOrSubcommand if !json => {
            printer.help_unasked(&error.render().ansi().to_string());
            Exit::Usage
        }
        _ => {
            let Mistake { message, hints } = Mistake::of(error, argv);
            printer.error_with_hints(&message, &hints, Exit::Usage);
            Exit::Usage
        }
    }
}

fn choose_color(word: ColorWord) {
    let choice = match word {
        ColorWord::Auto => anstream::ColorChoice::Auto,
        ColorWord::Always => anstream::ColorChoice::Always,
        ColorWord::Never => anstream::ColorChoice::Never,
    };
    choice.write_global();
    ui::agree_on_colors();
}

/// The value of a flag in a command line that is wrong elsewhere.
fn value_of<'a>(argv: &'a [OsString], flag: &str) -> Option<&'a str> {
    let mut words = argv.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        match word.strip_prefix(flag) {
            Some("") => return words.next(),
            Some(rest) if rest.starts_with('=') => return rest.strip_prefix('='),
            Some(_) | None => {}
        }
    }
    None
}
