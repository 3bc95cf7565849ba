//! Colours by meaning. Whether they reach the terminal is `anstream`'s to decide; no text depends on them.

use anstyle::{AnsiColor, Style};

/// A heading.
pub(super) const HEADING: Style = Style::new().bold();
/// What stops logs, and errors.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is taken away.
pub(super) const GONE: Style = AnsiColor::Red.on_default();
/// What wants a second look.
pub(super) const CAUTION: Style = AnsiColor::Yellow.on_default();
/// What is added, and what is done.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// What to do.
pub(super) const HINT: Style = AnsiColor::Cyan.on_default();
/// What only some readers want.
pub(super) const ASIDE: Style = Style::new().dimmed();

const STYLES: [Style; 7] = [BAD, GONE, CAUTION, GOOD, HINT, ASIDE, HEADING];

/// The text in a style.
pub(super) fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The code of a style of these that the text begins with, the one that ends them included.
pub(super) fn own_code(text: &str) -> Option<&str> {
    let starts = |code: String| text.strip_prefix(&code).and_then(|behind| text.strip_suffix(behind));
    let ends = starts(HEADING.render_reset().to_string());
    ends.or_else(|| STYLES.iter().find_map(|style| starts(style.render().to_string())))
}

/// A line of a diff by its sign.
pub(super) fn of_diff(line: &str) -> Style {
    match line.chars().next() {
        Some('+') => GOOD,
        Some('-') => GONE,
        _ => ASIDE,
    }
}
