//! Asks for one or several of many choices. The search also accepts text that is not in the list.

use std::fmt;

use super::canvas::Canvas;
use super::choice::{Choice, entries, lines};
use super::list::{Checks, List, ListKeyResult};
use super::prompt::{Prompt, PromptError};

/// Returns the choice for a typed text that names no entry, if the text can be used.
pub(crate) type Offer<'a, T> = &'a dyn Fn(&str) -> Option<Choice<T>>;

/// A list to choose one entry from.
pub(crate) struct ListSearch<'a, T> {
    pub question: &'a str,
    pub choices: Vec<Choice<T>>,
    /// Choices that no search hides.
    pub fixed: Vec<Choice<T>>,
    pub offer: Offer<'a, T>,
    /// The text to start with: what was typed last time.
    pub typed: &'a str,
    /// The entry that is under the cursor at first.
    pub at: usize,
}

/// The chosen value, and the text that was typed at that time.
#[derive(Debug)]
pub(crate) struct SearchAnswer<T> {
    pub value: T,
    pub typed: String,
}

/// A list whose entries can be checked.
pub(crate) struct Select<'a, T> {
    pub question: &'a str,
    pub choices: Vec<Choice<()>>,
    /// The entries that are checked at first.
    pub checked: &'a [usize],
    /// Groups of entries that are checked at once, each with its name.
    pub groups: Vec<(String, Vec<usize>)>,
    /// Actions that no search hides.
    pub fixed: Vec<Choice<T>>,
    pub offer: Offer<'a, T>,
    /// The text to start with: what was typed last time.
    pub typed: &'a str,
    /// Whether at least one entry must be checked. If so, Enter alone takes the entry under the cursor.
    pub needs_one: bool,
}

impl<T> fmt::Debug for ListSearch<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListSearch").field("question", &self.question).finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Select<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Select").field("question", &self.question).finish_non_exhaustive()
    }
}

impl<'a> Select<'a, ()> {
    /// Creates a list without actions.
    pub(crate) fn new(question: &'a str, choices: Vec<Choice<()>>, checked: &'a [usize]) -> Self {
        let (groups, fixed) = (Vec::new(), Vec::new());
        Self { question, choices, checked, groups, fixed, offer: &|_| None, typed: "", needs_one: true }
    }
}

/// What was selected.
#[derive(Debug)]
pub(crate) enum Selection<T> {
    Checked(Vec<usize>),
    /// An action was chosen. The checked entries and the typed text are kept.
    Action {
        value: T,
        checked: Vec<usize>,
        typed: String,
    },
}

impl Prompt {
    /// Asks for one of many choices.
    pub(crate) fn search<T>(&self, search: ListSearch<'_, T>) -> Result<SearchAnswer<T>, PromptError> {
        let ListSearch { question, choices, fixed, offer, typed, at } = search;
        let shown: Vec<Choice<()>> = choices.iter().chain(&fixed).map(without_value).collect();
        let searched = choices.len();
        let (entry, typed) = if self.is_drawn() {
            let offers = |text: &str| is_new(text, &shown) && offer(text).is_some();
            let searched = lines(&shown, self.width(), self.glyphs.ellipsis).into_iter().take(searched).collect();
            let headings = shown.iter().enumerate().filter(|(_, choice)| choice.heading.is_some());
            let headings = headings.map(|(place, _)| place).collect();
            let list = List::new(searched, fixed.len(), &offers).with_headings(headings);
            let list = list.pointing_at(at).with_search(typed);
            match self.listed(question, list, &shown, &|text| offer(text).map(|choice| without_value(&choice)))? {
                (ListKeyResult::Entry(entry), typed, _) => (entry, typed),
                (ListKeyResult::Back | ListKeyResult::Checked | ListKeyResult::On, ..) => {
                    return Err(PromptError::Back);
                }
            }
        } else {
            self.searched_numbered(question, &shown, at, &|text| offer(text).map(|choice| without_value(&choice)))?
        };
        let value = choices.into_iter().chain(fixed).nth(entry).or_else(|| offer(&typed)).map(|choice| choice.value);
        Ok(SearchAnswer { value: value.ok_or(PromptError::Back)?, typed })
    }

    /// Asks for any number of choices.
    pub(crate) fn select<T>(&self, select: Select<'_, T>) -> Result<Selection<T>, PromptError> {
        let Select { question, choices, checked, groups, fixed, offer, typed, needs_one } = select;
        let named = groups.iter().map(|(name, _)| Choice::new(name.as_str(), "", ()));
        let shown: Vec<Choice<()>> =
            choices.iter().cloned().chain(named).chain(fixed.iter().map(without_value)).collect();
        let checks = Checks {
            checked: (0..choices.len()).map(|place| checked.contains(&place)).collect(),
            refused: choices.iter().map(|choice| choice.refusal.is_some()).collect(),
            groups: groups.into_iter().map(|(_, places)| places).collect(),
            takes_one: needs_one,
        };
        let actions = choices.len() + checks.groups.len();
        let bare = |text: &str| offer(text).map(|choice| without_value(&choice));
        let (taken, typed, checked) = if self.is_drawn() {
            let offers = |text: &str| is_new(text, &choices) && offer(text).is_some();
            let searched = lines(&shown, self.width(), self.glyphs.ellipsis).into_iter().take(choices.len()).collect();
            let list = List::new(searched, fixed.len(), &offers).with_checks(checks).with_search(typed);
            self.listed(question, list, &shown, &bare)?
        } else {
            self.several_numbered(question, &shown, checks, &bare)?
        };
        match taken {
            ListKeyResult::Entry(entry) => {
                let action = entry.checked_sub(actions).and_then(|at| fixed.into_iter().nth(at));
                let value = action.or_else(|| offer(&typed)).ok_or(PromptError::Back)?.value;
                Ok(Selection::Action { value, checked, typed })
            }
            ListKeyResult::Checked => Ok(Selection::Checked(checked)),
            ListKeyResult::Back | ListKeyResult::On => Err(PromptError::Back),
        }
    }

    /// Draws a list until an entry is taken. Also returns the typed text and the checked entries.
    fn listed(
        &self,
        question: &str,
        mut list: List<'_>,
        shown: &[Choice<()>],
        offer: &dyn Fn(&str) -> Option<Choice<()>>,
    ) -> Result<(ListKeyResult, String, Vec<usize>), PromptError> {
        if list.search().is_empty() {
            list = list.with_search(&self.left_text(question));
        }
        let mut canvas = Canvas::new(&self.term, self.glyphs.ellipsis);
        let _ = self.term.hide_cursor();
        // The reason is shown until the next key.
        let mut refusal: Option<String> = None;
        let taken = loop {
            let typed = list.search().text().trim().to_owned();
            let listed: Vec<Choice<()>> = shown.iter().cloned().chain(offer(&typed)).collect();
            let drawn = entries(&listed, self.width(), self.glyphs.ellipsis);
            if let Some(why) = &refusal {
                self.problem(why, None);
            }
            let taken = list.taken_by_enter().and_then(|entry| listed.get(entry)).map(|choice| choice.label.as_str());
            let mut head = self.head(&with_count(question, &list, taken));
            let (before, room) = self.before_typing("  search");
            head.push(format!("{before}{}", list.search().shown(room).0));
            let rows = list.rows(self.list_lines(&head));
            let rows = self.rows(&rows, &drawn, |place| list.check(place));
            let key = self.drawn(&mut canvas, head, &rows)?;
            if refusal.take().is_some() {
                self.forget_problem();
            }
            let taken = list.press(&key);
            let refused = match taken {
                ListKeyResult::Entry(entry) => Some(entry),
                ListKeyResult::Back | ListKeyResult::Checked | ListKeyResult::On => list.refused(),
            };
            refusal = refused.and_then(|entry| listed.get(entry)?.refusal.clone());
            match taken {
                ListKeyResult::On => {}
                ListKeyResult::Entry(_) if refusal.is_some() => {}
                ListKeyResult::Entry(_) | ListKeyResult::Checked | ListKeyResult::Back => break taken,
            }
        };
        self.remove_question(canvas);
        let left = if taken == ListKeyResult::Back { list.cleared() } else { "" };
        self.remember_text(question, left);
        Ok((taken, list.search().text().trim().to_owned(), list.checked()))
    }
}

/// Adds the keys and the number of selected entries to a question. `taken` is the entry that Enter alone would take.
fn with_count(question: &str, list: &List<'_>, taken: Option<&str>) -> String {
    match (list.checked().len(), taken) {
        _ if !list.has_checks() => question.to_owned(),
        (0, Some(taken)) => format!("{question} (Space toggles, Enter takes `{taken}`)"),
        (0, None) => format!("{question} (Space toggles, Enter continues)"),
        (count, _) => format!("{question} ({count} selected; Space toggles, Enter continues)"),
    }
}

fn without_value<T>(choice: &Choice<T>) -> Choice<()> {
    let bare = Choice::new(choice.label.as_str(), choice.note.as_str(), ());
    bare.refused(choice.refusal.clone()).below(choice.heading.as_deref())
}

/// Returns whether no entry has this name.
fn is_new(text: &str, choices: &[Choice<()>]) -> bool {
    choices.iter().all(|choice| choice.label != text)
}
