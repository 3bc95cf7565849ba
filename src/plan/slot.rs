//! Which setting of which thing: where a value stands that a step writes over.

use serde::{Deserialize, Serialize};

use crate::model::{BucketName, KeyArn};
use crate::producer::SourceSlot;

/// A place for a [`super::Setting`].
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Slot {
    /// The default encryption of a destination.
    BucketEncryption {
        /// The bucket.
        bucket: BucketName,
    },
    /// The policy of a destination.
    BucketPolicy {
        /// The bucket.
        bucket: BucketName,
    },
    /// The tags of a destination, all of them.
    BucketTags {
        /// The bucket.
        bucket: BucketName,
    },
    /// The policy of a key.
    KeyPolicy {
        /// The key.
        key: KeyArn,
    },
    /// Those lifecycle rules of a destination that have these ids.
    LifecycleRules {
        /// The bucket.
        bucket: BucketName,
        /// The ids.
        ids: Vec<String>,
    },
    /// Who pays for requests to a destination.
    Payer {
        /// The bucket.
        bucket: BucketName,
    },
    /// Where a source says where it logs.
    #[serde(untagged)]
    Source(SourceSlot),
}

impl Slot {
    /// What it is called in a sentence.
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

    /// What it is called among the settings of its bucket or source.
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

    /// The ids of lifecycle rules that it names.
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

    /// The destination bucket whose setting it is; nothing for what belongs to a source or a key.
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

    /// The key whose policy it is.
    pub fn key(&self) -> Option<&KeyArn> {
        if let Self::KeyPolicy { key } = self { Some(key) } else { None }
    }

    /// Whether it says where a source logs to.
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

    /// Whether a log service's writes may depend on it.
    pub fn admits(&self) -> bool {
        match self {
            Self::BucketEncryption { .. } | Self::BucketPolicy { .. } | Self::KeyPolicy { .. } | Self::Payer { .. } => {
                true
            }
            Self::BucketTags { .. } | Self::LifecycleRules { .. } | Self::Source(_) => false,
        }
    }
}
