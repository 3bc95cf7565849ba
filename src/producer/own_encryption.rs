//! The encryption of its objects that a source's own configuration names, of the log services that leave that choice to it.

use serde::{Deserialize, Serialize};

/// An encryption, with a key as AWS stores its name or as a plan knows it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnEncryption<Key> {
    /// None: the destination's default decides.
    BucketDefault,
    /// SSE-S3.
    SseS3,
    /// SSE-KMS by this key.
    SseKms(Key),
}

/// What a source's configuration says today.
#[derive(Clone, Copy, Debug)]
pub struct OwnToday<'a> {
    /// The encryption, with the key by its ARN or its id.
    pub encryption: &'a OwnEncryption<String>,
    /// Whether its objects go to the bucket of the place.
    pub goes_there: bool,
    /// Whether all but the encryption is as it is to be.
    pub is_else_as_asked: bool,
}
