//! Objects as seen: the operator's own, and what the producer may have written.

/// A version of an object: enough to tell whether a later look sees a newer one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectStamp {
    /// `LastModified` in seconds since 1970, by S3's clock.
    pub last_modified: i64,
    /// The entity tag.
    pub etag: String,
}

/// An object as it was written and read back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TestObject {
    /// Its key.
    pub key: String,
    /// `x-amz-server-side-encryption` as S3 answered it.
    pub algorithm: Option<String>,
    /// The key's ARN as S3 answered it.
    pub kms_key: Option<String>,
    /// When it was written, by S3's clock, in seconds since 1970.
    pub written_at: i64,
    /// Whether it could be removed again.
    pub removed: bool,
}

/// An object that the producer may have written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found {
    /// Its key.
    pub key: String,
    /// Which version of it this is.
    pub stamp: ObjectStamp,
    /// Why it can't be read, where it can't.
    pub unreadable: Option<String>,
    /// `x-amz-server-side-encryption`.
    pub algorithm: Option<String>,
    /// The key's ARN.
    pub kms_key: Option<String>,
}
