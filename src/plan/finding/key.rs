//! Findings about a customer managed key. The subject is the key, by its ARN or by the name that a setting uses.

use crate::model::{AccountId, BucketName, Denial, Region};
use crate::producer::{EncryptedBy, Producer};

use super::FindingId as Id;
use super::rule::FindingRule;

const CREATE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html";
pub(super) const STATES: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyFinding {
    /// The plan creates the key. The subject is its alias.
    ToCreate,
    /// The alias of the key to create belongs to a key that no run of this user created.
    Foreign {
        alias: String,
        /// Whether the key was requested for the bucket or for the reports.
        encrypted_by: EncryptedBy,
    },
    /// The key that an earlier run created has no alias yet.
    NoAlias {
        bucket: BucketName,
        alias: String,
    },
    /// The requested key does not exist.
    Unknown(MissingKey),
    /// The key that the current configuration names does not exist.
    Gone(MissingKey),
    Unusable {
        reason: UnusableKey,
        /// The key's state, such as `Disabled`.
        state: String,
        encrypted_by: EncryptedBy,
        /// Whether the request is for a new key already.
        is_to_create: bool,
    },
    /// S3 can't use the key of the bucket's default encryption, and the default stays.
    FailingDefault(FailingKey),
    PolicyUnreadable {
        producer: Producer,
        unread: UnreadKey,
    },
}

/// Where a key was looked up.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MissingKey {
    pub region: Region,
    pub account: AccountId,
    pub encrypted_by: EncryptedBy,
}

/// A key of a default encryption that S3 can't use.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FailingKey {
    pub bucket: BucketName,
    pub region: Region,
    pub reason: UnusableKey,
    /// The key's state, if it was read.
    pub state: Option<String>,
    pub encrypted_by: EncryptedBy,
}

/// Why S3 can't use a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UnusableKey {
    /// AWS manages the key, and its policy can't allow a log service.
    AwsManaged,
    OtherRegion {
        region: String,
        of_bucket: Region,
    },
    /// The key is not a symmetric encryption key.
    OtherUse {
        spec: String,
        usage: String,
    },
    State(String),
    Missing,
}

/// Why it is unknown whether a key's policy allows the service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum UnreadKey {
    Denied {
        denial: Denial,
        /// The statement that the key policy needs, for someone who can check it.
        needed: Option<String>,
    },
    /// The requested key could not be read, and its name is not an ARN, which a setting needs.
    AskedByOtherName(Denial),
    /// The key of the default encryption could not be read, and the setting doesn't name it by its ARN.
    DefaultByOtherName(Denial),
    /// The sources' configurations use several keys, and none was read.
    Several,
    NotUnderstood {
        error: String,
        needed: String,
    },
}

impl KeyFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::ToCreate => FindingRule::info(Id::KeyAbsent, CREATE),
            Self::Foreign { .. } => FindingRule::error(Id::KeyForeign, CREATE),
            Self::NoAlias { .. } => FindingRule::info(Id::KeyAliasAbsent, CREATE),
            Self::Unknown(_) => FindingRule::error(Id::KeyUnknown, STATES),
            Self::Gone(_) | Self::Unusable { .. } | Self::FailingDefault(_) => {
                FindingRule::error(Id::KeyUnusable, STATES)
            }
            Self::PolicyUnreadable { producer, .. } => {
                FindingRule::warning(Id::KeyPolicyUnreadable, producer.facts().key_page)
            }
        }
    }
}
