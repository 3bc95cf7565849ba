//! The encryption that a source's own configuration names, for log services that leave this choice to the source.

use serde::{Deserialize, Serialize};

/// An encryption, with the key as AWS stores its name or as a plan knows it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnEncryption<Key> {
    /// None named: the destination's default applies.
    BucketDefault,
    /// SSE-S3.
    SseS3,
    /// SSE-KMS with this key.
    SseKms(Key),
}

/// A source's current configuration.
#[derive(Clone, Copy, Debug)]
pub struct OwnToday<'a> {
    /// The encryption, with the key's ARN or ID.
    pub encryption: &'a OwnEncryption<String>,
    /// Whether its objects go to the destination bucket.
    pub goes_there: bool,
    /// Whether everything except the encryption is as requested.
    pub is_else_as_asked: bool,
}
