//! One step of a run, as far as it can be put back.

use std::collections::BTreeMap;

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
    /// An undo took it back, or found that nothing of it was left: it is over, whatever is there now.
    Undone,
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
        /// The tags that it was created with, beside the token of the run.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        tags: BTreeMap<String, String>,
    },
    /// A key was made.
    MadeKey {
        /// The key, once it is known.
        key: Option<KeyArn>,
    },
    /// The key that was made rotates.
    RotatedKey,
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
    /// Whether an undo has still to look at it.
    pub fn is_open(&self) -> bool {
        !matches!(self.outcome, Outcome::NotDone | Outcome::Undone)
    }

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
