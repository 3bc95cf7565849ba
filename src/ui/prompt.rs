//! Prompts on the terminal: draws questions and reads keys.
//!
//! The wizard decides what to ask and what an answer means. Prompts are written to standard error.

use std::fmt;
use std::io::{self, IsTerminal as _};

use dialoguer::console::{self, Term};
use dialoguer::theme::ColorfulTheme;

use super::canvas::{Canvas, rows_taken};
use super::clean::clean;
use super::echo_off::EchoOff;
use super::field::{Field, Pressed};
use super::glyphs::Glyphs;
use super::list::{List, Row, Taken};
use super::menu::{Menu, Picked};
use super::plain::is_plain;
use super::style::{ASIDE, BAD, GOOD, HEADING, HINT, painted};
use super::talk::{talk, talk_lines, talk_width, talk_wrapped};
use super::theme;
use super::wrap::wrapped;

#[derive(Clone, Debug)]
pub struct Choice<T> {
    /// Unique in its list.
    pub label: String,
    pub note: String,
    pub value: T,
}

impl<T> Choice<T> {
    pub fn new(label: impl Into<String>, note: impl Into<String>, value: T) -> Self {
        Self { label: label.into(), note: note.into(), value }
    }
}

/// Why a question got no answer.
#[derive(Debug)]
pub enum Unanswered {
    /// The user went back to the previous question.
    Back,
    /// Ctrl-C.
    Interrupted,
    /// The terminal could not be read.
    Ended(String),
}

pub struct Prompt {
    // Restores the terminal when dropped.
    _silence: EchoOff,
    pub(super) term: Term,
    theme: ColorfulTheme,
    glyphs: Glyphs,
    asking: Asking,
}

/// How questions are shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asking {
    /// Redrawn with each key.
    Drawn,
    /// As lines that stay, with numbers to choose by.
    Numbered,
}

/// What a text field starts with.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// A text to edit.
    Text(&'a str),
    /// A text that Enter accepts and the first typed letter replaces.
    Suggestion(&'a str),
}

/// The height of a list in lines, leaving some of the earlier output visible.
const LINES: std::ops::RangeInclusive<usize> = 5..=20;

/// The terminal lines that a list leaves for earlier output.
const OTHER_LINES: usize = 8;

/// The columns of a question's line outside the question: the signs before and after it.
const AROUND: usize = 6;

/// The columns to leave for typing after a question.
const TO_TYPE: usize = 30;

/// The fewest columns that leave room for typing after a question.
const LEAST_TO_TYPE: usize = 8;

/// Returns the height of a list on a terminal with `rows` rows, without the question's line.
fn lines_of_list(rows: usize) -> usize {
    rows.saturating_sub(OTHER_LINES).clamp(*LINES.start(), *LINES.end()).min(rows.saturating_sub(1)).max(1)
}

impl Prompt {
    /// Returns a prompt if standard input and standard error are terminals.
    pub fn on_terminal() -> Option<Self> {
        let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        is_terminal.then(|| {
            let glyphs = Glyphs::for_locale();
            let asking = if is_plain() { Asking::Numbered } else { Asking::Drawn };
            Self { _silence: EchoOff::begin(), term: Term::stderr(), theme: theme::signed(glyphs), glyphs, asking }
        })
    }

    /// Returns a line on how to answer.
    pub fn keys(&self) -> &'static str {
        match self.asking {
            Asking::Drawn => "arrows+Enter select, Esc back, Ctrl-C quit",
            Asking::Numbered => "number+Enter selects, Enter alone takes the value in brackets, Esc back, Ctrl-C quit",
        }
    }

    fn width(&self) -> usize {
        usize::from(self.term.size().1)
    }

    /// Returns the height of a list.
    fn lines(&self) -> usize {
        lines_of_list(usize::from(self.term.size().0))
    }

    /// Prints text of the conversation.
    pub fn say(&self, text: &str) {
        talk_wrapped("", 0, &clean(text));
    }

    /// Prints a dimmed note.
    pub fn aside(&self, text: &str) {
        talk_lines(&painted(ASIDE, &wrapped("", 0, &clean(text), talk_width())));
    }

    /// Prints why an answer was rejected, and what to do.
    pub fn problem(&self, what: &str, hint: Option<&str>) {
        talk_wrapped(&format!("{} ", painted(BAD, self.glyphs.failed)), 2, &clean(what));
        if let Some(hint) = hint {
            talk_wrapped(&format!("  {} ", painted(HINT, "hint:")), 4, &clean(hint));
        }
    }

    /// Prints a comparison: each question with one answer per column.
    pub fn table<const N: usize>(&self, columns: [&str; N], rows: &[(&str, [&str; N])]) {
        let widest = columns.iter().map(|column| column.len()).max().unwrap_or_default();
        for (question, answers) in rows {
            talk(&painted(HEADING, question));
            for (column, answer) in columns.iter().zip(answers) {
                let first = format!("  {column:widest$}  ");
                talk_wrapped(&first, widest + 4, answer);
            }
        }
    }

    /// Prints the answer to a question.
    pub fn answered(&self, question: &str, answer: &str) {
        let first = format!("{} {question}: ", painted(GOOD, self.glyphs.done));
        talk_wrapped(&first, 4, &painted(HEADING, &clean(answer)));
    }

    /// Prints an option that can't be chosen, and why.
    pub fn impossible(&self, what: &str, why: &str) {
        let first = format!("  {} ", self.glyphs.failed);
        let line = wrapped(&first, 4, &format!("{}: {}", clean(what), clean(why)), talk_width());
        talk_lines(&painted(ASIDE, &line));
    }

    /// Asks for one of a few choices.
    pub fn choose<T>(&self, question: &str, choices: Vec<Choice<T>>, default: usize) -> Result<T, Unanswered> {
        if self.asking == Asking::Numbered {
            let chosen = self.numbered(question, &choices, default)?;
            return nth(choices, Some(chosen));
        }
        let menu = self.picked(question, &choices, Menu::single(choices.len(), default))?;
        nth(choices, menu.map(|menu| menu.at()))
    }

    /// Asks for any number of a few choices; `chosen` are checked at first.
    pub fn several<T>(&self, question: &str, choices: Vec<Choice<T>>, chosen: &[usize]) -> Result<Vec<T>, Unanswered> {
        if self.asking == Asking::Numbered {
            let chosen = self.several_numbered(question, &choices, chosen)?;
            let wanted = choices.into_iter().enumerate().filter(|(index, _)| chosen.contains(index));
            return Ok(wanted.map(|(_, choice)| choice.value).collect());
        }
        let checks: Vec<bool> = (0..choices.len()).map(|index| chosen.contains(&index)).collect();
        let question = format!("{question} (Space toggles, Enter continues)");
        let menu = self.picked(&question, &choices, Menu::several(checks))?.ok_or(Unanswered::Back)?;
        let wanted = choices.into_iter().enumerate().filter(|(index, _)| menu.check(*index) == Some(true));
        Ok(wanted.map(|(_, choice)| choice.value).collect())
    }

    /// Returns the menu once the user is done, or `None` if they went back.
    fn picked<T>(&self, question: &str, choices: &[Choice<T>], mut menu: Menu) -> Result<Option<Menu>, Unanswered> {
        let asked = self.asked(question, "select", 0);
        let mut canvas = Canvas::new(&self.term, self.glyphs.ellipsis);
        let _ = self.term.hide_cursor();
        let picked = loop {
            let first = theme::question(&self.theme, &asked.prompt);
            let entries = lines(choices, self.width(), self.glyphs.ellipsis);
            let rows = menu.rows(self.lines());
            let drawn = self.drawn(first, &rows, &entries, |place| menu.check(place));
            let key = canvas.draw(&drawn, 0).and_then(|()| self.term.read_key());
            match menu.press(&self.heard(key)?) {
                Picked::On => {}
                Picked::Done => break Some(menu),
                Picked::Back => break None,
            }
        };
        self.remove_question(canvas, &asked);
        Ok(picked)
    }

    /// Asks for one of many choices, with a search; `fixed` are always shown.
    pub fn search<T>(&self, question: &str, many: Vec<Choice<T>>, fixed: Vec<Choice<T>>) -> Result<T, Unanswered> {
        if self.asking == Asking::Numbered {
            let choices: Vec<Choice<T>> = many.into_iter().chain(fixed).collect();
            let chosen = self.searched_numbered(question, &choices)?;
            return nth(choices, Some(chosen));
        }
        let question = match many.len() + fixed.len() {
            few if few <= self.lines() => format!("{question} (type to search)"),
            _ => format!("{question} (type to search {} entries)", many.len()),
        };
        let asked = self.asked(&question, "search", TO_TYPE);
        let always = fixed.len();
        let choices: Vec<Choice<T>> = many.into_iter().chain(fixed).collect();
        let mut list = List::new(lines(&choices, self.width(), self.glyphs.ellipsis), always);
        let mut canvas = Canvas::new(&self.term, self.glyphs.ellipsis);
        let _ = self.term.hide_cursor();
        let taken = loop {
            let entries = lines(&choices, self.width(), self.glyphs.ellipsis);
            let (first, room) = self.before_typing(&asked);
            let (typed, _) = list.search().shown(room);
            let rows = list.rows(self.lines());
            let drawn = self.drawn(format!("{first}{typed}"), &rows, &entries, |_| None);
            let key = canvas.draw(&drawn, 0).and_then(|()| self.term.read_key());
            match list.press(&self.heard(key)?) {
                Taken::On => {}
                Taken::Entry(place) => break Some(place),
                Taken::Back => break None,
            }
        };
        self.remove_question(canvas, &asked);
        nth(choices, taken)
    }

    /// Lays out a question and the rows below it; `check` returns whether an entry is checked, if entries can be.
    fn drawn(
        &self,
        question: String,
        rows: &[Row],
        entries: &[String],
        check: impl Fn(usize) -> Option<bool>,
    ) -> Vec<String> {
        let entry = |place: usize| entries.get(place).map(String::as_str).unwrap_or_default();
        let line = |row: &Row| match *row {
            Row::Pointed(place) => theme::entry(&self.theme, entry(place), check(place), true),
            Row::Entry(place) => theme::entry(&self.theme, entry(place), check(place), false),
            Row::Nothing => theme::aside("  no match; Esc clears the search"),
            Row::More(more) => theme::aside(&format!("  {} {more} more", self.glyphs.ellipsis)),
        };
        [question].into_iter().chain(rows.iter().map(line)).collect()
    }

    /// Returns the text before a text field and the columns left for typing. The text is empty if it would leave too
    /// few.
    fn before_typing(&self, asked: &Asked) -> (String, usize) {
        let before = theme::input(&self.theme, &asked.prompt);
        let width = console::measure_text_width(&before);
        match self.width().checked_sub(width) {
            Some(room) if room >= LEAST_TO_TYPE => (before, room),
            Some(_) | None => (String::new(), self.width()),
        }
    }

    /// Removes an answered question from the screen.
    fn remove_question(&self, mut canvas: Canvas<'_>, asked: &Asked) {
        let _ = canvas.erase();
        let _ = self.term.show_cursor();
        // The long form of the question above it goes, too.
        let _ = self.term.move_cursor_up(rows_taken(&asked.said, self.term.size()));
        let _ = self.term.clear_to_end_of_screen();
    }

    /// Asks for a text that passes `check`.
    ///
    /// `dialoguer`'s own text field ignores Esc and Ctrl-U, and leaves remains of wrapped lines on the screen.
    pub fn text(
        &self,
        question: &str,
        start: Start<'_>,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, Unanswered> {
        let (mut field, suggestion) = match start {
            Start::Text(text) => (Field::holding(text), ""),
            Start::Suggestion(text) => (Field::holding(""), text),
        };
        loop {
            let typed = match self.asking {
                Asking::Drawn => self.typed(question, &mut field, suggestion)?,
                Asking::Numbered => self.line(question, start)?,
            };
            let typed = typed.trim();
            match check(typed) {
                Ok(()) => return Ok(typed.to_owned()),
                Err(why) => self.problem(&why, None),
            }
        }
    }

    /// Reads a typed line and leaves nothing of it on the screen.
    fn typed(&self, question: &str, field: &mut Field, suggestion: &str) -> Result<String, Unanswered> {
        let asked = self.asked(question, "type", TO_TYPE);
        let mut canvas = Canvas::new(&self.term, self.glyphs.ellipsis);
        let pressed = loop {
            let (before, room) = self.before_typing(&asked);
            let (text, behind) = if field.is_empty() {
                let shown = console::truncate_str(suggestion, room.saturating_sub(1), self.glyphs.ellipsis);
                (theme::aside(&shown), console::measure_text_width(&shown))
            } else {
                field.shown(room)
            };
            let key = canvas.draw(&[format!("{before}{text}")], behind).and_then(|()| self.term.read_key());
            let key = self.heard(key)?;
            // A cursor key turns the suggestion into text to edit.
            if field.is_empty() && moves(&key) {
                *field = Field::holding(suggestion);
            }
            let pressed = field.press(&key);
            if pressed != Pressed::On {
                break pressed;
            }
        };
        self.remove_question(canvas, &asked);
        match pressed {
            Pressed::Back => Err(Unanswered::Back),
            Pressed::Done | Pressed::On if field.is_empty() => Ok(suggestion.to_owned()),
            Pressed::Done | Pressed::On => Ok(field.text()),
        }
    }

    /// Returns the question if it leaves `free` columns on its line, since only one line can be redrawn. A longer
    /// question is printed above, until it is answered, and `short` becomes the prompt.
    fn asked(&self, question: &str, short: &str, free: usize) -> Asked {
        let question = clean(question);
        if console::measure_text_width(&question) + AROUND + free <= self.width() {
            return Asked { prompt: question, said: String::new() };
        }
        let said = wrapped("", 0, &question, Some(self.width()));
        talk_lines(&said);
        Asked { prompt: short.to_owned(), said }
    }

    /// Returns what the terminal answered. On an error, shows the cursor again, below what was drawn.
    pub(super) fn heard<T>(&self, answer: io::Result<T>) -> Result<T, Unanswered> {
        let error = match answer {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if self.asking == Asking::Drawn {
            let _ = self.term.show_cursor();
        }
        let _ = self.term.write_line("");
        if error.kind() == io::ErrorKind::Interrupted {
            Err(Unanswered::Interrupted)
        } else {
            Err(Unanswered::Ended(error.to_string()))
        }
    }
}

/// A question's prompt, and the lines printed above it.
struct Asked {
    prompt: String,
    said: String,
}

/// Returns whether the key edits or moves within a text.
fn moves(key: &console::Key) -> bool {
    use console::Key::{ArrowLeft, ArrowRight, Backspace, End, Home, Tab};
    matches!(key, ArrowLeft | ArrowRight | Backspace | End | Home | Tab)
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt").finish_non_exhaustive()
    }
}

/// Returns the value of the chosen entry, or `Back` if none was chosen.
fn nth<T>(choices: Vec<Choice<T>>, chosen: Option<usize>) -> Result<T, Unanswered> {
    let chosen = chosen.ok_or(Unanswered::Back)?;
    choices.into_iter().nth(chosen).map(|choice| choice.value).ok_or(Unanswered::Back)
}

/// Lays out the entries with labels and notes in columns. No entry is longer than a line, since lists are redrawn by
/// counting lines; and no two are alike, unless the terminal is too narrow.
fn lines<T>(choices: &[Choice<T>], width: usize, ellipsis: &str) -> Vec<String> {
    let room = width.saturating_sub(6);
    let widest = choices.iter().map(|choice| console::measure_text_width(&choice.label)).max().unwrap_or_default();
    let column = widest.min(room * 2 / 3);
    let mut lines: Vec<String> = Vec::new();
    for choice in choices {
        let label = clean(&choice.label);
        let note = clean(&choice.note);
        let whole = if note.is_empty() { label } else { format!("{label:column$}  {note}") };
        let mut line = console::truncate_str(&whole, room, ellipsis).into_owned();
        let mut number = 2;
        while lines.contains(&line) && number <= choices.len() {
            let mark = format!("{ellipsis} ({number})");
            line = console::truncate_str(&whole, room, &mark).into_owned();
            number += 1;
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
    fn notes_have_a_column_of_their_own() {
        assert_eq!(lines_of(&["a", "long"], 80), ["a     a note", "long  a note"]);
    }

    #[test]
    fn a_list_fits_every_terminal_size() {
        let names = ["acme-prod-eu-central-1-application-load-balancer-access-logs"; 30];
        for width in (0..130).chain([usize::from(u16::MAX)]) {
            for labels in [&names[..], &["日本語の名前", "日本語の別の名前", "", "x"]] {
                let lines = lines_of(labels, width);
                let widest = lines.iter().map(|line| console::measure_text_width(line)).max().unwrap_or_default();
                assert!(widest <= width.saturating_sub(6).max("... (30)".len()), "{width}: {lines:?}");
            }
        }
        for rows in (0..70).chain([usize::from(u16::MAX)]) {
            let lines = lines_of_list(rows);
            assert!((1..=20).contains(&lines) && (rows < 2 || lines < rows), "{rows}: {lines}");
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
