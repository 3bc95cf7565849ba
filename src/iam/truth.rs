//! Three-valued logic (Kleene's strong logic).

/// Whether a condition, an element or a statement matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Truth {
    True,
    False,
    /// The result is unknown.
    Unknown,
}

impl Truth {
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::True, Self::True) => Self::True,
            (Self::Unknown, Self::Unknown | Self::True) | (Self::True, Self::Unknown) => Self::Unknown,
        }
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negated().and(other.negated()).negated()
    }

    /// Negates the truth. Unknown stays unknown.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }

    /// Returns whether all are true. An empty list is true.
    pub(crate) fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::True, Self::and)
    }

    /// Returns whether at least one is true.
    pub(crate) fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::False, Self::or)
    }

    /// Returns the common value if all are equal, otherwise unknown.
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
    fn false_decides_a_conjunction_with_unknown() {
        assert_eq!(Unknown.and(False), False);
        assert_eq!(Unknown.and(True), Unknown);
        assert_eq!(True.and(True), True);
    }

    #[test]
    fn true_decides_a_disjunction_with_unknown() {
        assert_eq!(Unknown.or(True), True);
        assert_eq!(Unknown.or(False), Unknown);
        assert_eq!(False.or(False), False);
    }

    #[test]
    fn different_values_agree_on_unknown() {
        assert_eq!(Truth::agreed([True, True]), True);
        assert_eq!(Truth::agreed([True, False, True]), Unknown);
        assert_eq!(Truth::agreed([]), Unknown);
    }

    #[test]
    fn all_of_an_empty_list_is_true_and_any_is_false() {
        assert_eq!(Truth::all([]), True);
        assert_eq!(Truth::any([]), False);
    }
}
