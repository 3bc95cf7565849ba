//! Runs the program: from arguments to an exit code.

use std::ffi::OsString;

use clap::{Parser as _, ValueEnum as _};

use crate::aws::{Access, Connect};
use crate::cli::{Cli, ColorWord, Command, Global, Mistake, OutputFormat};
use crate::command::{self, CommandError};
use crate::exit::Exit;
use crate::guard::{GuardedRun, Panic, guarded};
use crate::ui::{self, Failure, OfflineEvent, Reporter, Verbosity};

/// Runs the program with these arguments. The first argument is the program's name. `access` selects real or simulated
/// AWS. A panic is reported like other errors, with a request to report the bug.
pub fn run(argv: impl IntoIterator<Item = OsString>, access: Access) -> Exit {
    let argv: Vec<OsString> = argv.into_iter().collect();
    match guarded(|| parsed(&argv, access)) {
        GuardedRun::Ended(exit, panics) => {
            for panic in panics {
                ui::panicked(&internal_error(&panic), &report(&argv), exit);
            }
            exit
        }
        GuardedRun::Panicked(panic) => {
            let exit = if ui::something_was_changed() { Exit::PartWay } else { Exit::Failed };
            let (what, hints) = known(&panic).unwrap_or_else(|| (internal_error(&panic), report(&argv)));
            // A second document on standard output would make the first one invalid.
            if ui::output_was_begun() {
                ui::panicked(&what, &hints, exit);
            } else {
                let message = &ui::withheld(&what);
                early_reporter(&argv).say(Failure { message, hints: &hints, exit, help: None });
            }
            exit
        }
    }
}

/// Returns the hints for a panic.
fn report(argv: &[OsString]) -> Vec<String> {
    let writes = argv.iter().any(|word| word == "init" || word == "undo");
    let look =
        writes.then_some("changes may have been made: run the same command with `--dry-run` to see what is left");
    let report = "this is a bug in logbucket: please report it with this message and the command";
    std::iter::once(report).chain(look).map(str::to_owned).collect()
}

/// The message of the SDK client's panic when it finds no CA.
const NO_CAS: &str = "no valid root certificates";

/// Returns the message and the hints for a panic that is not logbucket's fault.
fn known(panic: &Panic) -> Option<(String, Vec<String>)> {
    let hint = "install the system's CA certificates (the package is often called `ca-certificates`), or name a file of them with \
                `AWS_CA_BUNDLE`";
    let what = "no CA certificates were found: none in the system, SSL_CERT_FILE or SSL_CERT_DIR";
    panic.message.contains(NO_CAS).then(|| (what.to_owned(), vec![hint.to_owned()]))
}

fn internal_error(panic: &Panic) -> String {
    format!("internal error at {}: {}", panic.place, panic.message)
}

fn parsed(argv: &[OsString], access: Access) -> Exit {
    // Help and usage errors must follow `--color` too, so it is read before the command line is parsed.
    let color = value_of(argv, "--color").and_then(|word| ColorWord::from_str(word, true).ok());
    choose_color(color.unwrap_or_default());
    let exit = match Cli::try_parse_from(argv) {
        Ok(cli) => execute(cli, access),
        Err(error) => instead(&error, argv),
    };
    if !ui::output_was_lost() {
        return exit;
    }
    // A result that no one could read must not look like a success.
    let applied = matches!(exit, Exit::Done | Exit::NotProven) && ui::something_was_changed();
    let is_result = matches!(exit, Exit::Done | Exit::Pending | Exit::Problems);
    match (applied, is_result) {
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
    let reporter = reporter(&global);
    if let Some(mistake) = mistake {
        return failed(&mistake.into(), reporter, None);
    }
    match command {
        Command::Explain(args) => command::explain(&args, reporter),
        Command::Matrix(args) => command::matrix(&args, reporter),
        Command::Policy(args) => ended(command::policy(*args, &global, reporter), reporter),
        Command::Permissions(args) => ended(command::permissions(*args, &global, reporter), reporter),
        Command::Completions(args) => command::completions(&args, reporter),
        Command::Man(args) => ended(command::man(&args, reporter), reporter),
        Command::Check(args) => {
            online(&global, reporter, access, |connect| command::check(*args, &global, connect, reporter))
        }
        Command::Scan(args) => {
            online(&global, reporter, access, |connect| command::scan(*args, &global, connect, reporter))
        }
        Command::Init(args) => {
            online(&global, reporter, access, |connect| command::init(*args, &global, connect, reporter))
        }
        Command::Undo(args) => {
            online(&global, reporter, access, |connect| command::undo(*args, &global, connect, reporter))
        }
    }
}

/// Reports why a command failed, if it did.
fn ended(outcome: Result<Exit, CommandError>, reporter: Reporter) -> Exit {
    outcome.unwrap_or_else(|error| failed(&error, reporter, None))
}

/// Runs a command that calls AWS, after checking its settings.
fn online<F: Future<Output = Result<Exit, CommandError>>>(
    global: &Global,
    reporter: Reporter,
    access: Access,
    command: impl FnOnce(Connect) -> F,
) -> Exit {
    if global.verbose > 1 {
        ui::show_sdk_trace();
    }
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(async {
            let outcome = match access.settle(global.profile.as_deref(), global.endpoint_url.as_deref()).await {
                Ok(connect) => command(connect).await,
                Err(error) => Err(error.into()),
            };
            ended(outcome, reporter)
        }),
        Err(error) => failed(&CommandError::failed(error.to_string()), reporter, None),
    }
}

/// Prints help or the version, or reports what is wrong with the command line.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other kind is a mistake")]
fn instead(error: &clap::Error, argv: &[OsString]) -> Exit {
    use clap::error::ErrorKind::{DisplayHelp, DisplayHelpOnMissingArgumentOrSubcommand, DisplayVersion};
    let reporter = early_reporter(argv);
    match error.kind() {
        DisplayHelp | DisplayVersion => {
            reporter.say(OfflineEvent::Text(&error.render().ansi().to_string()));
            Exit::Done
        }
        DisplayHelpOnMissingArgumentOrSubcommand => {
            failed(&Mistake::from_clap(error, argv).into(), reporter, Some(&error.render().ansi().to_string()))
        }
        _ => failed(&Mistake::from_clap(error, argv).into(), reporter, None),
    }
}

/// Reports an error; `help` is printed if the command line names no command.
fn failed(error: &CommandError, reporter: Reporter, help: Option<&str>) -> Exit {
    let CommandError { kind, message, hints } = error;
    let exit = kind.exit();
    reporter.say(Failure { message, hints, exit, help });
    exit
}

/// Returns the reporter for the chosen format. CSV and SARIF belong to `scan`, which reports everything else
/// as text.
fn reporter(global: &Global) -> Reporter {
    let verbosity = match (global.quiet, global.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, 0) => Verbosity::Usual,
        (false, _) => Verbosity::Verbose,
    };
    match global.output {
        OutputFormat::Github => Reporter::Github(verbosity),
        OutputFormat::Json => Reporter::Json(verbosity),
        OutputFormat::Markdown => Reporter::Markdown(verbosity),
        OutputFormat::Csv | OutputFormat::Sarif | OutputFormat::Text => Reporter::Text(verbosity),
    }
}

/// Returns a reporter from the raw flags, for a command line that can't be parsed, or after a panic.
fn early_reporter(argv: &[OsString]) -> Reporter {
    match value_of(argv, "--output") {
        Some("json") => Reporter::Json(Verbosity::Usual),
        Some(_) | None => Reporter::Text(Verbosity::Usual),
    }
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

/// Returns the value of a flag in a command line that could not be parsed.
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
