use crate::model::KeyArn;

use crate::model::Seen;

/// A KMS key's metadata and policy.
///
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Key {
    pub arn: KeyArn,
    pub manager: KeyManager,
    /// `KeyState`, such as `Enabled` or `PendingDeletion`.
    pub state: String,
    /// `KeySpec`; S3 can use only `SYMMETRIC_DEFAULT`.
    pub spec: String,
    /// `KeyUsage`; S3 can use only `ENCRYPT_DECRYPT`.
    pub usage: String,
    /// The key policy as text; `Absent` if it was not read.
    pub policy: Seen<String>,
    /// Whether the alias that logbucket uses for the bucket points at this key.
    pub own_alias: bool,
    pub origin: KeyOrigin,
}

/// Who created a key, according to this user's receipts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyOrigin {
    /// A run of this user, for this destination.
    OwnRun,
    /// No receipt names the key. Anyone may have created it, because tags and aliases prove nothing.
    Unknown,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyManager {
    /// AWS created the key. Its policy can't be changed, so no log service can be allowed to use it.
    Aws,
    Customer,
}

/// A key in a list, with a name that people know.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedKey {
    /// An alias of the key, such as `alias/logs`.
    pub alias: Option<String>,
    pub arn: KeyArn,
    /// The key without its policy, which lists don't read.
    pub key: Seen<Key>,
}
