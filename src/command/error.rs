//! The error of a command. Only `program` prints it, once.

use crate::aws::{ErrorCause, ObserveError, SettingsError, Situation};
use crate::cli::Mistake;
use crate::exit::Exit;
use crate::files::NotWritten;
use crate::plan::{Refusal, TooLarge};
use crate::request::Incomplete;
use crate::undo::receipt::RunIdError;
use crate::undo::receipts::ReceiptError;

use super::lock::Busy;

/// Kinds of errors that end a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ErrorKind {
    /// An error from AWS or an internal error, before anything was changed.
    Failed,
    Interrupted,
    /// Logs could never arrive.
    Refused,
    /// Wrong usage, missing answers, or a named resource that does not exist.
    Usage,
}

/// The message contains the messages of its causes, so there is no chain of sources to print.
#[derive(Debug)]
pub(crate) struct CommandError {
    pub kind: ErrorKind,
    pub message: String,
    pub hints: Vec<String>,
}

/// A command ended early, and the reason is already printed. Only the exit code is left.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReportedExit(pub(super) Exit);

impl ErrorKind {
    pub(crate) fn exit(self) -> Exit {
        match self {
            Self::Failed => Exit::Failed,
            Self::Interrupted => Exit::Interrupted,
            Self::Refused => Exit::Refused,
            Self::Usage => Exit::Usage,
        }
    }
}

impl CommandError {
    /// Creates an error without a hint.
    pub(super) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), hints: Vec::new() }
    }

    /// Creates an error that has nothing to do with the command line.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Failed, message)
    }

    /// Creates an error in the command line.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// Creates the error for a terminal that can't be read.
    pub(super) fn no_terminal(why: &str) -> Self {
        Self::failed(format!("could not read from the terminal: {why}"))
    }

    /// Adds a hint.
    #[must_use]
    pub(super) fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Creates the error for Ctrl-C before anything was changed.
    pub(super) fn interrupted() -> Self {
        Self::new(ErrorKind::Interrupted, "interrupted, nothing changed")
    }

    /// Creates the error for a failed read. The resource may not exist. `situation` fills in the hint.
    pub(super) fn from_observe_error(error: &ObserveError, situation: &Situation) -> Self {
        let kind = match error {
            ObserveError::BadRegion(_)
            | ObserveError::NoBucket { .. }
            | ObserveError::NoInventory { .. }
            | ObserveError::NoLoadBalancer { .. }
            | ObserveError::NoNetwork { .. }
            | ObserveError::NoRegion
            | ObserveError::NoSource { .. }
            | ObserveError::RegionNotEnabled(_) => ErrorKind::Usage,
            ObserveError::Aws(error) if error.cause == ErrorCause::NoProfile => ErrorKind::Usage,
            ObserveError::Aws(_)
            | ObserveError::NothingListed
            | ObserveError::SourceLockedOut { .. }
            | ObserveError::SourceRefused { .. } => ErrorKind::Failed,
        };
        Self { kind, message: error.to_string(), hints: error.hint(situation).into_iter().collect() }
    }
}

/// Errors in a request that are found without an AWS call.
impl From<Incomplete> for CommandError {
    fn from(error: Incomplete) -> Self {
        let kind = match error {
            Incomplete::Encryption { .. } | Incomplete::SelfLogging(_) => ErrorKind::Refused,
            Incomplete::Bucket(_)
            | Incomplete::Key(_)
            | Incomplete::KeyElsewhere { .. }
            | Incomplete::KeyWithoutKms
            | Incomplete::ManyProducers { .. }
            | Incomplete::Missing(_)
            | Incomplete::NotForSource { .. }
            | Incomplete::Prefix(_)
            | Incomplete::Scattered(..)
            | Incomplete::Source(_)
            | Incomplete::TagTwice { .. }
            | Incomplete::TransitionTooEarly { .. }
            | Incomplete::TransitionTooLate { .. }
            | Incomplete::WrongFlag { .. } => ErrorKind::Usage,
        };
        Self { kind, message: error.to_string(), hints: error.hint().into_iter().collect() }
    }
}

impl From<ReceiptError> for CommandError {
    fn from(error: ReceiptError) -> Self {
        let kind = match &error {
            ReceiptError::NoRun { .. } | ReceiptError::NoRuns { .. } => ErrorKind::Usage,
            ReceiptError::Distrusted { .. }
            | ReceiptError::Folder { .. }
            | ReceiptError::NoFolder
            | ReceiptError::Read { .. }
            | ReceiptError::Unreadable { .. }
            | ReceiptError::Write { .. } => ErrorKind::Failed,
        };
        Self::new(kind, error.to_string()).hinted(error.hint())
    }
}

impl From<Busy> for CommandError {
    fn from(busy: Busy) -> Self {
        Self::failed(busy.to_string()).hinted(Busy::HINT)
    }
}

impl From<NotWritten> for CommandError {
    fn from(error: NotWritten) -> Self {
        Self::failed(error.to_string()).hinted(error.hint())
    }
}

impl From<Mistake> for CommandError {
    fn from(Mistake { message, hints }: Mistake) -> Self {
        Self { kind: ErrorKind::Usage, message, hints }
    }
}

impl From<RunIdError> for CommandError {
    fn from(error: RunIdError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<SettingsError> for CommandError {
    fn from(error: SettingsError) -> Self {
        Self::usage(error.to_string()).hinted(error.hint())
    }
}

impl From<TooLarge> for CommandError {
    fn from(error: TooLarge) -> Self {
        Self::usage(error.to_string()).hinted("name fewer sources")
    }
}

/// Returns the exit code for a plan that must not be applied.
pub(super) fn exit_of(refusal: &Refusal<'_>) -> Exit {
    match refusal {
        Refusal::NeverDelivers(_) => Exit::Refused,
        Refusal::NotFound(_) => Exit::Usage,
        Refusal::NeedsExempt(_) | Refusal::NeedsFix(_) | Refusal::NeedsYes => Exit::NotApproved,
    }
}
