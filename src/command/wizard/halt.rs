//! Why a question was left without an answer.

use crate::aws::{AwsError, ObserveError};
use crate::command::CommandError;
use crate::producer::Topic;
use crate::request::Incomplete;
use crate::ui::Unanswered;

/// What ends a question without its answer.
#[derive(Debug)]
pub(super) enum Halt {
    /// The question before is wanted.
    Back,
    /// Another Region is wanted.
    OtherRegion,
    /// An answer that was given can't stand, as was said: it is asked for again.
    Reopen(Topic),
    /// Ctrl-C.
    Interrupted,
    /// The terminal is gone.
    Ended(String),
    /// What was agreed to could not be begun.
    Command(Box<CommandError>),
    /// AWS could not be asked.
    Failed(ObserveError),
    /// The flags can't stand with the answers.
    Unusable(Incomplete),
}

impl From<CommandError> for Halt {
    fn from(error: CommandError) -> Self {
        Self::Command(Box::new(error))
    }
}

impl From<Unanswered> for Halt {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Back => Self::Back,
            Unanswered::Interrupted => Self::Interrupted,
            Unanswered::Ended(why) => Self::Ended(why),
        }
    }
}

impl From<ObserveError> for Halt {
    fn from(error: ObserveError) -> Self {
        Self::Failed(error)
    }
}

impl From<AwsError> for Halt {
    fn from(error: AwsError) -> Self {
        Self::Failed(error.into())
    }
}
