//! Why a question got no answer.

use crate::aws::{AwsError, ObserveError};
use crate::command::CommandError;
use crate::producer::Topic;
use crate::request::Incomplete;
use crate::ui::Unanswered;

/// Why a question got no answer.
#[derive(Debug)]
pub(super) enum WizardExit {
    /// The user went back to the previous question.
    Back,
    /// The user wants another Region.
    OtherRegion,
    /// An earlier answer was rejected and must be asked for again.
    Reopen(Topic),
    /// Ctrl-C.
    Interrupted,
    /// The terminal could not be read.
    Ended(String),
    /// An approved plan could not be started.
    Command(Box<CommandError>),
    Failed(ObserveError),
    /// The flags contradict the answers.
    Unusable(Incomplete),
}

impl From<CommandError> for WizardExit {
    fn from(error: CommandError) -> Self {
        Self::Command(Box::new(error))
    }
}

impl From<Unanswered> for WizardExit {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Back => Self::Back,
            Unanswered::Interrupted => Self::Interrupted,
            Unanswered::Ended(why) => Self::Ended(why),
        }
    }
}

impl From<ObserveError> for WizardExit {
    fn from(error: ObserveError) -> Self {
        Self::Failed(error)
    }
}

impl From<AwsError> for WizardExit {
    fn from(error: AwsError) -> Self {
        Self::Failed(error.into())
    }
}
