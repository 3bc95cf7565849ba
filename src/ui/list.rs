//! A list with a search: which entries match, which is under the cursor, and which are shown. Pure: keys come from
//! `prompt`.

use dialoguer::console::Key;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::field::{Field, Pressed};

/// The result of a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Taken {
    /// Keep reading keys.
    On,
    Entry(usize),
    /// The user went back to the previous question.
    Back,
}

/// A line of the list; entries are given by index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Row {
    /// The entry under the cursor.
    Pointed(usize),
    Entry(usize),
    /// No entry matches the search.
    Nothing,
    /// The number of entries that are not shown.
    More(usize),
}

/// The list. Its last `fixed` entries are not searched and always shown.
pub(super) struct List {
    entries: Vec<String>,
    fixed: usize,
    search: Field,
    found: Vec<usize>,
    at: usize,
    top: usize,
}

impl List {
    /// A list whose last `fixed` entries are not searched.
    pub(super) fn new(entries: Vec<String>, fixed: usize) -> Self {
        let mut list = Self { entries, fixed, search: Field::holding(""), found: Vec::new(), at: 0, top: 0 };
        list.update_matches();
        list
    }

    pub(super) fn search(&self) -> &Field {
        &self.search
    }

    /// Handles a key: letters search, arrows move, Enter selects, Esc clears the search and then goes back.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other key goes to the search field")]
    pub(super) fn press(&mut self, key: &Key) -> Taken {
        let last = self.found.len().saturating_sub(1);
        match key {
            Key::ArrowUp | Key::BackTab => self.at = self.at.checked_sub(1).unwrap_or(last),
            Key::ArrowDown | Key::Tab => self.at = if self.at >= last { 0 } else { self.at + 1 },
            Key::PageUp => self.at = self.at.saturating_sub(10),
            Key::PageDown => self.at = (self.at + 10).min(last),
            key => match self.search.press(key) {
                Pressed::Done => return self.found.get(self.at).map_or(Taken::On, |entry| Taken::Entry(*entry)),
                Pressed::Back if self.search.is_empty() => return Taken::Back,
                Pressed::Back => {
                    self.search = Field::holding("");
                    self.update_matches();
                }
                Pressed::On => self.update_matches(),
            },
        }
        Taken::On
    }

    /// Finds the entries that match, the best first; equal matches keep their order.
    fn update_matches(&mut self) {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let text = self.search.text();
        let pattern = Pattern::new(&text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        let searched = self.entries.len().saturating_sub(self.fixed);
        let mut letters = Vec::new();
        let mut fitting: Vec<(u32, usize)> = Vec::new();
        for (place, entry) in self.entries.iter().take(searched).enumerate() {
            let score = pattern.score(Utf32Str::new(entry, &mut letters), &mut matcher);
            fitting.extend(score.map(|score| (score, place)));
        }
        fitting.sort_by_key(|(score, place)| (std::cmp::Reverse(*score), *place));
        let fixed = searched..self.entries.len();
        let found: Vec<usize> = fitting.into_iter().map(|(_, place)| place).chain(fixed).collect();
        if found != self.found {
            (self.at, self.top) = (0, 0);
        }
        self.found = found;
    }

    /// Returns the rows that fit `lines` lines, always including the entry under the cursor.
    pub(super) fn rows(&mut self, lines: usize) -> Vec<Row> {
        let nothing = self.found.len() == self.fixed && !self.search.is_empty();
        let nothing = nothing && (lines > 1 || self.found.is_empty());
        let rows = window(&self.found, self.at, &mut self.top, lines.saturating_sub(usize::from(nothing)));
        nothing.then_some(Row::Nothing).into_iter().chain(rows).collect()
    }
}

/// Returns the entries around the cursor that fit `lines` lines. `top`, the first one shown, is updated.
pub(super) fn window(entries: &[usize], at: usize, top: &mut usize, lines: usize) -> Vec<Row> {
    let room = match lines.max(1) {
        lines if entries.len() <= lines => lines,
        // The last line shows how many are left out.
        lines => (lines - 1).max(1),
    };
    *top = (*top).min(at).max((at + 1).saturating_sub(room));
    let shown = entries.iter().enumerate().skip(*top).take(room);
    let rows = shown.map(|(place, entry)| if place == at { Row::Pointed(*entry) } else { Row::Entry(*entry) });
    let left_out = entries.len().saturating_sub(room);
    let more = (left_out > 0 && lines > room).then_some(Row::More(left_out));
    rows.chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str], fixed: usize) -> List {
        List::new(entries.iter().map(|&entry| entry.to_owned()).collect(), fixed)
    }

    fn typed(list: &mut List, text: &str) {
        text.chars().for_each(|c| assert_eq!(list.press(&Key::Char(c)), Taken::On));
    }

    const ENTRIES: [&str; 4] = ["legacy-web", "web", "edge", "type a name"];

    #[test]
    fn letters_search_and_the_best_match_is_under_the_cursor() {
        let mut list = list(&ENTRIES, 1);
        typed(&mut list, "web");
        assert_eq!(list.rows(9), [Row::Pointed(1), Row::Entry(0), Row::Entry(3)]);
        assert_eq!(list.press(&Key::Enter), Taken::Entry(1));
    }

    #[test]
    fn without_a_match_the_fixed_entries_can_be_chosen() {
        let mut list = list(&ENTRIES, 1);
        typed(&mut list, "zzz");
        assert_eq!(list.rows(9), [Row::Nothing, Row::Pointed(3)]);
        assert_eq!(list.press(&Key::Enter), Taken::Entry(3));
        assert_eq!(List::new(Vec::new(), 0).press(&Key::Enter), Taken::On);
    }

    #[test]
    fn esc_clears_the_search_and_then_goes_back() {
        let mut list = list(&ENTRIES, 1);
        typed(&mut list, "zz");
        assert_eq!(list.press(&Key::Escape), Taken::On);
        assert_eq!(list.rows(9).len(), 4);
        assert_eq!(list.press(&Key::Escape), Taken::Back);
    }

    #[test]
    fn the_entry_under_the_cursor_is_shown_in_any_number_of_lines() {
        for (entries, fixed) in [(ENTRIES.as_slice(), 1), (&["only"], 0), (&["only"], 1)] {
            for lines in 0..9 {
                for search in ["", "we", "zzz"] {
                    let mut list = list(entries, fixed);
                    typed(&mut list, search);
                    for key in [Key::ArrowUp, Key::ArrowDown, Key::PageDown, Key::PageUp, Key::Tab] {
                        let rows = list.rows(lines);
                        assert!(rows.len() <= lines.max(1), "{lines}: {rows:?}");
                        let is_pointed = rows.iter().any(|row| matches!(row, Row::Pointed(_)));
                        assert!(is_pointed || rows == [Row::Nothing], "{lines}: {rows:?}");
                        assert_eq!(list.press(&key), Taken::On);
                    }
                }
            }
        }
    }

    #[test]
    fn the_cursor_wraps_around_and_stays_visible() {
        let names: Vec<String> = (0..30).map(|number| format!("name-{number:02}")).collect();
        let mut list = List::new(names, 0);
        assert_eq!(list.rows(5), [Row::Pointed(0), Row::Entry(1), Row::Entry(2), Row::Entry(3), Row::More(26)]);
        list.press(&Key::ArrowUp);
        assert_eq!(list.rows(5)[3], Row::Pointed(29));
        list.press(&Key::ArrowDown);
        assert_eq!(list.rows(5)[0], Row::Pointed(0));
        (0..3).for_each(|_| assert_eq!(list.press(&Key::PageDown), Taken::On));
        assert_eq!(list.press(&Key::Enter), Taken::Entry(29));
        for _ in 0..90 {
            list.press(&Key::ArrowDown);
            assert!(list.rows(5).iter().any(|row| matches!(row, Row::Pointed(_))));
            assert!(list.rows(5).len() <= 5);
        }
    }
}
