//! A list while somebody searches it: what fits what is typed, which entry is under the cursor, and what of it is shown. Pure:
//! keys come from `prompt`.

use dialoguer::console::Key;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::field::{Field, Pressed};

/// What a key came to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Taken {
    /// The search goes on.
    On,
    /// The entry of this place.
    Entry(usize),
    /// The question before is wanted.
    Back,
}

/// A line of what is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Row {
    /// The entry of this place, under the cursor.
    Pointed(usize),
    /// The entry of this place.
    Entry(usize),
    /// Nothing fits what is typed.
    Nothing,
    /// So many entries are not shown.
    More(usize),
}

/// The list. Its last entries are always there, whatever is searched for.
pub(super) struct List {
    entries: Vec<String>,
    fixed: usize,
    search: Field,
    found: Vec<usize>,
    at: usize,
    top: usize,
}

impl List {
    /// A list whose last `fixed` entries are no part of the search.
    pub(super) fn new(entries: Vec<String>, fixed: usize) -> Self {
        let mut list = Self { entries, fixed, search: Field::holding(""), found: Vec::new(), at: 0, top: 0 };
        list.look();
        list
    }

    /// What is typed.
    pub(super) fn search(&self) -> &Field {
        &self.search
    }

    /// What a key does: letters search, arrows move, Enter takes, Esc clears the search and then goes back.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other key is the search's")]
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
                    self.look();
                }
                Pressed::On => self.look(),
            },
        }
        Taken::On
    }

    /// Finds what fits, the best first; what fits alike stays in its order.
    fn look(&mut self) {
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

    /// What is shown in so many lines; the entry under the cursor always is.
    pub(super) fn rows(&mut self, lines: usize) -> Vec<Row> {
        let nothing = self.found.len() == self.fixed && !self.search.is_empty();
        let nothing = nothing && (lines > 1 || self.found.is_empty());
        let rows = window(&self.found, self.at, &mut self.top, lines.saturating_sub(usize::from(nothing)));
        nothing.then_some(Row::Nothing).into_iter().chain(rows).collect()
    }
}

/// The part of these entries around the cursor that fits so many lines; `top` is where it began and begins.
pub(super) fn window(entries: &[usize], at: usize, top: &mut usize, lines: usize) -> Vec<Row> {
    let room = match lines.max(1) {
        lines if entries.len() <= lines => lines,
        // The last line says how many are left out.
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
    fn letters_search_and_the_best_is_under_the_cursor() {
        let mut list = list(&ENTRIES, 1);
        typed(&mut list, "web");
        assert_eq!(list.rows(9), [Row::Pointed(1), Row::Entry(0), Row::Entry(3)]);
        assert_eq!(list.press(&Key::Enter), Taken::Entry(1));
    }

    #[test]
    fn where_nothing_fits_that_is_said_and_what_is_fixed_can_be_taken() {
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
    fn however_few_lines_there_are_the_entry_under_the_cursor_is_shown_and_no_line_is_too_many() {
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
    fn the_cursor_goes_round_and_stays_in_sight() {
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
