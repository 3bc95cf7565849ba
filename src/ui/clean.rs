//! Text of others on a terminal: names and policies may hold escape codes and marks of direction, which must never reach it raw.

use std::fmt::Write as _;

use crate::model::is_hidden;

/// The text with every hidden character but the line feed shown as its escape.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) && c != '\n' { cleaned.extend(c.escape_default()) } else { cleaned.push(c) }
    }
    cleaned
}

/// JSON that says the same with hidden characters escaped: of those, its own grammar escapes only the first 32.
pub(super) fn clean_json(json: &str) -> String {
    let mut cleaned = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hidden(c) && !c.is_ascii_whitespace() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Memory takes what it is given.
                let _ = write!(cleaned, "\\u{unit:04x}");
            }
        } else {
            cleaned.push(c);
        }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_code_is_shown_and_not_sent() {
        assert_eq!(clean("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\nc");
        assert_eq!(clean("\u{9b}31m \u{202e}cba"), "\\u{9b}31m \\u{202e}cba");
    }

    #[test]
    fn json_with_hidden_characters_stays_the_same_json() {
        let names = ["a\u{1b}\u{7f}\u{9b}31m", "\u{202e}\u{200b}", "\u{e0041}", "é 大 🪣 \\ \" \n"];
        let plain = serde_json::to_string_pretty(&names).unwrap();
        let cleaned = clean_json(&plain);
        assert!(!cleaned.chars().any(|c| is_hidden(c) && c != '\n'), "{cleaned}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&cleaned).unwrap(), names);
    }
}
