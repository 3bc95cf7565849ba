//! Double-quoted text that YAML and HCL read in the same way and every terminal shows in the same way.

use std::fmt::Write as _;

/// Quotes the text. Everything except letters, digits and plain ASCII is escaped. So the text can't break a line, end
/// the quotes, move the cursor or imitate another text.
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
            // Writing to a `String` cannot fail.
            c if u32::from(c) <= 0xffff => drop(write!(quoted, "\\u{:04X}", u32::from(c))),
            c => drop(write!(quoted, "\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}
