//! The keys that runs of this user created for a destination, as far as their receipts say.

use crate::model::{KeyArn, RunToken};

/// What a key is known by. Neither a tag nor an alias alone makes one ours: anybody can give a key either.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct OwnKeys {
    /// The keys that receipts name, the newest run's first.
    pub created: Vec<KeyArn>,
    /// The tokens of runs that may have created a key without learning its ARN: the key carries the token as a tag.
    pub tokens: Vec<RunToken>,
}
