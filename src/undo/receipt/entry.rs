//! One step of a run, with the values that an undo needs to revert the step.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{BucketName, KeyArn, Region};
use crate::plan::{Setting, Slot};

use super::stored_change;

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ReceiptEntry {
    /// The write's API name, such as `s3:PutBucketPolicy`.
    pub api: String,
    pub outcome: StepOutcome,
    pub change: RecordedChange,
    /// The bucket policy right before the step, if AWS may overwrite it during the step. Removed when the step has ended
    /// and nothing of the policy is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
}

/// Whether a step was carried out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepOutcome {
    Done,
    /// The step failed. If AWS's response was lost, the step may still have been carried out.
    Failed,
    /// The step was not tried. If the setting has the planned value anyway, someone else set it.
    NotDone,
    /// An undo reverted the step, or found nothing to revert. Later undos skip the step, whatever the value is now.
    Undone,
    /// Recorded right before the step. The outcome is unknown: the run is still in progress, or was killed.
    #[serde(alias = "planned")]
    Begun,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[expect(clippy::large_enum_variant, reason = "a run has a handful")]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum RecordedChange {
    MadeBucket {
        bucket: BucketName,
        region: Region,
        /// The bucket's tags at its creation, besides the run's token.
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
        /// The alias, such as `alias/logbucket-acme-logs`.
        alias: String,
    },
    BlockedPublicAccess {
        bucket: BucketName,
    },
    /// A setting was set or replaced. `slot` is the slot of both values.
    #[serde(with = "stored_change")]
    Setting {
        slot: Slot,
        /// The value before the step. `None` for a bucket that the run created.
        before: Option<Setting>,
        /// The value that the step writes. `None` while this value depends on a key that does not exist yet.
        after: Option<Setting>,
    },
}

impl ReceiptEntry {
    /// Returns whether an undo still has to check the step.
    pub fn is_open(&self) -> bool {
        !matches!(self.outcome, StepOutcome::NotDone | StepOutcome::Undone)
    }

    /// Returns whether both entries change the same setting.
    pub(super) fn is_of_same(&self, other: &Self) -> bool {
        match (&self.change, &other.change) {
            (RecordedChange::Setting { slot, .. }, RecordedChange::Setting { slot: same, .. }) => slot == same,
            (_, _) => false,
        }
    }
}

impl RecordedChange {
    /// Returns the bucket that the change affects, if any.
    pub(super) fn bucket(&self) -> Option<&BucketName> {
        match self {
            Self::MadeBucket { bucket, .. } | Self::BlockedPublicAccess { bucket } => Some(bucket),
            Self::Setting { slot, .. } => slot.destination(),
            Self::MadeKey { .. } | Self::RotatedKey | Self::MadeAlias { .. } => None,
        }
    }
}
