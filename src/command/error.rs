//! The error of a command. Only `program` prints it, once.

use crate::aws::{Cause, ObserveError, Situation};
use crate::exit::Exit;
use crate::files::NotWritten;
use crate::plan::Refusal;
use crate::request::Incomplete;
use crate::undo::receipts::ReceiptError;

use super::lock::Busy;

#[derive(Debug)]
pub struct CommandError {
    pub message: String,
    pub hints: Vec<String>,
    pub exit: Exit,
}

impl CommandError {
    /// Creates an error without a hint.
    pub(super) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { message: message.into(), hints: Vec::new(), exit }
    }

    /// Adds a hint.
    #[must_use]
    pub(super) fn hinted(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Creates the error for Ctrl-C before anything was changed.
    pub(super) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "interrupted, nothing changed")
    }

    /// Creates the error for a failed read. The resource may not exist. `situation` fills in the hint.
    pub(super) fn from_observe_error(error: &ObserveError, situation: &Situation) -> Self {
        let exit = match error {
            ObserveError::BadRegion(_)
            | ObserveError::NoBucket { .. }
            | ObserveError::NoInventory { .. }
            | ObserveError::NoLoadBalancer { .. }
            | ObserveError::NoRegion
            | ObserveError::NoSource { .. }
            | ObserveError::RegionNotEnabled(_) => Exit::Usage,
            ObserveError::Aws(error) if error.cause == Cause::NoProfile => Exit::Usage,
            ObserveError::Aws(_)
            | ObserveError::NothingListed
            | ObserveError::SourceLockedOut { .. }
            | ObserveError::SourceRefused { .. } => Exit::Failed,
        };
        Self { message: error.to_string(), hints: error.hint(situation).into_iter().collect(), exit }
    }
}

/// Errors in a request that are found without an AWS call.
impl From<Incomplete> for CommandError {
    fn from(error: Incomplete) -> Self {
        let exit = match error {
            Incomplete::Encryption { .. } | Incomplete::SelfLogging(_) => Exit::Refused,
            Incomplete::Bucket(_)
            | Incomplete::Key(_)
            | Incomplete::KeyElsewhere { .. }
            | Incomplete::KeyWithoutKms
            | Incomplete::ManyProducers { .. }
            | Incomplete::Missing(_)
            | Incomplete::Prefix(_)
            | Incomplete::Scattered(..)
            | Incomplete::Source(_)
            | Incomplete::TagTwice { .. }
            | Incomplete::TransitionTooEarly { .. }
            | Incomplete::TransitionTooLate { .. }
            | Incomplete::WrongFlag { .. } => Exit::Usage,
        };
        Self { message: error.to_string(), hints: error.hint().into_iter().collect(), exit }
    }
}

impl From<ReceiptError> for CommandError {
    fn from(error: ReceiptError) -> Self {
        let exit = match &error {
            ReceiptError::NoRun { .. } | ReceiptError::NoRuns { .. } => Exit::Usage,
            ReceiptError::Distrusted { .. }
            | ReceiptError::Folder { .. }
            | ReceiptError::NoFolder
            | ReceiptError::Read { .. }
            | ReceiptError::Unreadable { .. }
            | ReceiptError::Write { .. } => Exit::Failed,
        };
        Self::new(exit, error.to_string()).hinted(error.hint())
    }
}

impl From<Busy> for CommandError {
    fn from(busy: Busy) -> Self {
        Self::new(Exit::Failed, busy.to_string()).hinted(Busy::HINT)
    }
}

impl From<NotWritten> for CommandError {
    fn from(error: NotWritten) -> Self {
        Self::new(Exit::Failed, error.to_string()).hinted(error.hint())
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
