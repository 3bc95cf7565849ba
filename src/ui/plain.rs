//! Detects terminals and screen readers that need plain lines.

use std::env;

/// Returns whether redrawing and color are off: `TERM` is `dumb`, or `ACCESSIBLE` is set to anything but `0`.
pub(crate) fn is_plain() -> bool {
    let accessible = env::var_os("ACCESSIBLE").is_some_and(|value| !value.is_empty() && value != "0");
    accessible || env::var_os("TERM").is_some_and(|term| term == "dumb")
}
