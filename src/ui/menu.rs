//! A short list that is chosen from without a search: one entry, or several that are checked. Pure: keys come from `prompt`.

use dialoguer::console::Key;

use super::list::{Row, window};

/// What a key came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Picked {
    /// The choice goes on.
    On,
    /// It is made.
    Done,
    /// The question before is wanted.
    Back,
}

/// The list and its cursor.
#[derive(Debug)]
pub(super) struct Menu {
    entries: Vec<usize>,
    at: usize,
    top: usize,
    /// Which are checked, where several can be chosen.
    checks: Option<Vec<bool>>,
}

impl Menu {
    /// A list of so many entries, of which one is chosen.
    pub(super) fn single(entries: usize, at: usize) -> Self {
        Self { entries: (0..entries).collect(), at: at.min(entries.saturating_sub(1)), top: 0, checks: None }
    }

    /// A list with a check for each entry.
    pub(super) fn several(checks: Vec<bool>) -> Self {
        let single = Self::single(checks.len(), 0);
        Self { checks: Some(checks), ..single }
    }

    /// The place of the entry under the cursor.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether the entry of this place is checked; nothing where only one can be chosen.
    pub(super) fn check(&self, place: usize) -> Option<bool> {
        self.checks.as_ref()?.get(place).copied()
    }

    /// What a key does: arrows, Tab, `j` and `k` move, Space and Enter choose, Esc and `q` go back; `a` checks all, or none.
    pub(super) fn press(&mut self, key: &Key) -> Picked {
        let last = self.entries.len().saturating_sub(1);
        match (key, &mut self.checks) {
            (Key::ArrowUp | Key::BackTab | Key::Char('k'), _) => self.at = self.at.checked_sub(1).unwrap_or(last),
            (Key::ArrowDown | Key::Tab | Key::Char('j'), _) => self.at = if self.at >= last { 0 } else { self.at + 1 },
            (Key::PageUp, _) => self.at = self.at.saturating_sub(10),
            (Key::PageDown, _) => self.at = (self.at + 10).min(last),
            (Key::Home, _) => self.at = 0,
            (Key::End, _) => self.at = last,
            (Key::Escape | Key::Char('q'), _) => return Picked::Back,
            (Key::Char(' '), Some(checks)) => {
                checks.iter_mut().skip(self.at).take(1).for_each(|check| *check = !*check);
            }
            (Key::Char('a'), Some(checks)) => {
                let all = checks.iter().all(|check| *check);
                checks.fill(!all);
            }
            (Key::Enter, _) | (Key::Char(' '), None) => return Picked::Done,
            _ => {}
        }
        Picked::On
    }

    /// What is shown in so many lines; the entry under the cursor always is.
    pub(super) fn rows(&mut self, lines: usize) -> Vec<Row> {
        window(&self.entries, self.at, &mut self.top, lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_through_the_entries_and_round() {
        let mut menu = Menu::single(3, 1);
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
            assert_eq!((menu.press(&key), menu.at()), (Picked::On, at), "{key:?}");
        }
        assert_eq!(menu.press(&Key::Enter), Picked::Done);
        assert_eq!(menu.press(&Key::Char(' ')), Picked::Done);
        assert_eq!(menu.press(&Key::Escape), Picked::Back);
    }

    #[test]
    fn space_checks_one_and_a_all_or_none() {
        let mut menu = Menu::several(vec![true, false]);
        let checks = |menu: &Menu| [menu.check(0), menu.check(1)];
        menu.press(&Key::Char(' '));
        assert_eq!(checks(&menu), [Some(false), Some(false)]);
        menu.press(&Key::Char('a'));
        assert_eq!(checks(&menu), [Some(true), Some(true)]);
        menu.press(&Key::Char('a'));
        assert_eq!(checks(&menu), [Some(false), Some(false)]);
        assert_eq!(Menu::single(2, 0).check(0), None);
    }

    #[test]
    fn however_few_lines_there_are_the_entry_under_the_cursor_is_shown_and_no_line_is_too_many() {
        for entries in 1..15 {
            for lines in 0..20 {
                let mut menu = Menu::single(entries, entries);
                for _ in 0..=entries {
                    let rows = menu.rows(lines);
                    assert!(rows.len() <= lines.max(1) && rows.contains(&Row::Pointed(menu.at())), "{rows:?}");
                    menu.press(&Key::ArrowUp);
                }
            }
        }
    }

    #[test]
    fn a_list_without_entries_panics_at_no_key() {
        let mut menu = Menu::several(Vec::new());
        for key in [Key::ArrowUp, Key::ArrowDown, Key::Char(' '), Key::Char('a'), Key::End, Key::PageDown] {
            assert_eq!(menu.press(&key), Picked::On);
            assert_eq!(menu.rows(1), []);
        }
    }
}
