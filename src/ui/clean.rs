//! Text of others on a terminal: names and policies may hold escape codes, which must never reach it raw.

/// The text with every control character but the line feed shown as its escape.
pub(super) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && c != '\n' { cleaned.extend(c.escape_default()) } else { cleaned.push(c) }
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_code_is_shown_and_not_sent() {
        assert_eq!(clean("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb\nc");
    }
}
