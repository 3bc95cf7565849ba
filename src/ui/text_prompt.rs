//! Asks for a line of text.
//!
//! `dialoguer`'s own text field ignores Esc and Ctrl-U, and leaves remains of wrapped lines on the screen.

use dialoguer::console::{self, Key, measure_text_width};

use super::canvas::Canvas;
use super::field::{Field, Pressed};
use super::prompt::{Prompt, Unanswered};
use super::theme;

/// What a text field starts with.
#[derive(Clone, Copy, Debug)]
pub enum Start<'a> {
    /// A text to edit.
    Text(&'a str),
    /// A suggested text: Enter accepts it, and the first typed letter replaces it.
    Suggestion(&'a str),
}

/// The columns of a question's line outside the question: the signs before and after it.
const AROUND: usize = 6;

/// The columns to leave for typing after a question.
const TO_TYPE: usize = 30;

/// The fewest columns that leave room for typing after a prompt.
const LEAST_TO_TYPE: usize = 8;

impl Prompt {
    /// Asks for a text that passes `check`.
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
            let typed = if self.is_drawn() {
                self.typed(question, &mut field, suggestion)?
            } else {
                self.line(question, start)?
            };
            let typed = typed.trim();
            match check(typed) {
                Ok(()) => return Ok(typed.to_owned()),
                Err(why) => self.problem(&why, None),
            }
        }
    }

    /// Reads a typed line, then removes it from the screen.
    fn typed(&self, question: &str, field: &mut Field, suggestion: &str) -> Result<String, Unanswered> {
        let mut canvas = Canvas::new(&self.term, self.glyphs.ellipsis);
        let pressed = loop {
            let mut head = self.head(question);
            let fits = measure_text_width(question) + AROUND + TO_TYPE <= self.width();
            let prompt = head.pop().filter(|_| fits).unwrap_or_else(|| {
                head = self.head(question);
                "  type".to_owned()
            });
            let (before, room) = self.before_typing(&prompt);
            let (text, behind) = if field.is_empty() {
                let shown = console::truncate_str(suggestion, room.saturating_sub(1), self.glyphs.ellipsis);
                (theme::aside(&shown), measure_text_width(&shown))
            } else {
                field.shown(room)
            };
            head.push(format!("{before}{text}"));
            let key = self.heard(canvas.draw(&head, behind).and_then(|()| self.term.read_key()))?;
            // A cursor key turns the suggestion into text to edit.
            if field.is_empty() && moves(&key) {
                *field = Field::holding(suggestion);
            }
            let pressed = field.press(&key);
            if pressed != Pressed::On {
                break pressed;
            }
        };
        self.remove_question(canvas);
        match pressed {
            Pressed::Back => Err(Unanswered::Back),
            Pressed::Done | Pressed::On if field.is_empty() => Ok(suggestion.to_owned()),
            Pressed::Done | Pressed::On => Ok(field.text()),
        }
    }

    /// Returns the text before a text field and the columns left for typing. The text is empty if it would leave too
    /// few columns.
    pub(super) fn before_typing(&self, prompt: &str) -> (String, usize) {
        let before = format!("{prompt} {} ", self.theme.prompt_suffix);
        match self.width().checked_sub(measure_text_width(&before)) {
            Some(room) if room >= LEAST_TO_TYPE => (before, room),
            Some(_) | None => (String::new(), self.width()),
        }
    }
}

/// Returns whether the key edits a text or moves the cursor in it.
fn moves(key: &Key) -> bool {
    use Key::{ArrowLeft, ArrowRight, Backspace, End, Home, Tab};
    matches!(key, ArrowLeft | ArrowRight | Backspace | End | Home | Tab)
}
