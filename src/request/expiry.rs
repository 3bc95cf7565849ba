//! When logs expire.

/// When logs expire, as far as the user chose it.
///
/// A default is never stored as if the user had chosen it: the destination may change later, and an expiry deletes the
/// objects that an existing bucket already has.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Expiry {
    /// The user chose nothing.
    #[default]
    Default,
    /// The user chose a number of days, or `None` to keep logs.
    Chosen(Option<u32>),
}

impl Expiry {
    /// Returns the expiry from `--expire-days`.
    pub fn from_flag(days: Option<u32>) -> Self {
        days.map_or(Self::Default, |days| Self::Chosen(Some(days)))
    }

    /// Returns the number of days if the default is `default`; `None` keeps logs.
    pub(crate) fn or(self, default: Option<u32>) -> Option<u32> {
        match self {
            Self::Default => default,
            Self::Chosen(days) => days,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_applies_only_if_nothing_was_chosen() {
        assert_eq!(Expiry::Default.or(Some(365)), Some(365));
        assert_eq!(Expiry::Chosen(None).or(Some(365)), None);
        assert_eq!(Expiry::from_flag(Some(30)).or(None), Some(30));
        assert_eq!(Expiry::from_flag(None), Expiry::Default);
    }
}
