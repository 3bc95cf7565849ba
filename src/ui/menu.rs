//! A short list without a search, to pick one entry. It does no input or output: `prompt` passes the keys.

use dialoguer::console::Key;

use super::list::{ListRow, window};

/// The result of a key press.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum MenuKeyResult {
    /// Keep reading keys.
    On,
    /// The user chose.
    Done,
    /// The user went back to the previous question.
    Back,
}

#[derive(Debug)]
pub(super) struct Menu {
    entries: usize,
    at: usize,
    top: usize,
}

impl Menu {
    /// Creates a list of `entries` entries with the cursor on the entry `at`.
    pub(super) fn new(entries: usize, at: usize) -> Self {
        Self { entries, at: at.min(entries.saturating_sub(1)), top: 0 }
    }

    /// Returns the index of the entry under the cursor.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Handles a key: arrows, Tab, `j` and `k` move, Space and Enter choose, Esc and `q` go back.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other key does nothing")]
    pub(super) fn press(&mut self, key: &Key) -> MenuKeyResult {
        let last = self.entries.saturating_sub(1);
        match key {
            Key::ArrowUp | Key::BackTab | Key::Char('k') => self.at = self.at.checked_sub(1).unwrap_or(last),
            Key::ArrowDown | Key::Tab | Key::Char('j') => self.at = if self.at >= last { 0 } else { self.at + 1 },
            Key::PageUp => self.at = self.at.saturating_sub(10),
            Key::PageDown => self.at = (self.at + 10).min(last),
            Key::Home => self.at = 0,
            Key::End => self.at = last,
            Key::Escape | Key::Char('q') => return MenuKeyResult::Back,
            Key::Enter | Key::Char(' ') => return MenuKeyResult::Done,
            _ => {}
        }
        MenuKeyResult::On
    }

    /// Returns the rows that fit `lines` lines, always including the entry under the cursor.
    pub(super) fn rows(&mut self, lines: usize) -> Vec<ListRow> {
        let row = |place| if place == self.at { ListRow::Pointed(place) } else { ListRow::Entry(place) };
        let rows: Vec<ListRow> = (0..self.entries).map(row).collect();
        window(&rows, self.at, &mut self.top, lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_through_the_entries_and_wrap_around() {
        let mut menu = Menu::new(3, 1);
        for (key, at) in [
            (Key::ArrowDown, 2),
            (Key::Char('j'), 0),
            (Key::ArrowUp, 2),
            (Key::Char('k'), 1),
            (Key::Home, 0),
            (Key::End, 2),
            (Key::PageUp, 0),
            (Key::PageDown, 2),
            (Key::Char('x'), 2),
        ] {
            assert_eq!((menu.press(&key), menu.at()), (MenuKeyResult::On, at), "{key:?}");
        }
        assert_eq!(menu.press(&Key::Enter), MenuKeyResult::Done);
        assert_eq!(menu.press(&Key::Char(' ')), MenuKeyResult::Done);
        assert_eq!(menu.press(&Key::Escape), MenuKeyResult::Back);
    }

    #[test]
    fn the_entry_under_the_cursor_is_shown_in_any_number_of_lines() {
        for entries in 1..15 {
            for lines in 0..20 {
                let mut menu = Menu::new(entries, entries);
                for _ in 0..=entries {
                    let rows = menu.rows(lines);
                    assert!(rows.len() <= lines.max(1) && rows.contains(&ListRow::Pointed(menu.at())), "{rows:?}");
                    menu.press(&Key::ArrowUp);
                }
            }
        }
    }

    #[test]
    fn an_empty_list_takes_every_key() {
        let mut menu = Menu::new(0, 0);
        for key in [Key::ArrowUp, Key::ArrowDown, Key::End, Key::PageDown] {
            assert_eq!(menu.press(&key), MenuKeyResult::On);
            assert_eq!(menu.rows(1), []);
        }
    }
}
