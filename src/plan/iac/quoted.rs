//! A text between quotes as YAML and HCL both read it, and as every terminal shows it.

use std::fmt::Write as _;

/// The text in double quotes. Whatever is no letter, digit or plain ASCII is written as its number, so that nothing in it
/// breaks a line, ends the quotes, moves a cursor or looks like something else.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            ' '..='~' => quoted.push(c),
            c if c.is_alphanumeric() => quoted.push(c),
            // Writing to a text doesn't fail.
            c if u32::from(c) <= 0xffff => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => drop(write!(quoted, "\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}
