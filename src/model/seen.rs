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

impl Denial {
    /// Returns the action and its outcome, without the resource.
    pub fn outcome(&self) -> String {
        format!("`{}` {}", self.action, self.why)
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied => f.write_str("was denied"),
            Self::Failed(why) => write!(f, "failed ({why})"),
            Self::NotUnderstood => f.write_str("returned a response that can't be parsed"),
            Self::Elsewhere => f.write_str("only works in the owner's account"),
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "could not read: `{}` on `{}` {}", self.action, self.resource, self.why)
    }
}
