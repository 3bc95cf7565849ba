//! Findings about the bucket's default encryption. The subject is the bucket.

use crate::model::{Denial, EncryptionKind, KeyArn};
use crate::producer::Producer;

use super::FindingId as Id;
use super::key::UnusableKey;
use super::rule::FindingRule;

pub(super) const BY_DEFAULT: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EncryptionFinding {
    Unreadable {
        producer: Producer,
        denial: Denial,
    },
    /// A new bucket has no such setting yet.
    NotSet {
        producer: Producer,
        wanted: EncryptionKind,
    },
    NotAsAsked {
        producer: Producer,
        present: DefaultEncryption,
        wanted: EncryptionKind,
    },
    /// The producer can't write with it, according to AWS's documentation.
    NotWritable {
        producer: Producer,
        present: DefaultEncryption,
    },
    /// Like `NotWritable`, but recent logs were delivered with it.
    ShownByLogs {
        producer: Producer,
        kind: EncryptionKind,
    },
    /// The setting names its key by an ID or alias.
    KeyNotArn {
        name: String,
    },
}

/// A default encryption, and what is known about its key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DefaultEncryption {
    pub kind: EncryptionKind,
    /// The customer managed key, if S3 can't use it.
    pub failing_key: Option<(KeyArn, UnusableKey)>,
    /// Whether the policy of a customer managed key allows or may allow the service, although AWS's documentation on
    /// the service does not support such keys.
    pub may_allow: bool,
}

impl EncryptionFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::Unreadable { producer, .. } => {
                FindingRule::warning(Id::EncryptionUnreadable, producer.encryption(EncryptionKind::SseS3).source)
            }
            Self::NotSet { producer, wanted } | Self::NotAsAsked { producer, wanted, .. } => {
                FindingRule::info(Id::EncryptionNotAsAsked, producer.encryption(*wanted).source)
            }
            Self::NotWritable { producer, present: DefaultEncryption { kind, may_allow: true, .. } }
            | Self::ShownByLogs { producer, kind } => {
                FindingRule::warning(Id::EncryptionNotWritable, producer.encryption(*kind).source)
            }
            Self::NotWritable { producer, present: DefaultEncryption { kind, may_allow: false, .. } } => {
                FindingRule::error(Id::EncryptionNotWritable, producer.encryption(*kind).source)
            }
            Self::KeyNotArn { .. } => FindingRule::error(Id::EncryptionKeyNotArn, BY_DEFAULT),
        }
    }
}
