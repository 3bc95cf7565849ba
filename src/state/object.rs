//! Objects as seen: the operator's own, and what the producer may have written.

use crate::model::{Denial, Seen};

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

/// The newest object that a service can have written, as far as it was looked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Newest {
    /// It is there.
    Found(Found),
    /// There is none.
    None,
    /// Whether there is one can't be known: the caller may not look.
    Denied(Denial),
    /// There is more to look through than is looked through: why there may be one, in words.
    NotFurther(String),
}

impl Newest {
    /// The object, where there is one.
    pub fn found(&self) -> Option<&Found> {
        match self {
            Self::Found(found) => Some(found),
            Self::Denied(_) | Self::None | Self::NotFurther(_) => None,
        }
    }
}

impl From<Seen<Found>> for Newest {
    fn from(seen: Seen<Found>) -> Self {
        match seen {
            Seen::Present(found) => Self::Found(found),
            Seen::Absent => Self::None,
            Seen::Denied(denial) => Self::Denied(denial),
        }
    }
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
