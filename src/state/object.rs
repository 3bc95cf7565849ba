//! Observed objects: the operator's test object, and objects that the log service may have written.

use crate::model::{Denial, Seen};

/// A version of an object, to recognize a newer one later.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectStamp {
    /// `LastModified` in seconds since 1970, by S3's clock.
    pub last_modified: i64,
    pub etag: String,
}

/// A test object that was written and read back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TestObject {
    pub key: String,
    /// `x-amz-server-side-encryption` in S3's response.
    pub algorithm: Option<String>,
    /// The key's ARN in S3's response.
    pub kms_key: Option<String>,
    /// When the object was written, by S3's clock, in seconds since 1970.
    pub written_at: i64,
    /// Whether the object was removed.
    pub removed: bool,
}

/// The result of a search for the newest object that a service could have written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Newest {
    Found(FoundObject),
    None,
    /// The caller is not allowed to search.
    Denied(Denial),
    /// The search stopped at a limit, so an object may still exist. The text says why it stopped.
    NotFurther(String),
}

impl Newest {
    pub fn found(&self) -> Option<&FoundObject> {
        match self {
            Self::Found(found) => Some(found),
            Self::Denied(_) | Self::None | Self::NotFurther(_) => None,
        }
    }
}

impl From<Seen<FoundObject>> for Newest {
    fn from(seen: Seen<FoundObject>) -> Self {
        match seen {
            Seen::Present(found) => Self::Found(found),
            Seen::Absent => Self::None,
            Seen::Denied(denial) => Self::Denied(denial),
        }
    }
}

/// An object that the log service may have written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FoundObject {
    pub key: String,
    /// The object's version.
    pub stamp: ObjectStamp,
    /// Why the object can't be read, if it can't.
    pub unreadable: Option<String>,
    /// `x-amz-server-side-encryption`.
    pub algorithm: Option<String>,
    pub kms_key: Option<String>,
}
