//! Cleans untrusted text for the terminal: names and policies may contain escape codes and direction marks.
//!
//! All output for a terminal passes through [`line()`]: only the program itself ends lines, and only its own styles act
//! on the terminal. Untrusted text goes through [`clean`] before it is styled.

use std::fmt::Write as _;

use crate::model::is_hidden;

use super::style;

/// Shows every hidden character as its escape, including line ends.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { cleaned.extend(c.escape_default()) } else { cleaned.push(c) }
    }
    cleaned
}

/// Like [`clean`], but keeps the program's own styles.
pub(super) fn line(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(is_hidden) {
        let (shown, behind) = rest.split_at(at);
        cleaned.push_str(shown);
        let code = style::own_code(behind).unwrap_or_default();
        cleaned.push_str(code);
        rest = behind.get(code.len()..).unwrap_or_default();
        if code.is_empty() {
            let mut chars = rest.chars();
            cleaned.extend(chars.next().into_iter().flat_map(char::escape_default));
            rest = chars.as_str();
        }
    }
    cleaned.push_str(rest);
    cleaned
}

/// Escapes hidden characters in JSON without changing its meaning. JSON itself requires escapes only for the first 32
/// characters of Unicode.
pub(super) fn clean_json(json: &str) -> String {
    let mut cleaned = String::with_capacity(json.len());
    for c in json.chars() {
        if is_hidden(c) && !c.is_ascii_whitespace() {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
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
    fn an_escape_code_is_shown_as_text() {
        assert_eq!(clean("a\u{1b}[31mb\nc\td\r"), "a\\u{1b}[31mb\\nc\\td\\r");
        assert_eq!(clean("\u{9b}31m \u{202e}cba"), "\\u{9b}31m \\u{202e}cba");
    }

    #[test]
    fn a_line_keeps_only_the_programs_own_styles() {
        let own = style::painted(style::BAD, "error:");
        assert_eq!(line(&format!("{own} a\nb\u{1b}[8mc\u{2028}")), format!("{own} a\\nb\\u{{1b}}[8mc\\u{{2028}}"));
        assert_eq!(line("plain\\n ü"), "plain\\n ü");
    }

    #[test]
    fn escaping_hidden_characters_does_not_change_the_json() {
        let names = ["a\u{1b}\u{7f}\u{9b}31m", "\u{202e}\u{200b}", "\u{e0041}", "é 大 🪣 \\ \" \n"];
        let plain = serde_json::to_string_pretty(&names).unwrap();
        let cleaned = clean_json(&plain);
        assert!(!cleaned.chars().any(|c| is_hidden(c) && c != '\n'), "{cleaned}");
        assert_eq!(serde_json::from_str::<Vec<String>>(&cleaned).unwrap(), names);
    }
}
