//! Three-valued truth (Kleene's strong logic): what is certain, and what is not.
//! Only the logic lives here; what is true of a policy is decided elsewhere.

/// What can be said of a condition, an element or a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    /// It certainly matches.
    True,
    /// It certainly does not match.
    False,
    /// It may or may not match.
    Unknown,
}

impl Truth {
    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            (Self::Unknown, Self::Unknown | Self::True) | (Self::True, Self::Unknown) => Self::Unknown,
        }
    }

    /// At least one holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negated().and(other.negated()).negated()
    }

    /// The opposite; what is unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// All of them hold; nothing at all holds too.
    pub(crate) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::True, Self::and)
    }

    /// At least one of them holds.
    pub(crate) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::False, Self::or)
    }

    /// What all of them say, or unknown where they differ.
    pub(crate) fn agreed(truths: impl IntoIterator<Item = Self>) -> Self {
        truths
            .into_iter()
            .reduce(|first, next| if first == next { first } else { Self::Unknown })
            .unwrap_or(Self::Unknown)
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::Truth::{False, True, Unknown};
    use super::*;

    #[test]
    fn a_certain_no_decides_a_conjunction_with_an_unknown() {
        assert_eq!(Unknown.and(False), False);
        assert_eq!(Unknown.and(True), Unknown);
        assert_eq!(True.and(True), True);
    }

    #[test]
    fn a_certain_yes_decides_a_disjunction_with_an_unknown() {
        assert_eq!(Unknown.or(True), True);
        assert_eq!(Unknown.or(False), Unknown);
        assert_eq!(False.or(False), False);
    }

    #[test]
    fn voices_that_differ_agree_on_nothing() {
        assert_eq!(Truth::agreed([True, True]), True);
        assert_eq!(Truth::agreed([True, False, True]), Unknown);
        assert_eq!(Truth::agreed([]), Unknown);
    }

    #[test]
    fn all_of_nothing_holds_and_any_of_nothing_does_not() {
        assert_eq!(Truth::all([]), True);
        assert_eq!(Truth::any([]), False);
    }
}
