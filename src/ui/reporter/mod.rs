//! Reports events in the chosen format: text, JSON, Markdown or annotations of GitHub Actions. Data goes to standard
//! output, everything else to standard error.
//!
//! The command line decides the format once. Commands report a [`ReportEvent`] and don't know the format.

mod event;
mod export;
mod github;
mod json;
mod markdown;
mod notes;
mod text;

pub(crate) use event::{Export, Failure, HealthEvent, InitEvent, OfflineEvent, ReportEvent, ShownPolicy, UndoEvent};

use crate::exit::Exit;
use crate::plan::Plan;

use super::progress::{Count, Progress, ProgressStyle};
use super::prompt::Prompt;
use super::sdk_trace::withheld;

/// The output format.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reporter {
    /// Text.
    Text(Verbosity),
    /// Annotations of GitHub Actions; text where it has none.
    Github(Verbosity),
    /// One JSON document on standard output.
    Json(Verbosity),
    /// Markdown; text where it has none.
    Markdown(Verbosity),
}

/// How much to print to standard error, apart from errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verbosity {
    /// Nothing.
    Quiet,
    /// Progress and notes.
    Usual,
    /// Also a line for each AWS call, and more notes.
    Verbose,
}

impl Reporter {
    /// Reports an event: data first, then notes, warnings and errors.
    pub(crate) fn say<'a>(self, event: impl Into<ReportEvent<'a>>) {
        match self {
            Self::Text(verbosity) => text::say(event.into(), verbosity),
            Self::Github(verbosity) => github::say(event.into(), verbosity),
            Self::Json(verbosity) => json::say(event.into(), verbosity),
            Self::Markdown(verbosity) => markdown::say(event.into(), verbosity),
        }
    }

    /// Prints a note.
    pub(crate) fn remark(self, text: &str) {
        self.say(ReportEvent::Remark(text));
    }

    /// Returns a prompt, if this format allows questions.
    pub(crate) fn prompt(self) -> Option<Prompt> {
        match self {
            Self::Text(_) => Prompt::on_terminal(),
            Self::Github(_) | Self::Json(_) | Self::Markdown(_) => None,
        }
    }

    /// Returns the progress display for applying a plan.
    pub(crate) fn progress(self, plan: &Plan) -> Progress {
        Progress::new(plan, ProgressStyle::new(self.verbosity()))
    }

    /// Returns a counter for reading `what`, such as "every log of the account".
    pub(crate) fn counts(self, what: &'static str) -> Count {
        Count::new(what, ProgressStyle::new(self.verbosity()))
    }

    fn verbosity(self) -> Verbosity {
        match self {
            Self::Github(verbosity) | Self::Json(verbosity) | Self::Markdown(verbosity) | Self::Text(verbosity) => {
                verbosity
            }
        }
    }
}

/// Reports an internal error when standard output already has other data.
pub(crate) fn panicked(message: &str, hints: &[String], exit: Exit) {
    notes::failure(Failure { message: &withheld(message), hints, exit, help: None });
}
