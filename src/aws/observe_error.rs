//! Why looking failed altogether.

use crate::model::BucketName;

use super::error::AwsError;

/// Why nothing could be planned.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ObserveError {
    /// A call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// No Region is known for sources that are named without one.
    #[error("no Region is configured, and the sources are named without one")]
    NoRegion,
    /// Sources that nobody has.
    #[error("there is no {kind} {} {place}", quoted(.names))]
    SourceAbsent {
        /// What was looked for.
        kind: &'static str,
        /// Where it was looked for.
        place: String,
        /// As named.
        names: Vec<String>,
    },
    /// A source bucket that the caller may not use.
    #[error("bucket `{name}` is another account's, or `s3:ListBucket` on it is not allowed")]
    SourceRefused {
        /// Its name.
        name: BucketName,
    },
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl ObserveError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(),
            Self::NoRegion => Some("name a Region with `--region` or AWS_REGION, or the source by its ARN".to_owned()),
            Self::SourceAbsent { .. } => {
                Some("check the name, the Region (`--region`) and the account (`--profile`)".to_owned())
            }
            Self::SourceRefused { .. } => Some("use credentials of the account that owns the source".to_owned()),
        }
    }
}
