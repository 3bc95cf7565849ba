//! The exit codes: one table for the program, its help and the docs.

/// How a run ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Exit {
    Done,
    /// An error from AWS or an internal error, before anything was changed.
    Failed,
    /// Wrong usage, missing answers, or a named resource that does not exist.
    Usage,
    /// A dry run has changes pending.
    Pending,
    /// A log that is on is dead.
    Problems,
    /// Applied, but delivery of the logs is not proven.
    NotProven,
    /// Logs could never arrive.
    Refused,
    /// Stopped part way.
    PartWay,
    /// `--yes`, `--fix` or `--exempt` is missing.
    NotApproved,
    Interrupted,
}

pub const TABLE: [(Exit, &str); 9] = [
    (Exit::Done, "success, nothing to do, or a dry run that would succeed"),
    (Exit::Failed, "AWS or internal error, nothing changed; `check`, `scan`: nothing could be judged"),
    (Exit::Usage, "wrong usage, missing answers, or a named thing that doesn't exist"),
    (
        Exit::Problems,
        "`check`, `scan`: a log matches `--fail-on` (default: on and not delivered, or in an endless loop); `--dry-run --detailed-exitcode`: changes pending",
    ),
    (Exit::NotProven, "applied, but the log service's object did not arrive or can't be read"),
    (Exit::Refused, "refused: logs could never be delivered"),
    (
        Exit::PartWay,
        "partly applied, a change did not last, or the result could not be printed: the output lists what was done and \
         what was not; run again to finish",
    ),
    (Exit::NotApproved, "approval needed: `--yes`, `--fix` or `--exempt` is missing; nothing changed"),
    (Exit::Interrupted, "interrupted"),
];

impl Exit {
    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Pending | Self::Problems => 3,
            Self::NotProven => 4,
            Self::Refused => 5,
            Self::PartWay => 6,
            Self::NotApproved => 7,
            Self::Interrupted => 130,
        }
    }
}
