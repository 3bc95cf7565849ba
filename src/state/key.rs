//! A KMS key as seen.

use crate::model::KeyArn;

use crate::model::Seen;

/// A key's metadata and policy.
///
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Key {
    /// Its full ARN.
    pub arn: KeyArn,
    /// Who manages it.
    pub manager: KeyManager,
    /// `KeyState`, such as `Enabled` or `PendingDeletion`.
    pub state: String,
    /// `KeySpec`; `SYMMETRIC_DEFAULT` is the one that S3 can use.
    pub spec: String,
    /// `KeyUsage`; `ENCRYPT_DECRYPT` is the one that S3 can use.
    pub usage: String,
    /// The text of the key policy; absent where it was not read.
    pub policy: Seen<String>,
    /// The aliases that logbucket looks for: only its own, where it points at this key.
    pub own_alias: bool,
    /// Who created it.
    pub origin: KeyOrigin,
}

/// Who created a key, as far as the receipts of this user say.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyOrigin {
    /// A run of this user, for this destination.
    OwnRun,
    /// They say nothing of it: it is like anybody's key, whatever its tags and aliases say.
    Unknown,
}

/// Who manages a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum KeyManager {
    /// AWS: its policy can't be changed, so no log service can be let in.
    Aws,
    /// The customer.
    Customer,
}

/// A key of a list, with a name that people know it by.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ListedKey {
    /// An alias that points at it, such as `alias/logs`.
    pub alias: Option<String>,
    /// Its full ARN.
    pub arn: KeyArn,
    /// The key, whose policy is not read for a list.
    pub key: Seen<Key>,
}
