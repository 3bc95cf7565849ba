//! Prompts on the terminal. The wizard decides what to ask and what an answer means.
//!
//! A question, its list and the error of its last answer are drawn together, and removed together once the question is
//! answered. Everything is written to standard error.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, IsTerminal as _};

use dialoguer::console::{Key, Term};
use dialoguer::theme::ColorfulTheme;

use super::canvas::Canvas;
use super::choice::{Choice, Entry, entries};
use super::clean::clean;
use super::echo_off::EchoOff;
use super::glyphs::Glyphs;
use super::list::ListRow;
use super::menu::{Menu, MenuKeyResult};
use super::plain::is_plain;
use super::streams::{stderr, stderr_lines, stderr_width, stderr_wrapped};
use super::style::{ASIDE, BAD, GOOD, HEADING, HINT, painted};
use super::theme;
use super::wrap::wrapped;

/// Why a question got no answer.
#[derive(Debug)]
pub(crate) enum PromptError {
    /// The user went back to the previous question.
    Back,
    /// Ctrl-C.
    Interrupted,
    /// The terminal could not be read.
    Ended(String),
}

pub(crate) struct Prompt {
    // Restores the terminal when dropped.
    _silence: EchoOff,
    pub(super) term: Term,
    pub(super) theme: ColorfulTheme,
    pub(super) glyphs: Glyphs,
    asking: Asking,
    /// Why the last answer was rejected: shown with the next question.
    problem: RefCell<Option<Problem>>,
    /// The texts that were typed for questions which the user then left.
    texts: RefCell<BTreeMap<String, String>>,
}

/// How questions are shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asking {
    /// Redrawn with each key.
    Drawn,
    /// Printed as permanent lines, with a number for each choice.
    Numbered,
}

struct Problem {
    what: String,
    hint: Option<String>,
}

/// The height of a list in lines, leaving some of the earlier output visible.
const LINES: std::ops::RangeInclusive<usize> = 5..=20;

/// The terminal lines that a list leaves for earlier output.
const OTHER_LINES: usize = 8;

/// Returns the height of a list on a terminal with `rows` rows, below a question of `head` lines.
fn lines_of_list(rows: usize, head: usize) -> usize {
    rows.saturating_sub(OTHER_LINES).clamp(*LINES.start(), *LINES.end()).min(rows.saturating_sub(head)).max(1)
}

impl Prompt {
    /// Returns a prompt if standard input and standard error are terminals.
    pub(crate) fn on_terminal() -> Option<Self> {
        let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        is_terminal.then(|| {
            let glyphs = Glyphs::for_locale();
            let asking = if is_plain() { Asking::Numbered } else { Asking::Drawn };
            let (term, theme) = (Term::stderr(), theme::signed(glyphs));
            let (problem, texts) = (RefCell::default(), RefCell::default());
            Self { _silence: EchoOff::begin(), term, theme, glyphs, asking, problem, texts }
        })
    }

    /// Returns a line that explains how to answer.
    pub(crate) fn keys(&self) -> &'static str {
        match self.asking {
            Asking::Drawn => "arrows+Enter select, Esc back, Ctrl-C quit",
            Asking::Numbered => "number+Enter selects, Enter alone takes the value in brackets, Esc back, Ctrl-C quit",
        }
    }

    pub(super) fn is_drawn(&self) -> bool {
        self.asking == Asking::Drawn
    }

    pub(super) fn width(&self) -> usize {
        usize::from(self.term.size().1)
    }

    /// Prints text between questions.
    pub(crate) fn say(text: &str) {
        stderr_wrapped("", 0, &clean(text));
    }

    /// Prints a dimmed note.
    pub(crate) fn aside(text: &str) {
        stderr_lines(&painted(ASIDE, &wrapped("", 0, &clean(text), stderr_width())));
    }

    /// Shows why an answer was rejected, and what to do, until the next question is answered.
    pub(crate) fn problem(&self, what: &str, hint: Option<&str>) {
        let problem = Problem { what: clean(what), hint: hint.map(clean) };
        if self.is_drawn() {
            self.problem.replace(Some(problem));
        } else {
            self.print(&problem);
        }
    }

    /// Remembers the text that was typed for a question when the user left it.
    pub(super) fn remember_text(&self, question: &str, text: &str) {
        let mut texts = self.texts.borrow_mut();
        if text.is_empty() {
            texts.remove(question);
        } else {
            texts.insert(question.to_owned(), text.to_owned());
        }
    }

    /// Returns the text that was typed for a question when the user left it.
    pub(super) fn left_text(&self, question: &str) -> String {
        self.texts.borrow().get(question).cloned().unwrap_or_default()
    }

    /// Stops showing the error of the last answer.
    pub(super) fn forget_problem(&self) {
        self.problem.replace(None);
    }

    fn print(&self, problem: &Problem) {
        stderr_wrapped(&format!("{} ", painted(BAD, self.glyphs.failed)), 2, &problem.what);
        if let Some(hint) = &problem.hint {
            stderr_wrapped(&format!("  {} ", painted(HINT, "hint:")), 4, hint);
        }
    }

    /// Prints a comparison: each question with one answer per column.
    pub(crate) fn table<const N: usize>(columns: [&str; N], rows: &[(&str, [&str; N])]) {
        let widest = columns.iter().map(|column| column.len()).max().unwrap_or_default();
        for (question, answers) in rows {
            stderr(&painted(HEADING, question));
            for (column, answer) in columns.iter().zip(answers) {
                let first = format!("  {column:widest$}  ");
                stderr_wrapped(&first, widest + 4, answer);
            }
        }
    }

    /// Prints the answer to a question.
    pub(crate) fn answered(&self, question: &str, answer: &str) {
        let first = format!("{} {question}: ", painted(GOOD, self.glyphs.done));
        stderr_wrapped(&first, 4, &painted(HEADING, &clean(answer)));
    }

    /// Asks for one of a few choices.
    pub(crate) fn choose<T>(&self, question: &str, choices: Vec<Choice<T>>, default: usize) -> Result<T, PromptError> {
        if !self.is_drawn() {
            let chosen = self.numbered(question, &choices, default)?;
            return nth(choices, chosen);
        }
        let mut menu = Menu::new(choices.len(), default);
        let mut canvas = Canvas::new(&self.term, self.glyphs.ellipsis);
        let _ = self.term.hide_cursor();
        // The reason is shown until the next key.
        let mut refusal: Option<&String> = None;
        let picked = loop {
            if let Some(why) = refusal {
                self.problem(why, None);
            }
            let head = self.head(question);
            let entries = entries(&choices, self.width(), self.glyphs.ellipsis);
            let rows = menu.rows(self.list_lines(&head));
            let key = self.drawn(&mut canvas, head, &self.rows(&rows, &entries, |_| None))?;
            if refusal.take().is_some() {
                self.forget_problem();
            }
            match menu.press(&key) {
                MenuKeyResult::On => {}
                MenuKeyResult::Done => match choices.get(menu.at()).and_then(|choice| choice.refusal.as_ref()) {
                    Some(why) => refusal = Some(why),
                    None => break Some(menu.at()),
                },
                MenuKeyResult::Back => break None,
            }
        };
        self.remove_question(canvas);
        nth(choices, picked.ok_or(PromptError::Back)?)
    }

    /// Lays out a question below the error of the last answer.
    pub(super) fn head(&self, question: &str) -> Vec<String> {
        let width = Some(self.width().saturating_sub(1).max(1));
        let mut head = Vec::new();
        if let Some(Problem { what, hint }) = &*self.problem.borrow() {
            head.extend(theme::marked(&theme::failed(self.glyphs), &wrapped("  ", 2, what, width)));
            let hint = hint.as_ref().map(|hint| wrapped("  hint: ", 4, hint, width));
            head.extend(hint.iter().flat_map(|hint| hint.lines()).map(str::to_owned));
        }
        let question = wrapped("  ", 2, &clean(question), width);
        head.extend(theme::marked(&self.theme.prompt_prefix.to_string(), &question));
        head
    }

    /// Returns whether this many lines stay visible above a short list.
    pub(super) fn has_room_for(&self, lines: usize) -> bool {
        lines + OTHER_LINES <= usize::from(self.term.size().0)
    }

    /// Returns the height of a list below these lines.
    pub(super) fn list_lines(&self, head: &[String]) -> usize {
        lines_of_list(usize::from(self.term.size().0), head.len())
    }

    /// Lays out the rows of a list; `check` returns whether an entry is checked, or `None` if it can't be.
    pub(super) fn rows(
        &self,
        rows: &[ListRow],
        entries: &[Entry],
        check: impl Fn(usize) -> Option<bool>,
    ) -> Vec<String> {
        let entry = |place: usize, is_pointed: bool| match entries.get(place) {
            Some(entry) if entry.is_usable || is_pointed => {
                theme::entry(&self.theme, &entry.line, check(place), is_pointed)
            }
            Some(entry) => theme::aside(&theme::entry(&self.theme, &entry.line, check(place), false)),
            None => String::new(),
        };
        let heading = |place: usize| entries.get(place).and_then(|entry| entry.heading.as_deref()).unwrap_or_default();
        let line = |row: &ListRow| match *row {
            ListRow::Pointed(place) => entry(place, true),
            ListRow::Entry(place) => entry(place, false),
            ListRow::Heading(place) => theme::aside(&format!("  {}", heading(place))),
            ListRow::Nothing => theme::aside("  no match; Esc clears the search"),
            ListRow::More(more) => theme::aside(&format!("  {} {more} more", self.glyphs.ellipsis)),
        };
        rows.iter().map(line).collect()
    }

    /// Draws a question with its list and reads a key.
    pub(super) fn drawn(
        &self,
        canvas: &mut Canvas<'_>,
        head: Vec<String>,
        rows: &[String],
    ) -> Result<Key, PromptError> {
        let lines: Vec<String> = head.into_iter().chain(rows.iter().cloned()).collect();
        self.heard(canvas.draw(&lines, 0).and_then(|()| self.term.read_key()))
    }

    /// Removes an answered question from the screen, with the error of the previous answer.
    pub(super) fn remove_question(&self, mut canvas: Canvas<'_>) {
        let _ = canvas.erase();
        let _ = self.term.show_cursor();
        self.forget_problem();
    }

    /// Returns the input from the terminal. On an error, shows the cursor again, below the drawing.
    pub(super) fn heard<T>(&self, answer: io::Result<T>) -> Result<T, PromptError> {
        let error = match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        self.forget_problem();
        if self.is_drawn() {
            let _ = self.term.show_cursor();
        }
        let _ = self.term.write_line("");
        if error.kind() == io::ErrorKind::Interrupted {
            Err(PromptError::Interrupted)
        } else {
            Err(PromptError::Ended(error.to_string()))
        }
    }
}

impl Drop for Prompt {
    /// Prints the error of the last answer if no question followed.
    fn drop(&mut self) {
        if let Some(problem) = self.problem.take() {
            self.print(&problem);
        }
    }
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").finish_non_exhaustive()
    }
}

/// Returns the value of the chosen entry.
pub(super) fn nth<T>(choices: Vec<Choice<T>>, chosen: usize) -> Result<T, PromptError> {
    choices.into_iter().nth(chosen).map(|choice| choice.value).ok_or(PromptError::Back)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_fits_every_terminal_height() {
        for rows in (0..70).chain([usize::from(u16::MAX)]) {
            for head in 1..9 {
                let lines = lines_of_list(rows, head);
                assert!((1..=20).contains(&lines) && (rows <= head || lines + head <= rows), "{rows}: {lines}");
            }
        }
    }
}
