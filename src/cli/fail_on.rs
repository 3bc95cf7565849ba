//! The log states that make `check` and `scan` fail.

use clap::ValueEnum;

pub(super) const FAIL_ON: &str = "\
Exit with code 3 if a log is in one of these states: dead, loop (access logs that endlessly create more access logs), \
unknown (could not be judged) or off; repeatable or comma-separated [default: dead,loop]. If no log could be judged, the \
exit code is never 0.";

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum FailOn {
    /// Logging is on, but nothing arrives
    Dead,
    /// Access logs endlessly create more access logs
    Loop,
    /// The log could not be judged
    Unknown,
    /// Logging is off
    Off,
}
