//! A text field: decides what each key does and which part of the text is shown. It does no input or output: `prompt`
//! passes the keys.

use dialoguer::console::{Key, measure_text_width};

use crate::model::is_hidden;

/// The result of a key press.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum FieldKeyResult {
    /// Keep reading keys.
    On,
    /// The user finished the line.
    Done,
    /// The user went back to the previous question.
    Back,
}

/// The text before and after the cursor.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Field {
    before: Vec<char>,
    behind: Vec<char>,
}

impl Field {
    /// Creates a field with this text and the cursor at its end.
    pub(super) fn holding(text: &str) -> Self {
        Self { before: text.chars().collect(), behind: Vec::new() }
    }

    pub(super) fn text(&self) -> String {
        self.before.iter().chain(&self.behind).collect()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.behind.is_empty()
    }

    /// Handles a key. Ctrl with a letter works as in a shell.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other key does nothing")]
    pub(super) fn press(&mut self, key: &Key) -> FieldKeyResult {
        match key {
            Key::Enter => return FieldKeyResult::Done,
            Key::Escape => return FieldKeyResult::Back,
            Key::Backspace => drop(self.before.pop()),
            Key::Del => drop((!self.behind.is_empty()).then(|| self.behind.remove(0))),
            Key::ArrowLeft => self.behind.splice(0..0, self.before.pop()).for_each(drop),
            Key::ArrowRight if !self.behind.is_empty() => self.before.push(self.behind.remove(0)),
            Key::Home => self.behind.splice(0..0, self.before.drain(..)).for_each(drop),
            Key::End | Key::Char('\u{5}') => self.before.append(&mut self.behind),
            Key::Char('\u{15}') => self.before.clear(),
            Key::Char('\u{b}') => self.behind.clear(),
            Key::Char('\u{17}') => self.delete_word(),
            Key::Char(c) if !c.is_control() => self.before.push(*c),
            _ => {}
        }
        FieldKeyResult::On
    }

    fn delete_word(&mut self) {
        while self.before.pop_if(|c| c.is_whitespace()).is_some() {}
        while self.before.pop_if(|c| !c.is_whitespace()).is_some() {}
    }

    /// Returns the part of the line that fits `columns` columns, and the number of columns after the cursor.
    pub(super) fn shown(&self, columns: usize) -> (String, usize) {
        let width = |c: char| if is_hidden(c) { 1 } else { measure_text_width(c.encode_utf8(&mut [0; 4])) };
        // One column stays free for a cursor at the end.
        let mut room = columns.saturating_sub(1);
        let mut fits = |c: &char| {
            let fits = width(*c) <= room;
            room = if fits { room - width(*c) } else { 0 };
            fits
        };
        let mut left: Vec<char> = self.before.iter().rev().copied().take_while(&mut fits).collect();
        left.reverse();
        let right: Vec<char> = self.behind.iter().copied().take_while(&mut fits).collect();
        let behind = right.iter().map(|c| width(*c)).sum();
        // Control and invisible characters take one column.
        let shown = |c: char| if is_hidden(c) { '\u{fffd}' } else { c };
        (left.into_iter().chain(right).map(shown).collect(), behind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[Key]) -> Field {
        let mut field = Field::holding("one two");
        for key in keys {
            assert_eq!(field.press(key), FieldKeyResult::On, "{key:?}");
        }
        field
    }

    #[test]
    fn keys_edit_the_line_as_they_do_in_a_shell() {
        let text = |keys: &[Key]| typed(keys).text();
        assert_eq!(text(&[Key::Char('!')]), "one two!");
        assert_eq!(text(&[Key::Backspace]), "one tw");
        assert_eq!(text(&[Key::Char('\u{15}'), Key::Char('x')]), "x");
        assert_eq!(text(&[Key::Char('\u{17}')]), "one ");
        assert_eq!(text(&[Key::Home, Key::Char('x')]), "xone two");
        assert_eq!(text(&[Key::Home, Key::Del, Key::End, Key::Char('!')]), "ne two!");
        assert_eq!(text(&[Key::ArrowLeft, Key::ArrowLeft, Key::Char('\u{b}')]), "one t");
        assert_eq!(text(&[Key::ArrowLeft, Key::ArrowRight, Key::ArrowRight, Key::Char('!')]), "one two!");
        assert_eq!(text(&[Key::Home, Key::ArrowLeft, Key::Backspace, Key::Char('\u{1}'), Key::Tab]), "one two");
    }

    #[test]
    fn enter_ends_the_line_and_esc_goes_back() {
        assert_eq!(Field::holding("").press(&Key::Enter), FieldKeyResult::Done);
        assert_eq!(Field::holding("x").press(&Key::Escape), FieldKeyResult::Back);
        assert!(Field::holding("").is_empty() && !typed(&[Key::Home]).is_empty());
    }

    #[test]
    fn one_column_is_left_for_the_cursor_at_every_width() {
        for text in ["", "x", "one two", "日本語 日本語", "e\u{301}e\u{301}", &"long ".repeat(50)] {
            for key in [Key::End, Key::Home, Key::ArrowLeft] {
                let mut field = Field::holding(text);
                field.press(&key);
                for columns in (0..130).chain([usize::MAX]) {
                    let (shown, behind) = field.shown(columns);
                    assert!(measure_text_width(&shown) <= columns.saturating_sub(1), "{columns}: {shown}");
                    assert!(behind <= measure_text_width(&shown), "{columns}: {shown}");
                }
            }
        }
    }

    #[test]
    fn a_long_line_shows_the_part_around_the_cursor() {
        assert_eq!(typed(&[]).shown(80), ("one two".to_owned(), 0));
        assert_eq!(typed(&[]).shown(5), (" two".to_owned(), 0));
        assert_eq!(typed(&[Key::Home]).shown(5), ("one ".to_owned(), 4));
        assert_eq!(Field::holding("日本語").shown(5), ("本語".to_owned(), 0));
        assert_eq!(Field::holding("a\u{1b}[2J\n").shown(80), ("a\u{fffd}[2J\u{fffd}".to_owned(), 0));
    }
}
