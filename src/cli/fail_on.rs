//! Which states of logs make `check` and `scan` fail.

use clap::ValueEnum;

/// The help of the flag.
pub(super) const FAIL_ON: &str = "\
States of a log that end the run with exit code 3: dead, loop (access logs that endlessly create more access logs), unknown (it \
could not be judged), off (repeatable, or with commas between) [default: dead,loop]. A run that could judge nothing never ends with 0.";

/// A state of a log that makes a run fail.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum FailOn {
    /// The log is on, and nothing arrives.
    Dead,
    /// It is logged again, without end.
    Loop,
    /// Whether it arrives could not be judged.
    Unknown,
    /// It is not on.
    Off,
}
