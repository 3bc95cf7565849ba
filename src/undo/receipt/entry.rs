//! One step of a run, with what is needed to restore it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{BucketName, KeyArn, Region};
use crate::plan::{Setting, Slot};

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Entry {
    /// The write's API name, such as `s3:PutBucketPolicy`.
    pub api: String,
    pub outcome: Outcome,
    pub change: Change,
}

/// Whether a step was carried out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    Done,
    /// It failed. If the answer was lost, it may still have been carried out.
    Failed,
    /// It was not tried, so a value like the planned one is someone else's.
    NotDone,
    /// An undo reverted it or found nothing left of it. It stays closed, whatever the value is now.
    Undone,
    /// Recorded right before the step. How it ended is unknown: the run is still going on, or was killed.
    #[serde(alias = "planned")]
    Begun,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::large_enum_variant, reason = "a run has a handful")]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Change {
    MadeBucket {
        bucket: BucketName,
        region: Region,
        /// The tags it was created with, besides the run's token.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        tags: BTreeMap<String, String>,
    },
    MadeKey {
        /// `None` until the key exists.
        key: Option<KeyArn>,
    },
    /// Rotation was turned on for the run's key.
    RotatedKey,
    MadeAlias {
        /// Such as `alias/logbucket-acme-logs`.
        alias: String,
    },
    BlockedPublicAccess {
        bucket: BucketName,
    },
    /// A setting was set or replaced.
    Setting {
        slot: Slot,
        /// The value before. `None` for a bucket that the run created.
        before: Option<Setting>,
        /// The value the run left. `None` while it depends on a key that does not exist yet.
        after: Option<Setting>,
    },
}

impl Entry {
    /// Returns whether an undo still has to look at it.
    pub fn is_open(&self) -> bool {
        !matches!(self.outcome, Outcome::NotDone | Outcome::Undone)
    }

    /// Returns whether both change the same setting.
    pub(super) fn is_of_same(&self, other: &Self) -> bool {
        match (&self.change, &other.change) {
            (Change::Setting { slot, .. }, Change::Setting { slot: same, .. }) => slot == same,
            (_, _) => false,
        }
    }
}

impl Change {
    /// Returns the destination's bucket, if the change is of the bucket.
    pub(super) fn bucket(&self) -> Option<&BucketName> {
        match self {
            Self::MadeBucket { bucket, .. } | Self::BlockedPublicAccess { bucket } => Some(bucket),
            Self::Setting { slot, .. } => slot.destination(),
            Self::MadeKey { .. } | Self::RotatedKey | Self::MadeAlias { .. } => None,
        }
    }

    /// Returns whether the values fit the setting.
    pub(super) fn is_sound(&self) -> bool {
        let Self::Setting { slot, before, after } = self else { return true };
        before.iter().chain(after).all(|value| value.is_of(slot))
    }
}
