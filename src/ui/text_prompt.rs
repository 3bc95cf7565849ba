//! Asks for a line of text.
//!
//! `dialoguer`'s own text field ignores Esc and Ctrl-U, and leaves remains of wrapped lines on the screen.

use dialoguer::console::measure_text_width;

use super::canvas::Canvas;
use super::field::{Field, FieldKeyResult};
use super::prompt::{Prompt, PromptError};

/// The columns of a question's line outside the question: the signs before and after it.
const AROUND: usize = 6;

/// The columns to leave for typing after a question.
const TO_TYPE: usize = 30;

/// The fewest columns that leave room for typing after a prompt.
const LEAST_TO_TYPE: usize = 8;

impl Prompt {
    /// Asks for a text that passes `check`; `start` is there to edit.
    pub(crate) fn text(
        &self,
        question: &str,
        start: &str,
        check: impl Fn(&str) -> Result<(), String>,
    ) -> Result<String, PromptError> {
        let mut field = Field::holding(start);
        loop {
            let typed = if self.is_drawn() { self.typed(question, &mut field)? } else { self.line(question, start)? };
            let typed = typed.trim();
            match check(typed) {
                Ok(()) => return Ok(typed.to_owned()),
                Err(why) => self.problem(&why, None),
            }
        }
    }

    /// Reads a typed line, then removes it from the screen.
    fn typed(&self, question: &str, field: &mut Field) -> Result<String, PromptError> {
        let mut canvas = Canvas::new(&self.term, self.glyphs.ellipsis);
        let pressed = loop {
            let mut head = self.head(question);
            let fits = measure_text_width(question) + AROUND + TO_TYPE <= self.width();
            let prompt = head.pop().filter(|_| fits).unwrap_or_else(|| {
                head = self.head(question);
                "  type".to_owned()
            });
            let (before, room) = self.before_typing(&prompt);
            let (text, behind) = field.shown(room);
            head.push(format!("{before}{text}"));
            let key = self.heard(canvas.draw(&head, behind).and_then(|()| self.term.read_key()))?;
            let pressed = field.press(&key);
            if pressed != FieldKeyResult::On {
                break pressed;
            }
        };
        self.remove_question(canvas);
        match pressed {
            FieldKeyResult::Back => Err(PromptError::Back),
            FieldKeyResult::Done | FieldKeyResult::On => Ok(field.text()),
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
