//! Why a question got no answer.

use crate::aws::{AwsError, ObserveError};
use crate::command::CommandError;
use crate::producer::Topic;
use crate::request::Incomplete;
use crate::ui::PromptError;

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

impl From<PromptError> for WizardExit {
    fn from(unanswered: PromptError) -> Self {
        match unanswered {
            PromptError::Back => Self::Back,
            PromptError::Interrupted => Self::Interrupted,
            PromptError::Ended(why) => Self::Ended(why),
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
