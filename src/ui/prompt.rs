//! Questions on a terminal: the only place that knows how one is drawn and which key means what.
//!
//! What is asked, and what an answer means, is the wizard's. Prompts are talk: they stand on standard error.

use std::fmt;
use std::io::{self, IsTerminal as _};

use dialoguer::console::{self, Term};
use dialoguer::theme::ColorfulTheme;
use dialoguer::{FuzzySelect, Input, MultiSelect, Select};

use super::clean::clean;
use super::glyphs::Glyphs;
use super::silence::Silence;
use super::style::{ASIDE, BAD, GOOD, HEADING, HINT, painted};
use super::talk::talk;
use super::theme::{self, Pointed};
use super::wrap::wrapped;

/// Something that can be chosen.
#[derive(Clone, Debug)]
pub struct Choice<T> {
    /// What it is called; unlike every other of its list.
    pub label: String,
    /// What is to be known about it.
    pub note: String,
    /// What it means.
    pub value: T,
}

impl<T> Choice<T> {
    /// A choice with its note.
    pub fn new(label: impl Into<String>, note: impl Into<String>, value: T) -> Self {
        Self { label: label.into(), note: note.into(), value }
    }
}

/// Why a question got no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// The user wants the question before.
    Back,
    /// Ctrl-C.
    Interrupted,
    /// The terminal is gone.
    Ended(String),
}

/// A terminal to ask on.
pub struct Prompt {
    // Restores the terminal when the conversation is over.
    _silence: Silence,
    term: Term,
    theme: ColorfulTheme,
    glyphs: Glyphs,
}

/// The list items that fit a small terminal together with what was said before.
const MOST_LINES: usize = 12;

/// What a text field takes for "the question before": Esc is not heard there.
const BACK: &str = "<";

impl Prompt {
    /// The terminal, where there is one to read from and to draw on.
    pub fn on_terminal() -> Option<Self> {
        let there = io::stdin().is_terminal() && io::stderr().is_terminal();
        there.then(|| {
            let glyphs = Glyphs::of_locale();
            Self { _silence: Silence::begin(), term: Term::stderr(), theme: theme::signed(glyphs), glyphs }
        })
    }

    /// Columns of the terminal.
    pub fn width(&self) -> usize {
        usize::from(self.term.size().1)
    }

    /// Prints a line or several of the conversation.
    pub fn say(&self, text: &str) {
        talk(&wrapped("", 0, &clean(text), Some(self.width())));
    }

    /// Prints something that only some want.
    pub fn aside(&self, text: &str) {
        talk(&painted(ASIDE, &wrapped("", 0, &clean(text), Some(self.width()))));
    }

    /// Prints why an answer can't be taken, and what to do.
    pub fn problem(&self, what: &str, hint: Option<&str>) {
        let first = format!("{} ", painted(BAD, self.glyphs.failed));
        talk(&wrapped(&first, 2, &clean(what), Some(self.width())));
        if let Some(hint) = hint {
            talk(&wrapped(&format!("  {} ", painted(HINT, "hint:")), 4, &clean(hint), Some(self.width())));
        }
    }

    /// Prints a comparison: each question with one answer a column.
    pub fn table<const N: usize>(&self, columns: [&str; N], rows: &[(&str, [&str; N])]) {
        let widest = columns.iter().map(|column| column.len()).max().unwrap_or_default();
        for (question, answers) in rows {
            talk(&painted(HEADING, question));
            for (column, answer) in columns.iter().zip(answers) {
                let first = format!("  {column:widest$}  ");
                talk(&wrapped(&first, widest + 4, answer, Some(self.width())));
            }
        }
    }

    /// Prints what was answered.
    pub fn answered(&self, question: &str, answer: &str) {
        let first = format!("{} {question}: ", painted(GOOD, self.glyphs.done));
        talk(&wrapped(&first, 4, &painted(HEADING, &clean(answer)), Some(self.width())));
    }

    /// Prints what can't be chosen, and why.
    pub fn impossible(&self, what: &str, why: &str) {
        let first = format!("  {} ", self.glyphs.failed);
        let line = wrapped(&first, 4, &format!("{}: {}", clean(what), clean(why)), Some(self.width()));
        talk(&painted(ASIDE, &line));
    }

    /// Asks for one of a few.
    pub fn choose<T>(&self, question: &str, choices: Vec<Choice<T>>, default: usize) -> Result<T, Unanswered> {
        let select = Select::with_theme(&self.theme)
            .with_prompt(clean(question))
            .items(lines(&choices, self.width(), self.glyphs.ellipsis))
            .default(default.min(choices.len().saturating_sub(1)))
            .max_length(MOST_LINES)
            .report(false);
        let chosen = self.heard(select.interact_on_opt(&self.term))?;
        nth(choices, chosen)
    }

    /// Asks for one of many, with a search.
    pub fn search<T>(&self, question: &str, choices: Vec<Choice<T>>, default: usize) -> Result<T, Unanswered> {
        let select = FuzzySelect::with_theme(&self.theme)
            .with_prompt(clean(question))
            .items(lines(&choices, self.width(), self.glyphs.ellipsis))
            .default(default.min(choices.len().saturating_sub(1)))
            .max_length(MOST_LINES)
            .report(false);
        let chosen = self.heard(select.interact_on_opt(&self.term))?;
        nth(choices, chosen)
    }

    /// Asks for several of a few; `chosen` are checked already.
    pub fn several<T>(&self, question: &str, choices: Vec<Choice<T>>, chosen: &[usize]) -> Result<Vec<T>, Unanswered> {
        let checked: Vec<bool> = (0..choices.len()).map(|index| chosen.contains(&index)).collect();
        let theme = Pointed(&self.theme);
        let select = MultiSelect::with_theme(&theme)
            .with_prompt(format!("{} (space chooses, Enter goes on)", clean(question)))
            .items(lines(&choices, self.width(), self.glyphs.ellipsis))
            .defaults(&checked)
            .max_length(MOST_LINES)
            .report(false);
        let chosen = self.heard(select.interact_on_opt(&self.term))?.ok_or(Unanswered::Back)?;
        let wanted = choices.into_iter().enumerate().filter(|(index, _)| chosen.contains(index));
        Ok(wanted.map(|(_, choice)| choice.value).collect())
    }

    /// Asks for a text that `check` lets pass; `initial` stands there to be edited.
    pub fn text(
        &self,
        question: &str,
        initial: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Unanswered> {
        let input = Input::<String>::with_theme(&self.theme)
            .with_prompt(format!("{} ({BACK} goes back)", clean(question)))
            .with_initial_text(initial)
            .allow_empty(true)
            .validate_with(|text: &String| if text.trim() == BACK { Ok(()) } else { check(text.trim()) })
            .report(false);
        let text = self.heard(input.interact_text_on(&self.term))?;
        if text.trim() == BACK { Err(Unanswered::Back) } else { Ok(text.trim().to_owned()) }
    }

    /// What the terminal answered; the cursor is visible again whatever it was.
    fn heard<T>(&self, answer: dialoguer::Result<T>) -> Result<T, Unanswered> {
        let dialoguer::Error::IO(error) = match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let _ = self.term.show_cursor();
        let _ = self.term.write_line("");
        if error.kind() == io::ErrorKind::Interrupted {
            Err(Unanswered::Interrupted)
        } else {
            Err(Unanswered::Ended(error.to_string()))
        }
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").finish_non_exhaustive()
    }
}

/// The chosen one; none where the question before is wanted.
fn nth<T>(choices: Vec<Choice<T>>, chosen: Option<usize>) -> Result<T, Unanswered> {
    let chosen = chosen.ok_or(Unanswered::Back)?;
    choices.into_iter().nth(chosen).map(|choice| choice.value).ok_or(Unanswered::Back)
}

/// Labels in a column of their own with their notes beside, none longer than a line, since a list is drawn anew by counting
/// lines; and no two alike, since a search answers with the line that was found.
fn lines<T>(choices: &[Choice<T>], width: usize, ellipsis: &str) -> Vec<String> {
    let room = width.saturating_sub(6).max(20);
    let widest = choices.iter().map(|choice| console::measure_text_width(&choice.label)).max().unwrap_or_default();
    let column = widest.min(room * 2 / 3);
    let mut lines: Vec<String> = Vec::new();
    for choice in choices {
        let label = clean(&choice.label).replace('\n', " ");
        let note = clean(&choice.note).replace('\n', " ");
        let whole = if note.is_empty() { label } else { format!("{label:column$}  {note}") };
        let mut line = console::truncate_str(&whole, room, ellipsis).into_owned();
        let mut number = 2;
        while lines.contains(&line) {
            let mark = format!("{ellipsis} ({number})");
            line = console::truncate_str(&whole, room, &mark).into_owned();
            number += 1;
            if !line.ends_with(&mark) {
                line.push_str(&mark);
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(labels: &[&str], width: usize) -> Vec<String> {
        let choices: Vec<Choice<()>> = labels.iter().map(|label| Choice::new(*label, "a note", ())).collect();
        lines(&choices, width, "...")
    }

    #[test]
    fn notes_stand_in_a_column_of_their_own() {
        assert_eq!(lines_of(&["a", "long"], 80), ["a     a note", "long  a note"]);
    }

    #[test]
    fn names_that_are_cut_to_the_same_text_stay_apart() {
        let long = "acme-prod-eu-central-1-application-load-balancer-access-logs";
        let names = [format!("{long}-a"), format!("{long}-b"), format!("{long}-c")];
        let lines = lines_of(&names.each_ref().map(String::as_str), 40);
        assert!(lines.iter().all(|line| line.len() <= 40), "{lines:?}");
        assert_eq!(lines.len(), 3);
        assert!(lines[0] != lines[1] && lines[1] != lines[2] && lines[0] != lines[2], "{lines:?}");
    }
}
