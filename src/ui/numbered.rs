//! Prompts as plain lines: nothing is redrawn, and entries are chosen by number.
//!
//! For dumb terminals and screen readers.

use dialoguer::console::Key;

use super::choice::Choice;
use super::clean::clean;
use super::list::{Checks, ListKeyResult};
use super::prompt::{Prompt, PromptError};
use super::streams::{stderr, stderr_wrapped};

/// Lists of up to this many entries are printed in full.
const FEW: usize = 20;

/// At most this many matches of a search are printed.
const MAX_MATCHES: usize = 50;

impl Prompt {
    /// Asks for one of a few choices and returns its index.
    pub(super) fn numbered<T>(
        &self,
        question: &str,
        choices: &[Choice<T>],
        default: usize,
    ) -> Result<usize, PromptError> {
        stderr_wrapped("", 2, &clean(question));
        print(choices, |_| true);
        loop {
            let typed = self.typed_line(&format!("number, Esc to go back [{}]: ", default + 1))?;
            match number(&typed, choices.len(), default) {
                Some(place) => match choices.get(place).and_then(|choice| choice.refusal.as_deref()) {
                    Some(why) => self.problem(why, None),
                    None => return Ok(place),
                },
                None => self.problem(&format!("`{typed}` is not a number from 1 to {}", choices.len()), None),
            }
        }
    }

    /// Asks for any number of choices, by their numbers or names. Returns the same as `List`: how it ended, the typed
    /// text and the checked entries.
    pub(super) fn several_numbered(
        &self,
        question: &str,
        choices: &[Choice<()>],
        mut checks: Checks,
        offer: &dyn Fn(&str) -> Option<Choice<()>>,
    ) -> Result<(ListKeyResult, String, Vec<usize>), PromptError> {
        stderr_wrapped("", 2, &clean(question));
        print_some(choices, checks.checked.len());
        let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
        loop {
            let checked = checks.places();
            let default: Vec<String> = checked.iter().map(|place| (place + 1).to_string()).collect();
            let default = match default.as_slice() {
                [] if checks.takes_one => "1".to_owned(),
                [] => "none".to_owned(),
                numbers => numbers.join(","),
            };
            let none = if checks.takes_one { "" } else { ", or `none`" };
            let typed =
                self.typed_line(&format!("numbers or names, separated by commas{none}, Esc to go back [{default}]: "))?;
            let typed = match typed.trim() {
                "" => default,
                typed => typed.to_owned(),
            };
            if typed == "none" && !checks.takes_one {
                return Ok((ListKeyResult::Checked, String::new(), Vec::new()));
            }
            match several(&typed, &labels) {
                Parsed::Places(places) => match self.taken(choices, &mut checks, &places) {
                    Some(ListKeyResult::Entry(entry)) => {
                        return Ok((ListKeyResult::Entry(entry), String::new(), checked));
                    }
                    Some(taken) => return Ok((taken, String::new(), checks.places())),
                    None => {}
                },
                Parsed::Matches(places) => print_matches(choices, &places),
                Parsed::Unknown(word) => match offer(&typed) {
                    Some(Choice { refusal: Some(why), .. }) => self.problem(&why, None),
                    Some(_) => return Ok((ListKeyResult::Entry(choices.len()), typed, checked)),
                    None => {
                        self.problem(&format!("no match for `{word}`"), Some("use numbers or names, such as `1,2`"));
                    }
                },
            }
        }
    }

    /// Checks these entries. If one of them is an action, returns the action instead. If one of them can't be chosen,
    /// returns `None`.
    fn taken(&self, choices: &[Choice<()>], checks: &mut Checks, places: &[usize]) -> Option<ListKeyResult> {
        let searched = checks.checked.len();
        let actions = searched + checks.groups.len();
        if let Some(action) = places.iter().find(|place| **place >= actions) {
            return Some(ListKeyResult::Entry(*action));
        }
        let refusals = places.iter().filter_map(|place| choices.get(*place)?.refusal.as_deref());
        let refusals: Vec<&str> = refusals.collect();
        if !refusals.is_empty() {
            for why in refusals {
                self.problem(why, None);
            }
            return None;
        }
        checks.checked.fill(false);
        for place in places {
            match place.checked_sub(searched).and_then(|group| checks.groups.get(group).cloned()) {
                Some(group) => checks.check(&group),
                None => checks.check(&[*place]),
            }
        }
        checks.checked.contains(&true).then_some(ListKeyResult::Checked)
    }

    /// Asks for one of many choices, by number or by part of a name; `at` is the default. Returns the index of the
    /// choice and the typed text. The index `choices.len()` stands for the offer made for the typed text.
    pub(super) fn searched_numbered(
        &self,
        question: &str,
        choices: &[Choice<()>],
        at: usize,
        offer: &dyn Fn(&str) -> Option<Choice<()>>,
    ) -> Result<(usize, String), PromptError> {
        stderr_wrapped("", 2, &clean(question));
        // Enter alone takes this entry.
        let mut default = Default::Entry(at);
        if choices.len() <= FEW {
            print(choices, |_| true);
        } else {
            stderr(&format!("  {} to choose from", choices.len()));
        }
        let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
        // The offer has the number after the entries.
        let mut offered: Option<String> = None;
        loop {
            let typed = self.typed_line(&format!("number or name, Esc to go back [{}]: ", default.words()))?;
            let typed = typed.trim();
            let is_offer = number(typed, choices.len() + 1, choices.len() + 1) == Some(choices.len());
            if let Some(before) = offered.as_ref().filter(|_| is_offer) {
                return Ok((choices.len(), before.clone()));
            }
            let usable = || offer(typed).filter(|choice| choice.refusal.is_none());
            let place = match (&default, search(typed, &labels)) {
                (Default::Entry(place), _) if typed.is_empty() => *place,
                (Default::Offer { typed: before, .. }, _) if typed.is_empty() => {
                    return Ok((choices.len(), before.clone()));
                }
                (_, Fit::One(place)) => place,
                (_, Fit::Part(place)) => match usable() {
                    Some(choice) => {
                        Self::print_offer(choices, &[place], &choice);
                        (default, offered) = (Default::Entry(place), Some(typed.to_owned()));
                        continue;
                    }
                    None => place,
                },
                (_, Fit::None) => {
                    match offer(typed) {
                        Some(Choice { refusal: Some(why), .. }) => self.problem(&why, None),
                        Some(choice) => {
                            default = Default::Offer { typed: typed.to_owned(), label: choice.label };
                            stderr(&format!("  no match; Enter takes `{}`", clean(&default.words())));
                        }
                        None => self.problem(&format!("no match for `{typed}`"), None),
                    }
                    continue;
                }
                (_, Fit::Several(places)) => {
                    match usable() {
                        Some(choice) => {
                            Self::print_offer(choices, &places, &choice);
                            offered = Some(typed.to_owned());
                        }
                        None => print_matches(choices, &places),
                    }
                    default = Default::Entry(places.first().copied().unwrap_or_default());
                    continue;
                }
            };
            match choices.get(place).and_then(|choice| choice.refusal.as_deref()) {
                Some(why) => self.problem(why, None),
                None => return Ok((place, String::new())),
            }
        }
    }

    /// Prints the entries that match a typed text, and the choice for the text itself.
    fn print_offer(choices: &[Choice<()>], places: &[usize], offer: &Choice<()>) {
        print_matches(choices, places);
        stderr_wrapped(&format!("  {:>2}  ", choices.len() + 1), 6, &clean(&offer.label));
    }

    /// Asks for a line of text; Enter alone keeps the given text.
    pub(super) fn line(&self, question: &str, start: &str) -> Result<String, PromptError> {
        let kept = match clean(start) {
            shown if shown.is_empty() => String::new(),
            shown => format!(" [{shown}; type a space for none]"),
        };
        let typed = self.typed_line(&format!("{}{kept}: ", clean(question)))?;
        Ok(if typed.is_empty() { start.to_owned() } else { typed })
    }

    /// Reads a typed line. Echoes only printable characters.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other key is ignored")]
    fn typed_line(&self, prompt: &str) -> Result<String, PromptError> {
        let mut typed = String::new();
        let _ = self.term.write_str(prompt);
        loop {
            let key = self.heard(self.term.read_key())?;
            let echo = match key {
                Key::Enter => break,
                Key::Escape => {
                    let _ = self.term.write_line("");
                    return Err(PromptError::Back);
                }
                Key::Backspace => typed.pop().map(|_| "\u{8} \u{8}".to_owned()).unwrap_or_default(),
                Key::Char(c) if !c.is_control() => {
                    typed.push(c);
                    c.to_string()
                }
                _ => String::new(),
            };
            let _ = self.term.write_str(&echo);
        }
        let _ = self.term.write_line("");
        Ok(typed)
    }
}

/// What Enter alone takes.
enum Default {
    Entry(usize),
    Offer { typed: String, label: String },
}

impl Default {
    fn words(&self) -> String {
        match self {
            Self::Entry(place) => (place + 1).to_string(),
            Self::Offer { label, .. } => label.clone(),
        }
    }
}

/// Prints a short list in full. Of a long list, prints only the entries after the first `searched` entries.
fn print_some(choices: &[Choice<()>], searched: usize) {
    if choices.len() <= FEW {
        print(choices, |_| true);
    } else {
        stderr(&format!("  {searched} to choose from: type part of a name to list those that match"));
        print(choices, |place| place >= searched);
    }
}

/// Prints the entries that match.
fn print_matches(choices: &[Choice<()>], places: &[usize]) {
    print(choices, |place| places.iter().take(MAX_MATCHES).any(|fit| *fit == place));
    if let Some(more @ 1..) = places.len().checked_sub(MAX_MATCHES) {
        stderr(&format!("  and {more} more"));
    }
}

/// Prints the selected entries, each with its number.
fn print<T>(choices: &[Choice<T>], is_wanted: impl Fn(usize) -> bool) {
    for (place, choice) in choices.iter().enumerate().filter(|(place, _)| is_wanted(*place)) {
        if let Some(heading) = &choice.heading {
            stderr_wrapped("  ", 2, &clean(heading));
        }
        let note = if choice.note.is_empty() { String::new() } else { format!(" - {}", clean(&choice.note)) };
        stderr_wrapped(&format!("  {:>2}  ", place + 1), 6, &format!("{}{note}", clean(&choice.label)));
    }
}

/// Parses a number, counted from 1, into an index.
fn number(typed: &str, entries: usize, default: usize) -> Option<usize> {
    let typed = typed.trim();
    let place = if typed.is_empty() {
        Some(default)
    } else {
        typed.parse().ok().and_then(|number: usize| number.checked_sub(1))
    };
    place.filter(|place| *place < entries)
}

/// The meaning of a list of numbers and names.
#[derive(Debug, Eq, PartialEq)]
enum Parsed {
    Places(Vec<usize>),
    /// A word that is part of several names.
    Matches(Vec<usize>),
    /// A word that matches nothing.
    Unknown(String),
}

/// Parses a list of numbers and names.
fn several(typed: &str, labels: &[&str]) -> Parsed {
    let mut places = Vec::new();
    for word in typed.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        // Numbers may also be separated by spaces.
        let numbers: Option<Vec<usize>> =
            word.split_whitespace().map(|word| number(word, labels.len(), labels.len())).collect();
        match (search(word, labels), numbers) {
            (Fit::One(place) | Fit::Part(place), _) => places.push(place),
            (_, Some(numbers)) => places.extend(numbers),
            (Fit::None, None) => return Parsed::Unknown(word.to_owned()),
            (Fit::Several(matches), None) => return Parsed::Matches(matches),
        }
    }
    if places.is_empty() { Parsed::Unknown(typed.to_owned()) } else { Parsed::Places(places) }
}

/// The result of a search.
#[derive(Debug, Eq, PartialEq)]
enum Fit {
    /// A number or a whole name.
    One(usize),
    /// Part of a single name.
    Part(usize),
    None,
    Several(Vec<usize>),
}

/// Finds entries. A whole name wins over a number, and a number over part of a name.
fn search(typed: &str, labels: &[&str]) -> Fit {
    let typed = typed.trim();
    if let Some(place) = labels.iter().position(|label| *label == typed) {
        return Fit::One(place);
    }
    if !typed.is_empty()
        && let Some(place) = number(typed, labels.len(), labels.len())
    {
        return Fit::One(place);
    }
    let wanted = typed.to_lowercase();
    let places = labels.iter().enumerate().filter(|(_, label)| label.to_lowercase().contains(&wanted));
    let places: Vec<usize> = places.map(|(place, _)| place).collect();
    match places.as_slice() {
        [] => Fit::None,
        [one] => Fit::Part(*one),
        _ => Fit::Several(places),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_selects_an_entry_and_enter_the_default() {
        for (typed, place) in
            [("", Some(1)), ("1", Some(0)), (" 3 ", Some(2)), ("0", None), ("4", None), ("-1", None), ("x", None)]
        {
            assert_eq!(number(typed, 3, 1), place, "{typed}");
        }
    }

    #[test]
    fn numbers_and_names_are_separated_by_commas() {
        let places = |places: &[usize]| Parsed::Places(places.to_vec());
        let unknown = |word: &str| Parsed::Unknown(word.to_owned());
        for (typed, parsed) in [
            ("1,3", places(&[0, 2])),
            ("1, web", places(&[0, 1])),
            ("2 3", places(&[1, 2])),
            ("ap", Parsed::Matches(vec![0, 2])),
            (",", unknown(",")),
            ("1,4", unknown("4")),
        ] {
            assert_eq!(several(typed, &["api", "web", "app"]), parsed, "{typed}");
        }
    }

    #[test]
    fn a_name_a_number_or_part_of_a_name_finds_an_entry() {
        let labels = ["web", "web-2", "api", "2"];
        for (typed, fit) in [
            ("web", Fit::One(0)),
            ("WEB-", Fit::Part(1)),
            ("3", Fit::One(2)),
            ("2", Fit::One(3)),
            ("we", Fit::Several(vec![0, 1])),
            ("", Fit::Several(vec![0, 1, 2, 3])),
            ("x", Fit::None),
        ] {
            assert_eq!(search(typed, &labels), fit, "{typed}");
        }
    }
}
