use crate::model::{KeyArn, RunToken};

/// The keys that this user's runs created for a destination, according to receipts. A tag or an alias alone does not
/// prove that a run created a key: anyone can set them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OwnKeys {
    /// The keys in receipts, newest run first.
    pub created: Vec<KeyArn>,
    /// The tokens of runs that may have created a key without learning its ARN. Such a key has the run's token as a
    /// tag.
    pub tokens: Vec<RunToken>,
}
