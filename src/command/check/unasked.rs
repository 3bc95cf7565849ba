//! Why nothing could be diagnosed.

use crate::aws::{AwsError, ObserveError};
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
