//! Why `check` could not diagnose anything.

use crate::aws::{AwsError, ObserveError, Situation};
use crate::command::{CommandError, ErrorKind};
use crate::model::either;
use crate::plan::Finding;
use crate::producer::Producer;
use crate::request::Incomplete;
use crate::ui::{Sentences, sentences};

pub(super) enum CheckError {
    /// The command line does not say what to check.
    Usage(Incomplete),
    Aws(Box<ObserveError>),
    /// There are no suppressions for this producer, or no producer was given.
    NoException(Option<Producer>),
    /// A source is a load balancer of the wrong type for the producer.
    OtherType(Box<Finding>),
    /// A source is named, and a flag also says what to check.
    TwoSubjects(String),
    Other(CommandError),
    /// Suppressions need a bucket.
    NoBucket,
    Interrupted,
    /// The user left the list of sources.
    Left,
}

impl CheckError {
    /// Turns the reason into the command's error; `situation` fills in the hints about AWS calls.
    pub(super) fn error(self, situation: &Situation) -> CommandError {
        let usage = |message: &str, hint: &str| CommandError::usage(message).hinted(hint);
        match self {
            Self::Usage(error @ Incomplete::Missing(_)) => {
                let by_bucket = "or use only `--bucket`, to see which sources log to it";
                let hint = error.hint().map_or_else(|| by_bucket.to_owned(), |hint| format!("{hint}; {by_bucket}"));
                usage(&error.to_string(), &hint)
            }
            Self::Usage(error) => CommandError { kind: ErrorKind::Usage, ..error.into() },
            Self::Aws(error) => CommandError::from_observe_error(&error, situation),
            Self::NoException(producer) => {
                let message = match producer {
                    Some(producer) => {
                        let logs = producer.title();
                        format!(
                            "{logs} need no suppressions: they support a customer managed key, as the scanners require"
                        )
                    }
                    None => "missing the service that logs to the bucket".to_owned(),
                };
                let needing = Producer::ALL.into_iter().filter(|producer| producer.facts().not_logged_itself.is_some());
                let needing: Vec<String> = needing.map(|producer| producer.to_string()).collect();
                let hint =
                    format!("put {} before `--bucket`: the suppressions depend on the log service", either(&needing));
                usage(&message, &hint)
            }
            Self::OtherType(finding) => {
                let Sentences { what, hint, .. } = sentences(&finding);
                CommandError { kind: ErrorKind::Usage, message: what, hints: hint.into_iter().collect() }
            }
            Self::TwoSubjects(name) => {
                let message = format!(
                    "`{name}` is not a log service, and a source's name can't be combined with `--source` or `--bucket`"
                );
                usage(
                    &message,
                    "use `logbucket check NAME`, or put `alb`, `nlb`, `clb`, `s3-access` or `inventory` before the flags",
                )
            }
            Self::Other(error) => error,
            Self::NoBucket => usage("`--suppressions` requires a bucket", "use `--bucket` instead of `--source`"),
            Self::Interrupted | Self::Left => CommandError::new(ErrorKind::Interrupted, "interrupted"),
        }
    }
}

impl From<ObserveError> for CheckError {
    fn from(error: ObserveError) -> Self {
        Self::Aws(Box::new(error))
    }
}

impl From<AwsError> for CheckError {
    fn from(error: AwsError) -> Self {
        ObserveError::from(error).into()
    }
}
