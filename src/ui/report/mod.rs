//! What happened, said in one of two forms: text, or one JSON document. Standard output is data, standard error is talk.
//!
//! The form is chosen once, from the command line. A command hands over an [`Event`] and never asks which form it takes.

mod event;
mod export;
mod json;
mod notes;
mod text;

pub(crate) use event::{Event, Export, Failure, HealthEvent, InitEvent, OfflineEvent, ShownPolicy, UndoEvent};

use crate::exit::Exit;
use crate::plan::Plan;

use super::progress::{Count, Progress, ProgressStyle};
use super::prompt::Prompt;
use super::sdk_trace::withheld;

/// The form of what is said.
#[derive(Clone, Copy, Debug)]
pub enum Reporter {
    /// Text for people.
    Text(Talk),
    /// One JSON document on standard output.
    Json(Talk),
}

/// How much is said on standard error, beside data and errors.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Talk {
    /// Nothing.
    Quiet,
    /// Progress and notes.
    Usual,
    /// Lines about calls between those of progress, and more notes.
    Verbose,
}

impl Reporter {
    /// Says what happened: data first, then what belongs beside it.
    pub(crate) fn say<'a>(self, event: impl Into<Event<'a>>) {
        match self {
            Self::Text(talk) => text::say(event.into(), talk),
            Self::Json(talk) => json::say(event.into(), talk),
        }
    }

    /// What a reader of the data should know.
    pub(crate) fn remark(self, text: &str) {
        self.say(Event::Remark(text));
    }

    /// The terminal, where this form leaves room for questions.
    pub(crate) fn prompt(self) -> Option<Prompt> {
        match self {
            Self::Text(_) => Prompt::on_terminal(),
            Self::Json(_) => None,
        }
    }

    /// The progress of carrying out a plan.
    pub(crate) fn progress(self, plan: &Plan) -> Progress {
        Progress::new(plan, ProgressStyle::new(self.talk()))
    }

    /// The count of what is looked up, such as "every log of the account", while it goes on.
    pub(crate) fn counts(self, what: &'static str) -> Count {
        Count::new(what, ProgressStyle::new(self.talk()))
    }

    fn talk(self) -> Talk {
        match self {
            Self::Text(talk) | Self::Json(talk) => talk,
        }
    }
}

/// An internal error, where standard output has something else already.
pub(crate) fn panicked(message: &str, hints: &[String], exit: Exit) {
    notes::failure(Failure { message: &withheld(message), hints, exit, help: None });
}
