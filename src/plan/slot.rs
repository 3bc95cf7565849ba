//! The place of a setting.

use serde::{Deserialize, Serialize};

use crate::model::{BucketName, KeyArn};
use crate::producer::SourceSlot;

/// The place of a [`super::Setting`], without its value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Slot {
    /// The default encryption of a destination.
    BucketEncryption { bucket: BucketName },
    /// The policy of a destination.
    BucketPolicy { bucket: BucketName },
    /// All tags of a destination.
    BucketTags { bucket: BucketName },
    /// The policy of a key.
    KeyPolicy { key: KeyArn },
    /// The lifecycle rules of a destination with these IDs.
    LifecycleRules { bucket: BucketName, ids: Vec<String> },
    /// Who pays for requests to a destination.
    Payer { bucket: BucketName },
    /// The log setting of a source.
    #[serde(untagged)]
    Source(SourceSlot),
}

impl Slot {
    /// Returns the slot's name for use in a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::BucketEncryption { bucket } => format!("the default encryption of `{bucket}`"),
            Self::BucketPolicy { bucket } => format!("the policy of `{bucket}`"),
            Self::BucketTags { bucket } => format!("the tags of `{bucket}`"),
            Self::KeyPolicy { key } => format!("the policy of `{key}`"),
            Self::LifecycleRules { bucket, ids: _ } => format!("the lifecycle rules of `{bucket}`"),
            Self::Source(slot) => slot.title(),
            Self::Payer { bucket } => format!("who pays for requests to `{bucket}`"),
        }
    }

    /// Returns the slot's name without the bucket or source.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::BucketEncryption { .. } => "default encryption",
            Self::BucketPolicy { .. } => "bucket policy",
            Self::BucketTags { .. } => "tags",
            Self::KeyPolicy { .. } => "key policy",
            Self::LifecycleRules { .. } => "lifecycle rules",
            Self::Source(slot) => slot.noun(),
            Self::Payer { .. } => "Requester Pays",
        }
    }

    /// Returns the slot's lifecycle rule IDs.
    pub fn rule_ids(&self) -> &[String] {
        match self {
            Self::LifecycleRules { ids, .. } => ids,
            Self::BucketEncryption { .. }
            | Self::BucketPolicy { .. }
            | Self::BucketTags { .. }
            | Self::KeyPolicy { .. }
            | Self::Source(_)
            | Self::Payer { .. } => &[],
        }
    }

    /// Returns the destination bucket, or `None` if the slot belongs to a source or a key.
    pub fn destination(&self) -> Option<&BucketName> {
        match self {
            Self::BucketEncryption { bucket }
            | Self::BucketPolicy { bucket }
            | Self::BucketTags { bucket }
            | Self::LifecycleRules { bucket, ids: _ }
            | Self::Payer { bucket } => Some(bucket),
            Self::KeyPolicy { .. } | Self::Source(_) => None,
        }
    }

    /// Returns the key, if the slot is a key policy.
    pub fn key(&self) -> Option<&KeyArn> {
        if let Self::KeyPolicy { key } = self { Some(key) } else { None }
    }

    /// Returns whether the slot is a source's log setting.
    pub fn attaches(&self) -> bool {
        match self {
            Self::Source(_) => true,
            Self::BucketEncryption { .. }
            | Self::BucketPolicy { .. }
            | Self::BucketTags { .. }
            | Self::KeyPolicy { .. }
            | Self::LifecycleRules { .. }
            | Self::Payer { .. } => false,
        }
    }

    /// Returns whether a log service's writes may depend on the setting.
    pub fn admits(&self) -> bool {
        match self {
            Self::BucketEncryption { .. } | Self::BucketPolicy { .. } | Self::KeyPolicy { .. } | Self::Payer { .. } => {
                true
            }
            Self::BucketTags { .. } | Self::LifecycleRules { .. } | Self::Source(_) => false,
        }
    }
}
