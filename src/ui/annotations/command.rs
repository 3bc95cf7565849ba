//! Workflow commands: `::error title=TITLE::MESSAGE`.

use crate::ui::clean::clean;

/// How many annotations of each level GitHub shows for a step. GitHub's users report this limit; its documentation
/// doesn't state it (2026).
const SHOWN: usize = 10;

/// The level of an annotation.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Notice];

    fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Annotation {
    pub(super) level: Level,
    pub(super) title: String,
    pub(super) message: String,
}

/// Formats the annotations, a line each. If there are more of a level than GitHub shows, the last one names the others.
pub(super) fn lines(annotations: &[Annotation]) -> String {
    let mut text = String::new();
    for level in Level::ALL {
        let all: Vec<&Annotation> = annotations.iter().filter(|annotation| annotation.level == level).collect();
        let shown = if all.len() > SHOWN { SHOWN - 1 } else { all.len() };
        let (shown, hidden) = all.split_at(shown);
        text.extend(shown.iter().map(|annotation| line(level, &annotation.title, &annotation.message)));
        if !hidden.is_empty() {
            let titles: Vec<&str> = hidden.iter().map(|annotation| annotation.title.as_str()).collect();
            text.push_str(&line(level, &format!("{} more", hidden.len()), &titles.join("; ")));
        }
    }
    text
}

fn line(level: Level, title: &str, message: &str) -> String {
    format!("::{} title={}::{}\n", level.as_str(), property(title), data(message))
}

/// Escapes a message, as GitHub's own toolkit does
/// (<https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>, 2026).
fn data(text: &str) -> String {
    clean(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Formats a line of plain text, which must begin with the program's own words: a workflow command is only recognized at
/// the start of a line.
pub(super) fn plain(text: &str) -> String {
    format!("{}\n", clean(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(level: Level, title: &str) -> Annotation {
        Annotation { level, title: title.to_owned(), message: "it is".to_owned() }
    }

    #[test]
    fn a_title_cannot_end_its_command() {
        assert_eq!(
            line(Level::Error, "a: b, c::d", "50% of x::y"),
            "::error title=a%3A b%2C c%3A%3Ad::50%25 of x::y\n"
        );
    }

    #[test]
    fn a_line_end_cannot_start_a_command() {
        assert_eq!(line(Level::Notice, "a\n::error::x", "b\r::c"), "::notice title=a\\n%3A%3Aerror%3A%3Ax::b\\r::c\n");
        assert_eq!(plain("a\n::error::x"), "a\\n::error::x\n");
    }

    #[test]
    fn ten_of_a_level_are_shown_and_the_last_names_the_others() {
        let many: Vec<Annotation> = (1..=12).map(|number| annotation(Level::Error, &format!("log {number}"))).collect();
        let text = lines(&many);
        assert_eq!(text.lines().count(), 10);
        assert_eq!(text.lines().last(), Some("::error title=3 more::log 10; log 11; log 12"));
        assert_eq!(lines(&many[..10]).lines().last(), Some("::error title=log 10::it is"));
    }
}
