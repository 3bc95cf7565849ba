//! One step of a run, as far as it can be put back.

use serde::{Deserialize, Serialize};

use crate::model::{BucketName, KeyArn, Region};
use crate::plan::{Setting, Slot};

/// A step.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// The API's name of the write, such as `s3:PutBucketPolicy`.
    pub api: String,
    /// Whether it was carried out.
    pub outcome: Outcome,
    /// What it changed.
    pub change: Change,
}

/// Whether a step was carried out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was.
    Done,
    /// It failed; where the answer was lost, it may have been carried out all the same.
    Failed,
    /// It was not tried.
    NotDone,
    /// Nothing is known: the run is not over, or was ended before it could say.
    Planned,
}

/// What a step changed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::large_enum_variant, reason = "a run has a handful")]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Change {
    /// A bucket was made.
    MadeBucket {
        /// The bucket.
        bucket: BucketName,
        /// Its Region.
        region: Region,
    },
    /// A key was made.
    MadeKey {
        /// The key, once it is known.
        key: Option<KeyArn>,
    },
    /// An alias was given to a key.
    MadeAlias {
        /// Such as `alias/logbucket-acme-logs`.
        alias: String,
    },
    /// All public access to a bucket was blocked.
    BlockedPublicAccess {
        /// The bucket.
        bucket: BucketName,
    },
    /// A setting was replaced, or set.
    Setting {
        /// Where.
        slot: Slot,
        /// What was there; nothing on a bucket that the run made.
        before: Option<Setting>,
        /// What the run left; nothing while that depends on a key that is not made yet.
        after: Option<Setting>,
    },
}

impl Entry {
    /// Whether it changed the same setting.
    pub(super) fn is_of_same(&self, other: &Self) -> bool {
        match (&self.change, &other.change) {
            (Change::Setting { slot, .. }, Change::Setting { slot: same, .. }) => slot == same,
            (_, _) => false,
        }
    }
}

impl Change {
    /// Whether its values are those of its slot.
    pub(super) fn is_sound(&self) -> bool {
        let Self::Setting { slot, before, after } = self else { return true };
        before.iter().chain(after).all(|value| value.is_of(slot))
    }
}
