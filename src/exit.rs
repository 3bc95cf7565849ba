//! The exit codes: one table for the program, its help and the README.

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// AWS or an internal error, before anything was changed.
    Failed,
    /// Wrong usage or missing answers.
    Usage,
    /// A dry run has changes pending.
    Pending,
    /// Something that is on is dead.
    Problems,
    /// Applied, and the logs are not proven to arrive.
    NotProven,
    /// Refused.
    Refused,
    /// Stopped part way.
    PartWay,
    /// Interrupted.
    Interrupted,
}

/// Every exit code and its meaning.
pub const TABLE: [(Exit, &str); 8] = [
    (Exit::Done, "done, or nothing to do; a dry run, or a plan that was left, that would work"),
    (Exit::Failed, "AWS or internal error, nothing changed; `check`, `scan`: nothing could be judged"),
    (Exit::Usage, "wrong usage or missing answers"),
    (
        Exit::Problems,
        "`check`, `scan`: a log is in a state of `--fail-on`, by default on and dead; `--dry-run --detailed-exitcode`: changes pending",
    ),
    (Exit::NotProven, "applied, but the producer's object did not arrive or can't be read"),
    (Exit::Refused, "refused: it could never deliver, or needs `--fix`"),
    (
        Exit::PartWay,
        "stopped part way, or not all stayed as it was left: what was done and what was not is listed; run again to finish",
    ),
    (Exit::Interrupted, "interrupted"),
];

impl Exit {
    /// The number that the process exits with.
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Pending | Self::Problems => 3,
            Self::NotProven => 4,
            Self::Refused => 5,
            Self::PartWay => 6,
            Self::Interrupted => 130,
        }
    }
}
