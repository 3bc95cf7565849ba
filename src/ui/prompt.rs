//! Questions on a terminal: the only place that knows how one is drawn and which key means what.
//!
//! What is asked, and what an answer means, is the wizard's. Prompts are talk: they stand on standard error.

use std::fmt;
use std::io::{self, IsTerminal as _};

use dialoguer::console::{self, Term};
use dialoguer::theme::ColorfulTheme;

use super::canvas::{Canvas, rows_taken};
use super::clean::clean;
use super::field::{Field, Pressed};
use super::glyphs::Glyphs;
use super::list::{List, Row, Taken};
use super::menu::{Menu, Picked};
use super::plain::is_plain;
use super::silence::Silence;
use super::style::{ASIDE, BAD, GOOD, HEADING, HINT, painted};
use super::talk::{talk, talk_lines, talk_width, talk_wrapped};
use super::theme;
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
    pub(super) term: Term,
    theme: ColorfulTheme,
    glyphs: Glyphs,
    asking: Asking,
}

/// How a question is asked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Asking {
    /// By what is drawn anew with each key.
    Drawn,
    /// By lines that stay, with numbers to choose by.
    Numbered,
}

/// With what a text begins.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// A text that is there to be edited.
    Text(&'a str),
    /// A text that Enter takes and the first letter replaces.
    Suggestion(&'a str),
}

/// The lines of a list: as many as leave something of what was said before in sight.
const LINES: std::ops::RangeInclusive<usize> = 5..=20;

/// The lines of a terminal that a list leaves to what was said before.
const OTHER_LINES: usize = 8;

/// The columns of a question's line beside the question: the sign before and behind.
const AROUND: usize = 6;

/// The columns that what is typed needs behind a question.
const TO_TYPE: usize = 30;

/// The columns without which nothing can be typed behind a question.
const LEAST_TO_TYPE: usize = 8;

/// The lines of a list on a terminal of so many rows, the question's left out.
fn lines_of_list(rows: usize) -> usize {
    rows.saturating_sub(OTHER_LINES).clamp(*LINES.start(), *LINES.end()).min(rows.saturating_sub(1)).max(1)
}

impl Prompt {
    /// The terminal, where there is one to read from and to draw on.
    pub fn on_terminal() -> Option<Self> {
        let there = io::stdin().is_terminal() && io::stderr().is_terminal();
        there.then(|| {
            let glyphs = Glyphs::of_locale();
            let asking = if is_plain() { Asking::Numbered } else { Asking::Drawn };
            Self { _silence: Silence::begin(), term: Term::stderr(), theme: theme::signed(glyphs), glyphs, asking }
        })
    }

    /// How answers are given, in a sentence.
    pub fn keys(&self) -> &'static str {
        match self.asking {
            Asking::Drawn => "arrow keys and Enter choose, Esc goes back, Ctrl-C leaves",
            Asking::Numbered => {
                "a number and Enter choose, Enter alone takes what is in brackets, Esc goes back, Ctrl-C leaves"
            }
        }
    }

    /// Columns of the terminal.
    fn width(&self) -> usize {
        usize::from(self.term.size().1)
    }

    /// Lines of a list.
    fn lines(&self) -> usize {
        lines_of_list(usize::from(self.term.size().0))
    }

    /// Prints a line or several of the conversation.
    pub fn say(&self, text: &str) {
        talk_wrapped("", 0, &clean(text));
    }

    /// Prints something that only some want.
    pub fn aside(&self, text: &str) {
        talk_lines(&painted(ASIDE, &wrapped("", 0, &clean(text), talk_width())));
    }

    /// Prints why an answer can't be taken, and what to do.
    pub fn problem(&self, what: &str, hint: Option<&str>) {
        talk_wrapped(&format!("{} ", painted(BAD, self.glyphs.failed)), 2, &clean(what));
        if let Some(hint) = hint {
            talk_wrapped(&format!("  {} ", painted(HINT, "hint:")), 4, &clean(hint));
        }
    }

    /// Prints a comparison: each question with one answer a column.
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

    /// Prints what was answered.
    pub fn answered(&self, question: &str, answer: &str) {
        let first = format!("{} {question}: ", painted(GOOD, self.glyphs.done));
        talk_wrapped(&first, 4, &painted(HEADING, &clean(answer)));
    }

    /// Prints what can't be chosen, and why.
    pub fn impossible(&self, what: &str, why: &str) {
        let first = format!("  {} ", self.glyphs.failed);
        let line = wrapped(&first, 4, &format!("{}: {}", clean(what), clean(why)), talk_width());
        talk_lines(&painted(ASIDE, &line));
    }

    /// Asks for one of a few.
    pub fn choose<T>(&self, question: &str, choices: Vec<Choice<T>>, default: usize) -> Result<T, Unanswered> {
        if self.asking == Asking::Numbered {
            let chosen = self.numbered(question, &choices, default)?;
            return nth(choices, Some(chosen));
        }
        let menu = self.picked(question, &choices, Menu::single(choices.len(), default))?;
        nth(choices, menu.map(|menu| menu.at()))
    }

    /// Asks for several of a few; `chosen` are checked already.
    pub fn several<T>(&self, question: &str, choices: Vec<Choice<T>>, chosen: &[usize]) -> Result<Vec<T>, Unanswered> {
        if self.asking == Asking::Numbered {
            let chosen = self.several_numbered(question, &choices, chosen)?;
            let wanted = choices.into_iter().enumerate().filter(|(index, _)| chosen.contains(index));
            return Ok(wanted.map(|(_, choice)| choice.value).collect());
        }
        let checks: Vec<bool> = (0..choices.len()).map(|index| chosen.contains(&index)).collect();
        let question = format!("{question} (space chooses, Enter goes on)");
        let menu = self.picked(&question, &choices, Menu::several(checks))?.ok_or(Unanswered::Back)?;
        let wanted = choices.into_iter().enumerate().filter(|(index, _)| menu.check(*index) == Some(true));
        Ok(wanted.map(|(_, choice)| choice.value).collect())
    }

    /// The list as the user leaves it; nothing where the question before is wanted.
    fn picked<T>(&self, question: &str, choices: &[Choice<T>], mut menu: Menu) -> Result<Option<Menu>, Unanswered> {
        let asked = self.asked(question, 0);
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
        self.is_answered(canvas, &asked);
        Ok(picked)
    }

    /// Asks for one of many, with a search; `fixed` are there whatever is searched for.
    pub fn search<T>(&self, question: &str, many: Vec<Choice<T>>, fixed: Vec<Choice<T>>) -> Result<T, Unanswered> {
        if self.asking == Asking::Numbered {
            let choices: Vec<Choice<T>> = many.into_iter().chain(fixed).collect();
            let chosen = self.searched_numbered(question, &choices)?;
            return nth(choices, Some(chosen));
        }
        let question = match many.len() + fixed.len() {
            few if few <= self.lines() => format!("{question} (type to search)"),
            _ => format!("{question} (type to search among {})", many.len()),
        };
        let asked = self.asked(&question, TO_TYPE);
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
        self.is_answered(canvas, &asked);
        nth(choices, taken)
    }

    /// A question and the rows below it; `check` says of an entry whether it is checked, where entries can be.
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
            Row::Nothing => theme::aside("  nothing fits; Esc clears the search"),
            Row::More(more) => theme::aside(&format!("  {} {more} more", self.glyphs.ellipsis)),
        };
        [question].into_iter().chain(rows.iter().map(line)).collect()
    }

    /// What stands before a text that is typed, and the columns that are left for the text; nothing stands there where that
    /// would leave too few.
    fn before_typing(&self, asked: &Asked) -> (String, usize) {
        let before = theme::input(&self.theme, &asked.prompt);
        let width = console::measure_text_width(&before);
        match self.width().checked_sub(width) {
            Some(room) if room >= LEAST_TO_TYPE => (before, room),
            Some(_) | None => (String::new(), self.width()),
        }
    }

    /// Takes away a question that has its answer.
    fn is_answered(&self, mut canvas: Canvas<'_>, asked: &Asked) {
        let _ = canvas.erase();
        let _ = self.term.show_cursor();
        // What was said only for as long as it was asked.
        let _ = self.term.move_cursor_up(rows_taken(&asked.said, self.term.size()));
        let _ = self.term.clear_to_end_of_screen();
    }

    /// Asks for a text that `check` lets pass.
    ///
    /// The library's own text field hears neither Esc nor Ctrl-U, and leaves parts of lines behind that wrap.
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

    /// A line that is typed; nothing of it is left on the screen.
    fn typed(&self, question: &str, field: &mut Field, suggestion: &str) -> Result<String, Unanswered> {
        let asked = self.asked(question, TO_TYPE);
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
            // What is suggested can be gone on from.
            if field.is_empty() && moves(&key) {
                *field = Field::holding(suggestion);
            }
            let pressed = field.press(&key);
            if pressed != Pressed::On {
                break pressed;
            }
        };
        self.is_answered(canvas, &asked);
        match pressed {
            Pressed::Back => Err(Unanswered::Back),
            Pressed::Done | Pressed::On if field.is_empty() => Ok(suggestion.to_owned()),
            Pressed::Done | Pressed::On => Ok(field.text()),
        }
    }

    /// The question where it leaves so many columns of its line free, since what is drawn again and again is a line; a longer
    /// one is said before, until it is answered, and what is asked is short.
    fn asked(&self, question: &str, free: usize) -> Asked {
        let question = clean(question);
        if console::measure_text_width(&question) + AROUND + free <= self.width() {
            return Asked { prompt: question, said: String::new() };
        }
        let said = wrapped("", 0, &question, Some(self.width()));
        talk_lines(&said);
        Asked { prompt: "here".to_owned(), said }
    }

    /// What the terminal answered; where that is no answer, the cursor is visible again, and below what was drawn.
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

/// A question as it is asked, and the lines that were said before.
struct Asked {
    prompt: String,
    said: String,
}

/// The keys that go about in a text.
fn moves(key: &console::Key) -> bool {
    use console::Key::{ArrowLeft, ArrowRight, Backspace, End, Home, Tab};
    matches!(key, ArrowLeft | ArrowRight | Backspace | End | Home | Tab)
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
/// lines; and no two alike, but where the terminal is too narrow to tell them apart.
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
    fn notes_stand_in_a_column_of_their_own() {
        assert_eq!(lines_of(&["a", "long"], 80), ["a     a note", "long  a note"]);
    }

    #[test]
    fn no_size_of_the_terminal_is_too_small_for_a_list() {
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
    fn names_that_are_cut_to_the_same_text_stay_apart() {
        let long = "acme-prod-eu-central-1-application-load-balancer-access-logs";
        let names = [format!("{long}-a"), format!("{long}-b"), format!("{long}-c")];
        let lines = lines_of(&names.each_ref().map(String::as_str), 40);
        assert!(lines.iter().all(|line| line.len() <= 40), "{lines:?}");
        assert_eq!(lines.len(), 3);
        assert!(lines[0] != lines[1] && lines[1] != lines[2] && lines[0] != lines[2], "{lines:?}");
    }
}
