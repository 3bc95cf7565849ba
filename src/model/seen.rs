//! The three outcomes of a read: present, absent or denied.

use std::fmt;

/// The outcome of a read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Seen<T> {
    Present(T),
    Absent,
    /// Unknown, because the read was refused or failed.
    Denied(Denial),
}

/// A read without a result.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Denial {
    /// The IAM action for the read, such as `s3:GetBucketPolicy`.
    pub action: &'static str,
    pub resource: String,
    pub why: Unread,
}

/// The reason why a read gave no information.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unread {
    Denied,
    /// The read failed for another reason, with this code or message.
    Failed(String),
    /// AWS's response makes no sense.
    NotUnderstood,
    /// The read only works in another account, so it was not tried.
    Elsewhere,
}

impl<T> Seen<T> {
    /// Returns the value if it is present.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Denied(_) => None,
        }
    }

    /// Returns the denial, if any.
    pub fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Denied(denial) => Some(denial),
            Self::Absent | Self::Present(_) => None,
        }
    }

    /// Converts the value if it is present.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Seen<U> {
        match self {
            Self::Present(value) => Seen::Present(change(value)),
            Self::Absent => Seen::Absent,
            Self::Denied(denial) => Seen::Denied(denial),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match &self.why {
            Unread::Denied => "was denied".to_owned(),
            Unread::Failed(why) => format!("failed ({why})"),
            Unread::NotUnderstood => "returned a response that can't be parsed".to_owned(),
            Unread::Elsewhere => "only works in the owner's account".to_owned(),
        };
        write!(f, "could not read: `{}` on `{}` {how}", self.action, self.resource)
    }
}
