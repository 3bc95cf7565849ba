//! Whether the screen takes plain lines alone: a terminal that can do no more, or a reader that reads them aloud.

use std::env;

/// Whether nothing may be drawn, redrawn or coloured: `TERM=dumb`, or `ACCESSIBLE` set to anything but `0`.
pub(crate) fn is_plain() -> bool {
    let accessible = env::var_os("ACCESSIBLE").is_some_and(|value| !value.is_empty() && value != "0");
    accessible || env::var_os("TERM").is_some_and(|term| term == "dumb")
}
