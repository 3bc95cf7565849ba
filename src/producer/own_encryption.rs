//! The encryption that a source's own configuration names, for log services that leave the encryption to the source.

use serde::{Deserialize, Serialize};

/// An encryption. `Key` is the key's name as AWS stores it, or the key as a plan knows it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnEncryption<Key> {
    /// No encryption is named. The destination's default applies.
    BucketDefault,
    /// SSE-S3.
    SseS3,
    /// SSE-KMS with this key.
    SseKms(Key),
}

/// A source's current encryption, and how its configuration compares with the request.
#[derive(Clone, Copy, Debug)]
pub struct OwnToday<'a> {
    /// The encryption, with the key's ARN or ID.
    pub encryption: &'a OwnEncryption<String>,
    /// Whether the source's objects go to the destination bucket.
    pub goes_there: bool,
    /// Whether everything except the encryption is as requested.
    pub is_else_as_asked: bool,
}
