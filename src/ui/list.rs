//! A list with a search: decides which entries match, are checked and are shown, and where the cursor is. It does no
//! input or output: `prompt` passes the keys.

use dialoguer::console::Key;
use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::field::{Field, FieldKeyResult};

/// The result of a key press.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ListKeyResult {
    /// Keep reading keys.
    On,
    Entry(usize),
    /// The user is done with the checks.
    Checked,
    /// The user went back to the previous question.
    Back,
}

/// A line of the list; entries are given by index.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum ListRow {
    /// The entry under the cursor.
    Pointed(usize),
    Entry(usize),
    /// The line above this entry, which begins a group.
    Heading(usize),
    /// No entry matches the search.
    Nothing,
    /// The number of entries that are not shown.
    More(usize),
}

/// Whether entries are checked, and which.
#[derive(Clone, Debug, Default)]
pub(super) struct Checks {
    /// For each searched entry, whether it is checked.
    pub(super) checked: Vec<bool>,
    /// For each searched entry, whether checking is refused.
    pub(super) refused: Vec<bool>,
    /// The entries that a group checks at once.
    pub(super) groups: Vec<Vec<usize>>,
    /// Whether Enter takes the entry under the cursor if none is checked.
    pub(super) takes_one: bool,
}

impl Checks {
    fn toggle(&mut self, places: &[usize]) {
        let usable = |place: &&usize| !self.refused.get(**place).copied().unwrap_or_default();
        let places: Vec<usize> = places.iter().filter(usable).copied().collect();
        let all = places.iter().all(|place| self.is_checked(*place));
        for place in places {
            if let Some(check) = self.checked.get_mut(place) {
                *check = !all;
            }
        }
    }

    /// Checks the entries that can be checked.
    pub(super) fn check(&mut self, places: &[usize]) {
        for place in places.iter().filter(|place| self.refused.get(**place) == Some(&false)) {
            self.checked.iter_mut().skip(*place).take(1).for_each(|check| *check = true);
        }
    }

    /// Returns the checked entries.
    pub(super) fn places(&self) -> Vec<usize> {
        (0..self.checked.len()).filter(|place| self.is_checked(*place)).collect()
    }

    fn is_checked(&self, place: usize) -> bool {
        self.checked.get(place).copied().unwrap_or_default()
    }
}

/// A list. Its indexes are, in order: the searched entries, an entry for each group of checks, and the fixed entries,
/// which are always shown. The index after them is the offer for the typed text.
pub(super) struct List<'a> {
    searched: Vec<String>,
    fixed: usize,
    checks: Option<Checks>,
    /// The searched entries that begin a group, if nothing is typed.
    headings: Vec<usize>,
    /// Whether the list offers something for a text.
    offers: &'a dyn Fn(&str) -> bool,
    search: Field,
    found: Vec<usize>,
    at: usize,
    top: usize,
    refused: Option<usize>,
    /// The text that Esc cleared, until something else is typed.
    cleared: String,
}

impl<'a> List<'a> {
    /// Creates a list of searched entries, followed by `fixed` fixed entries.
    pub(super) fn new(searched: Vec<String>, fixed: usize, offers: &'a dyn Fn(&str) -> bool) -> Self {
        let (search, found, headings, cleared) = (Field::holding(""), Vec::new(), Vec::new(), String::new());
        let mut list = Self {
            searched,
            fixed,
            checks: None,
            headings,
            offers,
            search,
            found,
            at: 0,
            top: 0,
            refused: None,
            cleared,
        };
        list.update_matches();
        list
    }

    /// Lets the user check several entries.
    pub(super) fn with_checks(mut self, checks: Checks) -> Self {
        self.checks = Some(checks);
        self.update_matches();
        self
    }

    /// Shows a line above these entries as long as nothing is typed.
    pub(super) fn with_headings(mut self, headings: Vec<usize>) -> Self {
        self.headings = headings;
        self
    }

    /// Starts with a typed text.
    pub(super) fn with_search(mut self, text: &str) -> Self {
        self.search = Field::holding(text);
        self.update_matches();
        self
    }

    /// Starts with the cursor on this entry.
    pub(super) fn pointing_at(mut self, entry: usize) -> Self {
        self.at = self.found.iter().position(|found| *found == entry).unwrap_or(self.at);
        self
    }

    pub(super) fn search(&self) -> &Field {
        &self.search
    }

    /// Returns the text that Esc cleared, if nothing was typed since.
    pub(super) fn cleared(&self) -> &str {
        self.cleared.trim()
    }

    /// Returns whether the entry is checked, or `None` if it can't be.
    pub(super) fn check(&self, place: usize) -> Option<bool> {
        self.checks.as_ref()?.checked.get(place).copied()
    }

    /// Returns the entry that Enter alone would take, although it is not checked.
    pub(super) fn taken_by_enter(&self) -> Option<usize> {
        let checks = self.checks.as_ref().filter(|checks| checks.takes_one && checks.places().is_empty())?;
        let entry = *self.found.get(self.at)?;
        (checks.refused.get(entry) == Some(&false)).then_some(entry)
    }

    pub(super) fn has_checks(&self) -> bool {
        self.checks.is_some()
    }

    /// Returns the checked entries.
    pub(super) fn checked(&self) -> Vec<usize> {
        self.checks.as_ref().map(Checks::places).unwrap_or_default()
    }

    /// Returns the entry that the last key tried to choose, if the entry can't be chosen.
    pub(super) fn refused(&self) -> Option<usize> {
        self.refused
    }

    fn groups(&self) -> usize {
        self.checks.as_ref().map_or(0, |checks| checks.groups.len())
    }

    /// Handles a key: letters search, arrows move, Space checks, Enter continues, Esc clears the search and then goes
    /// back.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other key goes to the search field")]
    pub(super) fn press(&mut self, key: &Key) -> ListKeyResult {
        self.refused = None;
        let last = self.found.len().saturating_sub(1);
        match key {
            Key::ArrowUp | Key::BackTab => self.at = self.at.checked_sub(1).unwrap_or(last),
            Key::ArrowDown | Key::Tab => self.at = if self.at >= last { 0 } else { self.at + 1 },
            Key::PageUp => self.at = self.at.saturating_sub(10),
            Key::PageDown => self.at = (self.at + 10).min(last),
            Key::Char(' ') if self.checks.is_some() => self.toggle(),
            key => match self.search.press(key) {
                FieldKeyResult::Done => return self.enter(),
                FieldKeyResult::Back if self.search.is_empty() => return ListKeyResult::Back,
                FieldKeyResult::Back => {
                    self.cleared = self.search.text();
                    self.search = Field::holding("");
                    self.update_matches();
                }
                FieldKeyResult::On => {
                    if !self.search.is_empty() {
                        self.cleared.clear();
                    }
                    self.update_matches();
                }
            },
        }
        ListKeyResult::On
    }

    /// Checks or unchecks the entry under the cursor, or its whole group.
    fn toggle(&mut self) {
        let (searched, first) = (self.searched.len(), self.groups());
        let (Some(checks), Some(&entry)) = (&mut self.checks, self.found.get(self.at)) else { return };
        if checks.refused.get(entry) == Some(&true) {
            self.refused = Some(entry);
        } else if entry < searched {
            checks.toggle(&[entry]);
        } else if let Some(group) = checks.groups.get(entry - searched).cloned() {
            checks.toggle(&group);
            // Move the cursor to where the next Enter continues.
            self.at = first;
        }
    }

    fn enter(&mut self) -> ListKeyResult {
        let Some(&entry) = self.found.get(self.at) else { return ListKeyResult::On };
        let is_action = entry >= self.searched.len() + self.groups();
        match &self.checks {
            Some(checks) if !is_action => {
                let is_empty = !checks.checked.contains(&true);
                if entry >= self.searched.len() || (is_empty && checks.takes_one) {
                    self.toggle();
                }
                if entry >= self.searched.len() || self.refused.is_some() {
                    ListKeyResult::On
                } else {
                    ListKeyResult::Checked
                }
            }
            Some(_) | None => ListKeyResult::Entry(entry),
        }
    }

    /// Finds the entries that match. Entries that contain the text come first, then the other matches, the best first.
    /// Equal matches keep their order. As long as nothing is typed, groups come first. The offer comes before the
    /// entries that do not contain the text.
    fn update_matches(&mut self) {
        let mut matcher = Matcher::new(Config::DEFAULT);
        let text = self.search.text();
        let pattern = Pattern::new(&text, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        let mut letters = Vec::new();
        let mut fitting: Vec<(u32, usize)> = Vec::new();
        for (place, entry) in self.searched.iter().enumerate() {
            let score = pattern.score(Utf32Str::new(entry, &mut letters), &mut matcher);
            fitting.extend(score.map(|score| (score, place)));
        }
        let wanted = text.trim().to_lowercase();
        let contains =
            |place: &usize| self.searched.get(*place).is_some_and(|entry| entry.to_lowercase().contains(&wanted));
        fitting.sort_by_key(|(score, place)| (!contains(place), std::cmp::Reverse(*score), *place));
        let fitting: Vec<usize> = fitting.into_iter().map(|(_, place)| place).collect();
        let groups = self.searched.len()..self.searched.len() + self.groups();
        let fixed = groups.end..groups.end + self.fixed;
        let offer = (!text.trim().is_empty() && (self.offers)(text.trim())).then_some(fixed.end);
        let (before, after) = if fitting.iter().any(contains) { (None, offer) } else { (offer, None) };
        let start = if text.is_empty() { groups.len() } else { 0 };
        let groups = groups.filter(|_| text.is_empty());
        let found: Vec<usize> = groups.chain(before).chain(fitting).chain(after).chain(fixed).collect();
        if found != self.found {
            (self.at, self.top) = (start.min(found.len().saturating_sub(1)), 0);
        }
        self.found = found;
    }

    /// Returns the rows that fit `lines` lines, always including the entry under the cursor.
    pub(super) fn rows(&mut self, lines: usize) -> Vec<ListRow> {
        let nothing = self.found.len() == self.fixed && !self.search.is_empty();
        let nothing = nothing && (lines > 1 || self.found.is_empty());
        let mut entries = Vec::new();
        let mut at = 0;
        for (place, entry) in self.found.iter().enumerate() {
            let heading = self.search.is_empty() && self.headings.contains(entry);
            entries.extend(heading.then_some(ListRow::Heading(*entry)));
            if place == self.at {
                at = entries.len();
                entries.push(ListRow::Pointed(*entry));
            } else {
                entries.push(ListRow::Entry(*entry));
            }
        }
        let rows = window(&entries, at, &mut self.top, lines.saturating_sub(usize::from(nothing)));
        nothing.then_some(ListRow::Nothing).into_iter().chain(rows).collect()
    }
}

/// Returns the rows around the cursor, at `at`, that fit `lines` lines. `top`, the first one shown, is updated.
pub(super) fn window(rows: &[ListRow], at: usize, top: &mut usize, lines: usize) -> Vec<ListRow> {
    let room = match lines.max(1) {
        lines if rows.len() <= lines => lines,
        // The last line shows how many entries are left out.
        lines => (lines - 1).max(1),
    };
    *top = (*top).min(at).max((at + 1).saturating_sub(room));
    let is_entry = |row: &&ListRow| !matches!(row, ListRow::Heading(_));
    let shown: Vec<ListRow> = rows.iter().skip(*top).take(room).cloned().collect();
    let left_out = rows.iter().filter(is_entry).count() - shown.iter().filter(is_entry).count();
    let more = (left_out > 0 && lines > room).then_some(ListRow::More(left_out));
    shown.into_iter().chain(more).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn no_offer(_: &str) -> bool {
        false
    }

    fn owned(entries: &[&str]) -> Vec<String> {
        entries.iter().map(|&entry| entry.to_owned()).collect()
    }

    /// Creates a list whose last `fixed` entries are fixed.
    fn list(entries: &[&str], fixed: usize) -> List<'static> {
        List::new(owned(&entries[..entries.len() - fixed]), fixed, &no_offer)
    }

    fn typed(list: &mut List<'_>, text: &str) {
        text.chars().for_each(|c| assert_eq!(list.press(&Key::Char(c)), ListKeyResult::On));
    }

    const ENTRIES: [&str; 4] = ["legacy-web", "web", "edge", "type a name"];

    #[test]
    fn letters_search_and_the_best_match_is_under_the_cursor() {
        let mut list = list(&ENTRIES, 1);
        typed(&mut list, "web");
        assert_eq!(list.rows(9), [ListRow::Pointed(1), ListRow::Entry(0), ListRow::Entry(3)]);
        assert_eq!(list.press(&Key::Enter), ListKeyResult::Entry(1));
    }

    #[test]
    fn without_a_match_the_fixed_entries_can_be_chosen() {
        let mut list = list(&ENTRIES, 1);
        typed(&mut list, "zzz");
        assert_eq!(list.rows(9), [ListRow::Nothing, ListRow::Pointed(3)]);
        assert_eq!(list.press(&Key::Enter), ListKeyResult::Entry(3));
        assert_eq!(List::new(Vec::new(), 0, &no_offer).press(&Key::Enter), ListKeyResult::On);
    }

    /// Creates a list of three entries, a group of all three, and one fixed entry. The third entry can't be checked.
    fn checks() -> List<'static> {
        let checks = Checks {
            checked: vec![false; 3],
            refused: vec![false, false, true],
            groups: vec![vec![0, 1, 2]],
            takes_one: true,
        };
        List::new(owned(&["web", "api", "tcp"]), 1, &no_offer).with_checks(checks)
    }

    #[test]
    fn space_checks_and_enter_continues() {
        let mut list = checks();
        assert_eq!(list.rows(9)[..2], [ListRow::Entry(3), ListRow::Pointed(0)]);
        list.press(&Key::Char(' '));
        list.press(&Key::ArrowDown);
        list.press(&Key::Char(' '));
        assert_eq!((list.checked(), list.press(&Key::Enter)), (vec![0, 1], ListKeyResult::Checked));
        list.press(&Key::Char(' '));
        assert_eq!(list.checked(), [0]);
    }

    #[test]
    fn enter_alone_takes_the_entry_under_the_cursor() {
        let mut list = checks();
        assert_eq!(list.taken_by_enter(), Some(0));
        assert_eq!((list.press(&Key::Enter), list.checked()), (ListKeyResult::Checked, vec![0]));
        assert_eq!(list.taken_by_enter(), None, "something is checked");
        let mut list = checks();
        list.press(&Key::ArrowUp);
        list.press(&Key::ArrowUp);
        assert_eq!(list.press(&Key::Enter), ListKeyResult::Entry(4), "a fixed entry is an action");
    }

    #[test]
    fn checking_a_group_checks_every_entry_that_can_be_checked() {
        let mut list = checks();
        list.press(&Key::ArrowUp);
        assert_eq!((list.press(&Key::Enter), list.checked()), (ListKeyResult::On, vec![0, 1]));
        assert_eq!(list.press(&Key::Enter), ListKeyResult::Checked);
    }

    #[test]
    fn an_entry_that_cannot_be_checked_says_so_until_the_next_key() {
        let mut list = checks();
        list.press(&Key::ArrowDown);
        list.press(&Key::ArrowDown);
        assert_eq!(list.taken_by_enter(), None);
        assert_eq!((list.press(&Key::Enter), list.refused()), (ListKeyResult::On, Some(2)));
        list.press(&Key::ArrowUp);
        assert_eq!((list.refused(), list.checked()), (None, vec![]));
    }

    #[test]
    fn a_checked_entry_stays_checked_after_the_search() {
        let mut list = checks();
        typed(&mut list, "api");
        list.press(&Key::Char(' '));
        list.press(&Key::Escape);
        typed(&mut list, "web");
        list.press(&Key::Char(' '));
        assert_eq!(list.checked(), [0, 1]);
    }

    #[test]
    fn typed_text_is_offered_first_unless_an_entry_contains_it() {
        let offers = |text: &str| text != "web";
        let mut list = List::new(owned(&["legacy-web", "w-e-x"]), 1, &offers);
        typed(&mut list, "we");
        assert_eq!(list.rows(9), [ListRow::Pointed(0), ListRow::Entry(1), ListRow::Entry(3), ListRow::Entry(2)]);
        typed(&mut list, "x");
        assert_eq!(list.rows(9)[0], ListRow::Pointed(3));
        assert_eq!(list.press(&Key::Enter), ListKeyResult::Entry(3));
    }

    #[test]
    fn esc_clears_the_search_and_then_goes_back() {
        let mut list = list(&ENTRIES, 1);
        typed(&mut list, "zz");
        assert_eq!(list.press(&Key::Escape), ListKeyResult::On);
        assert_eq!((list.rows(9).len(), list.cleared()), (4, "zz"));
        assert_eq!((list.press(&Key::Escape), list.cleared()), (ListKeyResult::Back, "zz"));
        typed(&mut list, "w");
        assert_eq!(list.cleared(), "");
    }

    #[test]
    fn a_line_begins_a_group_and_is_never_under_the_cursor() {
        let mut list = list(&ENTRIES, 1).with_headings(vec![1]);
        let rows = [ListRow::Pointed(0), ListRow::Heading(1), ListRow::Entry(1), ListRow::Entry(2), ListRow::Entry(3)];
        assert_eq!(list.rows(9), rows);
        list.press(&Key::ArrowDown);
        assert_eq!(list.rows(4), [ListRow::Entry(0), ListRow::Heading(1), ListRow::Pointed(1), ListRow::More(2)]);
        typed(&mut list, "web");
        assert!(!list.rows(9).contains(&ListRow::Heading(1)));
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
                        let is_pointed = rows.iter().any(|row| matches!(row, ListRow::Pointed(_)));
                        assert!(is_pointed || rows == [ListRow::Nothing], "{lines}: {rows:?}");
                        assert_eq!(list.press(&key), ListKeyResult::On);
                    }
                }
            }
        }
    }

    #[test]
    fn the_cursor_wraps_around_and_stays_visible() {
        let names: Vec<String> = (0..30).map(|number| format!("name-{number:02}")).collect();
        let mut list = List::new(names, 0, &no_offer);
        assert_eq!(
            list.rows(5),
            [ListRow::Pointed(0), ListRow::Entry(1), ListRow::Entry(2), ListRow::Entry(3), ListRow::More(26)]
        );
        list.press(&Key::ArrowUp);
        assert_eq!(list.rows(5)[3], ListRow::Pointed(29));
        list.press(&Key::ArrowDown);
        assert_eq!(list.rows(5)[0], ListRow::Pointed(0));
        (0..3).for_each(|_| assert_eq!(list.press(&Key::PageDown), ListKeyResult::On));
        assert_eq!(list.press(&Key::Enter), ListKeyResult::Entry(29));
        for _ in 0..90 {
            list.press(&Key::ArrowDown);
            assert!(list.rows(5).iter().any(|row| matches!(row, ListRow::Pointed(_))));
            assert!(list.rows(5).len() <= 5);
        }
    }
}
