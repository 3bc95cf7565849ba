//! Text for one line of Markdown. Names and policies may contain anything, so no text may add markup.

use crate::ui::clean::clean;

/// The characters that start markup outside code, in GitHub's Markdown (<https://github.github.com/gfm/>).
const MARKUP: &str = "\\*_[]<>#|~!&@";

/// Escapes a sentence. Its words in backticks stay code; if its backticks don't form pairs, none of them does.
pub(super) fn inline(text: &str) -> String {
    let text = clean(text);
    let is_paired = !text.contains("``") && text.matches('`').count().is_multiple_of(2);
    let mut escaped = String::with_capacity(text.len());
    for (index, part) in text.split('`').enumerate() {
        let is_code = is_paired && index % 2 == 1;
        match (index, is_paired) {
            (0, _) => {}
            (_, true) => escaped.push('`'),
            (_, false) => escaped.push_str("\\`"),
        }
        for c in part.chars() {
            match c {
                // A table ends a cell at `|`, even inside code.
                '|' => escaped.push_str("\\|"),
                '@' if !is_code => escaped.push_str("&#64;"),
                _ if !is_code && MARKUP.contains(c) => escaped.extend(['\\', c]),
                _ => escaped.push(c),
            }
        }
    }
    escaped
}

/// Formats text as code.
pub(super) fn code(text: &str) -> String {
    let text = clean(text).replace('|', "\\|");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let room = if longest > 0 { " " } else { "" };
    format!("{fence}{room}{text}{room}{fence}")
}

/// Formats a row of a table from cells that are already escaped.
pub(super) fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_stays_code_and_the_rest_is_plain() {
        assert_eq!(inline("`a|b_c` is <off> [x](y)"), "`a\\|b_c` is \\<off\\> \\[x\\](y)");
        assert_eq!(inline("as `x`, by @alice"), "as `x`, by &#64;alice");
    }

    #[test]
    fn backticks_without_a_partner_do_not_start_code() {
        assert_eq!(inline("a`b <i>"), "a\\`b \\<i\\>");
        assert_eq!(inline("`` <i> ``"), "\\`\\` \\<i\\> \\`\\`");
    }

    #[test]
    fn a_line_end_stays_in_its_line() {
        assert_eq!(inline("a\n# b"), "a\\\\n\\# b");
        assert_eq!(code("a\nb"), "`a\\nb`");
    }

    #[test]
    fn a_fence_is_longer_than_every_run_of_backticks() {
        assert_eq!(code("a`b``c"), "``` a`b``c ```");
        assert_eq!(code("a"), "`a`");
    }
}
