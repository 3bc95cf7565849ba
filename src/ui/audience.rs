//! Whom a sentence speaks to.

/// Whom a sentence speaks to: a hint must name something that the reader can do there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Audience {
    /// Someone who reads the output of a command, and can change its flags.
    CommandLine,
    /// Someone who answers the wizard's questions.
    Wizard,
}

impl Audience {
    /// Returns the words for this audience.
    pub(super) fn pick<T>(self, command_line: T, wizard: T) -> T {
        match self {
            Self::CommandLine => command_line,
            Self::Wizard => wizard,
        }
    }
}
