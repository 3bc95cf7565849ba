//! Present, absent, or denied: the three outcomes of looking.

use std::fmt;

/// The outcome of one read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Seen<T> {
    /// It is there.
    Present(T),
    /// It is not there.
    Absent,
    /// Whether it is there can't be known: the caller may not look.
    Denied(Denial),
}

/// A read that the caller was refused.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Denial {
    /// The IAM action that would have allowed it, such as `s3:GetBucketPolicy`.
    pub action: &'static str,
    /// The resource it was refused on.
    pub resource: String,
    /// Why it told nothing.
    pub why: Unread,
}

/// Why a read told nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Unread {
    /// AWS refused it.
    Denied,
    /// It failed otherwise, with this code or message.
    Failed(String),
    /// AWS answered what makes no sense.
    NotUnderstood,
    /// It works in another account only, and was not asked for.
    Elsewhere,
}

impl<T> Seen<T> {
    /// The value, where it is present.
    pub fn present(&self) -> Option<&T> {
        match self {
            Self::Present(value) => Some(value),
            Self::Absent | Self::Denied(_) => None,
        }
    }

    /// The denial, where looking was refused.
    pub fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Denied(denial) => Some(denial),
            Self::Absent | Self::Present(_) => None,
        }
    }

    /// The same outcome with another value.
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
            Unread::NotUnderstood => "returned an answer that can't be parsed".to_owned(),
            Unread::Elsewhere => "only works in the owner's account".to_owned(),
        };
        write!(f, "could not read: `{}` on `{}` {how}", self.action, self.resource)
    }
}
