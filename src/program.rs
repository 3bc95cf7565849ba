//! From arguments to an exit code.

use std::ffi::OsString;

use clap::{Parser as _, ValueEnum as _};

use crate::aws::{Access, Connect};
use crate::cli::{Cli, ColorWord, Command, Global, Mistake, OutputFormat};
use crate::command::{self, CommandError};
use crate::exit::Exit;
use crate::guard::{Guarded, Panic, guarded};
use crate::ui::{self, Printer};

/// Runs the program with these arguments, the first being its name, against the AWS that `access` finds. A panic is an error as
/// others are, and asks for a report.
pub fn run(argv: impl IntoIterator<Item = OsString>, access: Access) -> Exit {
    let argv: Vec<OsString> = argv.into_iter().collect();
    match guarded(|| parsed(&argv, access)) {
        Guarded::Ended(exit, panics) => {
            for panic in panics {
                ui::panicked(&internal_error(&panic), &report(&argv));
            }
            exit
        }
        Guarded::Panicked(panic) => {
            let exit = if ui::something_was_changed() { Exit::PartWay } else { Exit::Failed };
            let (what, hints) = known(&panic).unwrap_or_else(|| (internal_error(&panic), report(&argv)));
            // What is on standard output already is no document any more if another follows it.
            if ui::output_was_begun() {
                ui::panicked(&what, &hints);
            } else {
                early_printer(&argv).error(&ui::withheld(&what), &hints, exit);
            }
            exit
        }
    }
}

/// What to do about a panic.
fn report(argv: &[OsString]) -> Vec<String> {
    let writes = argv.iter().any(|word| word == "init" || word == "undo");
    let look =
        writes.then_some("changes may have been made: run the same command with `--dry-run` to see what is left");
    let report = "this is a bug of logbucket: please report it with this message and the command";
    std::iter::once(report).chain(look).map(str::to_owned).collect()
}

/// What the SDK's client says where it finds no CA at all: it panics then.
const NO_CAS: &str = "no valid root certificates";

/// Words and hints for a panic that is no bug of ours.
fn known(panic: &Panic) -> Option<(String, Vec<String>)> {
    let hint = "install the system's CA certificates (the package is often called `ca-certificates`), or name a file of them with \
                `AWS_CA_BUNDLE`";
    let what = "no CA certificates were found: neither the system nor SSL_CERT_FILE and SSL_CERT_DIR have any";
    panic.message.contains(NO_CAS).then(|| (what.to_owned(), vec![hint.to_owned()]))
}

fn internal_error(panic: &Panic) -> String {
    format!("internal error at {}: {}", panic.place, panic.message)
}

fn parsed(argv: &[OsString], access: Access) -> Exit {
    // Help and errors are coloured as the flag says, though it is parsed with the rest.
    let color = value_of(argv, "--color").and_then(|word| ColorWord::from_str(word, true).ok());
    choose_color(color.unwrap_or_default());
    let exit = match Cli::try_parse_from(argv) {
        Ok(cli) => execute(cli, access),
        Err(error) => instead(&error, argv),
    };
    if !ui::output_was_lost() {
        return exit;
    }
    // A result that nobody could read must not look like the end of it.
    let applied = matches!(exit, Exit::Done | Exit::NotProven) && ui::something_was_changed();
    let told = matches!(exit, Exit::Done | Exit::Pending | Exit::Problems);
    match (applied, told) {
        (true, _) => Exit::PartWay,
        (false, true) => Exit::Failed,
        (false, false) => exit,
    }
}

fn execute(cli: Cli, access: Access) -> Exit {
    let mistake = cli.mistake();
    let Cli { global, command } = cli;
    choose_color(global.color);
    if global.no_progress {
        ui::hide_progress();
    }
    let printer =
        Printer { json: global.output == OutputFormat::Json, quiet: global.quiet, verbose: global.verbose > 0 };
    if let Some(Mistake { message, hints }) = mistake {
        printer.error(&message, &hints, Exit::Usage);
        return Exit::Usage;
    }
    match command {
        Command::Matrix(_) => command::matrix(global.output, printer),
        Command::Policy(args) => ended(command::policy(*args, &global, printer), printer),
        Command::Permissions(args) => ended(command::permissions(*args, &global, printer), printer),
        Command::Completions(args) => command::completions(&args, printer),
        Command::Man(args) => ended(command::man(&args, printer), printer),
        Command::Check(args) => online(&global, printer, access, |connect| command::check(*args, &global, connect)),
        Command::Scan(args) => online(&global, printer, access, |connect| command::scan(*args, &global, connect)),
        Command::Init(args) => online(&global, printer, access, |connect| command::init(*args, &global, connect)),
        Command::Undo(args) => online(&global, printer, access, |connect| command::undo(*args, &global, connect)),
    }
}

/// Says why a command did not do what it was asked for, where it did not.
fn ended(outcome: Result<Exit, CommandError>, printer: Printer) -> Exit {
    outcome.unwrap_or_else(|error| {
        printer.error(&error.message, &error.hints, error.exit);
        error.exit
    })
}

/// Carries out a command that asks AWS, once the settings for it are known to be usable.
fn online<F: Future<Output = Result<Exit, CommandError>>>(
    global: &Global,
    printer: Printer,
    access: Access,
    command: impl FnOnce(Connect) -> F,
) -> Exit {
    if global.verbose > 1 {
        ui::show_sdk_trace();
    }
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(async {
            match access.settle(global.profile.as_deref(), global.endpoint_url.as_deref()).await {
                Ok(connect) => ended(command(connect).await, printer),
                Err(error) => {
                    printer.error(&error.to_string(), &[error.hint()], Exit::Usage);
                    Exit::Usage
                }
            }
        }),
        Err(error) => {
            printer.error(&error.to_string(), &[], Exit::Failed);
            Exit::Failed
        }
    }
}

/// What a command line gets that is not carried out: help, the version, or what is wrong with it.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other kind is a mistake")]
fn instead(error: &clap::Error, argv: &[OsString]) -> Exit {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    let printer = early_printer(argv);
    match error.kind() {
        DisplayHelp | DisplayVersion => {
            printer.raw(&error.render().ansi().to_string());
            Exit::Done
        }
        DisplayHelpOnMissingArgumentOrSubcommand if !printer.json => {
            printer.help_unasked(&error.render().ansi().to_string());
            Exit::Usage
        }
        _ => {
            let Mistake { message, hints } = Mistake::of(error, argv);
            printer.error(&message, &hints, Exit::Usage);
            Exit::Usage
        }
    }
}

/// A printer by the flags alone, where they could not be parsed or what they made is lost.
fn early_printer(argv: &[OsString]) -> Printer {
    Printer { json: value_of(argv, "--output") == Some("json"), quiet: false, verbose: false }
}

fn choose_color(word: ColorWord) {
    let choice = match word {
        ColorWord::Auto if ui::is_plain() => anstream::ColorChoice::Never,
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
