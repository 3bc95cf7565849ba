//! An entry of a list: a label, a note and the value that it stands for.

use dialoguer::console::{measure_text_width, truncate_str};

use super::clean::clean;

#[derive(Clone, Debug)]
pub(crate) struct Choice<T> {
    /// Unique in its list.
    pub label: String,
    pub note: String,
    pub value: T,
    /// Why the entry can't be chosen, if it is only listed.
    pub refusal: Option<String>,
    /// A line above the entry, which begins a group of the list.
    pub heading: Option<String>,
}

impl<T> Choice<T> {
    pub(crate) fn new(label: impl Into<String>, note: impl Into<String>, value: T) -> Self {
        Self { label: label.into(), note: note.into(), value, refusal: None, heading: None }
    }

    /// Lists the entry, but with a reason why it can't be chosen.
    #[must_use]
    pub(crate) fn refused(self, refusal: Option<String>) -> Self {
        Self { refusal, ..self }
    }

    /// Begins a group of the list with this line.
    #[must_use]
    pub(crate) fn below(self, heading: Option<&str>) -> Self {
        Self { heading: heading.map(str::to_owned), ..self }
    }
}

/// The columns of a list outside its entries: the pointer, the check box and the column for the cursor.
const AROUND: usize = 6;

/// Lays out the labels and notes of entries in columns. No entry is longer than a line, because lists are redrawn by
/// counting lines. No two entries look alike, unless the terminal is too narrow.
pub(super) fn lines<T>(choices: &[Choice<T>], width: usize, ellipsis: &str) -> Vec<String> {
    let room = width.saturating_sub(AROUND);
    // A longer label doesn't move the notes of the others.
    let column = choices.iter().map(|choice| measure_text_width(&choice.label)).filter(|width| *width <= room / 2);
    let column = column.max().unwrap_or_default();
    let mut lines: Vec<String> = Vec::new();
    for choice in choices {
        let label = clean(&choice.label);
        let note = clean(&choice.note);
        let whole = if note.is_empty() { label } else { format!("{label:column$}  {note}") };
        let mut line = truncate_str(&whole, room, ellipsis).into_owned();
        let mut number = 2;
        while lines.contains(&line) && number <= choices.len() {
            let mark = format!("{ellipsis} ({number})");
            line = truncate_str(&whole, room, &mark).into_owned();
            number += 1;
        }
        lines.push(line);
    }
    lines
}

/// An entry as it is drawn.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) line: String,
    /// Whether it can be chosen.
    pub(super) is_usable: bool,
    pub(super) heading: Option<String>,
}

/// Lays out the entries of a list.
pub(super) fn entries<T>(choices: &[Choice<T>], width: usize, ellipsis: &str) -> Vec<Entry> {
    let lines = lines(choices, width, ellipsis).into_iter();
    let entry = |(line, choice): (String, &Choice<T>)| {
        let heading = choice
            .heading
            .as_ref()
            .map(|heading| truncate_str(&clean(heading), width.saturating_sub(AROUND), ellipsis).into_owned());
        Entry { line, is_usable: choice.refusal.is_none(), heading }
    };
    lines.zip(choices).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(labels: &[&str], width: usize) -> Vec<String> {
        let choices: Vec<Choice<()>> = labels.iter().map(|label| Choice::new(*label, "a note", ())).collect();
        lines(&choices, width, "...")
    }

    #[test]
    fn notes_have_their_own_column() {
        assert_eq!(lines_of(&["a", "long"], 80), ["a     a note", "long  a note"]);
    }

    #[test]
    fn a_long_label_leaves_room_for_the_notes_of_the_others() {
        let lines = lines_of(&["create 111122223333-us-east-1-alb-logs", "kms-logs"], 60);
        assert_eq!(lines, ["create 111122223333-us-east-1-alb-logs  a note", "kms-logs  a note"]);
    }

    #[test]
    fn entries_fit_every_width() {
        let names = ["acme-prod-eu-central-1-application-load-balancer-access-logs"; 30];
        for width in (0..130).chain([usize::from(u16::MAX)]) {
            for labels in [&names[..], &["日本語の名前", "日本語の別の名前", "", "x"]] {
                let lines = lines_of(labels, width);
                let widest = lines.iter().map(|line| measure_text_width(line)).max().unwrap_or_default();
                assert!(widest <= width.saturating_sub(AROUND).max("... (30)".len()), "{width}: {lines:?}");
            }
        }
    }

    #[test]
    fn names_that_are_cut_to_the_same_text_are_numbered() {
        let long = "acme-prod-eu-central-1-application-load-balancer-access-logs";
        let names = [format!("{long}-a"), format!("{long}-b"), format!("{long}-c")];
        let lines = lines_of(&names.each_ref().map(String::as_str), 40);
        assert!(lines.iter().all(|line| line.len() <= 40), "{lines:?}");
        assert_eq!(lines.len(), 3);
        assert!(lines[0] != lines[1] && lines[1] != lines[2] && lines[0] != lines[2], "{lines:?}");
    }
}
