//! Detects terminals and screen readers that need plain lines.

use std::env;

/// Returns whether nothing may be redrawn or colored: `TERM=dumb`, or `ACCESSIBLE` set to anything but `0`.
pub(crate) fn is_plain() -> bool {
    let accessible = env::var_os("ACCESSIBLE").is_some_and(|value| !value.is_empty() && value != "0");
    accessible || env::var_os("TERM").is_some_and(|term| term == "dumb")
}
