//! Colors by meaning. `anstream` decides whether they reach the terminal; the text is clear without them.

pub(super) use anstyle::Style;

use anstyle::AnsiColor;

pub(super) const HEADING: Style = Style::new().bold();
/// Errors, and what blocks logs.
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What is removed.
pub(super) const GONE: Style = AnsiColor::Red.on_default();
/// What needs attention.
pub(super) const CAUTION: Style = AnsiColor::Yellow.on_default();
/// What is added or done.
pub(super) const GOOD: Style = AnsiColor::Green.on_default();
/// Hints.
pub(super) const HINT: Style = AnsiColor::Cyan.on_default();
/// Details that not every reader needs.
pub(super) const ASIDE: Style = Style::new().dimmed();

const STYLES: [Style; 7] = [BAD, GONE, CAUTION, GOOD, HINT, ASIDE, HEADING];

/// Returns the text in a style.
pub(super) fn painted(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// Returns the code at the start of the text, if the code starts or ends one of these styles.
pub(super) fn own_code(text: &str) -> Option<&str> {
    let starts = |code: String| text.strip_prefix(&code).and_then(|behind| text.strip_suffix(behind));
    let ends = starts(HEADING.render_reset().to_string());
    ends.or_else(|| STYLES.iter().find_map(|style| starts(style.render().to_string())))
}

/// Returns the style of a diff line, by its sign.
pub(super) fn diff_style(line: &str) -> Style {
    match line.chars().next() {
        Some('+') => GOOD,
        Some('-') => GONE,
        _ => ASIDE,
    }
}
