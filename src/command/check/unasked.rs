//! Why nothing could be diagnosed.

use crate::aws::{AwsError, ObserveError, Situation};
use crate::command::CommandError;
use crate::exit::Exit;
use crate::plan::Finding;
use crate::producer::Producer;
use crate::request::Incomplete;

/// Why nothing could be diagnosed.
pub(super) enum Unasked {
    /// The command line leaves open what to look at.
    Usage(Incomplete),
    /// AWS could not be asked.
    Aws(Box<ObserveError>),
    /// No scanner is wrong about a bucket of this producer's logs, or whose they are was not said.
    NoException(Option<Producer>),
    /// A source is of another type than the producer logs.
    OtherType(Box<Finding>),
    /// Exceptions for scanners are of a bucket, and none was named.
    NoBucket,
    /// Ctrl-C.
    Interrupted,
}

impl Unasked {
    /// It as the command's error; `situation` says what a hint about a call fills in.
    pub(super) fn error(self, situation: &Situation) -> CommandError {
        let usage = |message: &str, hint: &str| CommandError::new(Exit::Usage, message).hinted(hint);
        match self {
            Self::Usage(error @ Incomplete::Missing(_)) => {
                let by_bucket = "or name only a destination, with `--bucket`, to see who logs there";
                let hint = error.hint().map_or_else(|| by_bucket.to_owned(), |hint| format!("{hint}; {by_bucket}"));
                usage(&error.to_string(), &hint)
            }
            Self::Usage(error) => CommandError { exit: Exit::Usage, ..error.into() },
            Self::Aws(error) => CommandError::of_look(&error, situation),
            Self::NoException(producer) => {
                let message = match producer {
                    Some(producer) => {
                        let logs = producer.title();
                        format!("{logs} can be written with a customer managed key, as the scanners want it")
                    }
                    None => "which service logs to the bucket is missing".to_owned(),
                };
                let hint =
                    "put `alb`, `nlb` or `s3-access` before `--bucket`: the exceptions depend on the service that logs";
                usage(&message, hint)
            }
            Self::OtherType(finding) => {
                let hints = finding.hint().map(str::to_owned).into_iter().collect();
                CommandError { message: finding.what.clone(), hints, exit: Exit::Usage }
            }
            Self::NoBucket => {
                usage("`--suppressions` is about a bucket", "name the bucket with `--bucket` in place of its sources")
            }
            Self::Interrupted => CommandError::new(Exit::Interrupted, "interrupted"),
        }
    }
}

impl From<ObserveError> for Unasked {
    fn from(error: ObserveError) -> Self {
        Self::Aws(Box::new(error))
    }
}

impl From<AwsError> for Unasked {
    fn from(error: AwsError) -> Self {
        ObserveError::from(error).into()
    }
}
