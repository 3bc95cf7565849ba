//! Prompts as plain lines: nothing is redrawn, and entries are chosen by number.
//!
//! For dumb terminals and screen readers.

use dialoguer::console::Key;

use super::clean::clean;
use super::prompt::{Choice, Prompt, Start, Unanswered};
use super::talk::{talk, talk_wrapped};

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
    ) -> Result<usize, Unanswered> {
        talk_wrapped("", 2, &clean(question));
        print(choices, |_| true);
        loop {
            let typed = self.typed_line(&format!("number, Esc to go back [{}]: ", default + 1))?;
            match number(&typed, choices.len(), default) {
                Some(place) => return Ok(place),
                None => self.problem(&format!("`{typed}` is not a number from 1 to {}", choices.len()), None),
            }
        }
    }

    /// Asks for any number of a few choices; `chosen` are the default.
    pub(super) fn several_numbered<T>(
        &self,
        question: &str,
        choices: &[Choice<T>],
        chosen: &[usize],
    ) -> Result<Vec<usize>, Unanswered> {
        talk_wrapped("", 2, &clean(question));
        print(choices, |_| true);
        let default: Vec<String> = chosen.iter().map(|place| (place + 1).to_string()).collect();
        loop {
            let prompt = format!("numbers separated by commas, `none`, Esc to go back [{}]: ", default.join(","));
            let typed = self.typed_line(&prompt)?;
            if let Some(places) = numbers(&typed, choices.len(), chosen) {
                return Ok(places);
            }
            let hint = format!("use numbers from 1 to {}, such as `1,2`", choices.len());
            self.problem(&format!("`{typed}` is not a list of numbers"), Some(&hint));
        }
    }

    /// Asks for one of many choices, by its number or part of its name.
    pub(super) fn searched_numbered<T>(&self, question: &str, choices: &[Choice<T>]) -> Result<usize, Unanswered> {
        talk_wrapped("", 2, &clean(question));
        // Enter selects the first entry of the last printed ones.
        let mut first = None;
        if choices.len() <= FEW {
            print(choices, |_| true);
            first = Some(0);
        } else {
            talk(&format!("  {} to choose from", choices.len()));
        }
        let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
        loop {
            let default = first.map(|place| format!(" [{}]", place + 1)).unwrap_or_default();
            let typed = self.typed_line(&format!("number or part of a name, Esc to go back{default}: "))?;
            if let (Some(place), true) = (first, typed.trim().is_empty()) {
                return Ok(place);
            }
            match search(&typed, &labels) {
                Fit::One(place) => return Ok(place),
                Fit::None => self.problem(&format!("no match for `{typed}`"), None),
                Fit::Several(places) => {
                    print(choices, |place| places.iter().take(MAX_MATCHES).any(|fit| *fit == place));
                    if let Some(more @ 1..) = places.len().checked_sub(MAX_MATCHES) {
                        talk(&format!("  and {more} more"));
                    }
                    first = places.first().copied();
                }
            }
        }
    }

    /// Asks for a line of text; Enter alone keeps the given one.
    pub(super) fn line(&self, question: &str, start: Start<'_>) -> Result<String, Unanswered> {
        let (Start::Text(there) | Start::Suggestion(there)) = start;
        let shown = clean(there);
        let default = match start {
            _ if there.is_empty() => String::new(),
            Start::Text(_) => format!(" [{shown}; type a space for none]"),
            Start::Suggestion(_) => format!(" [{shown}]"),
        };
        let typed = self.typed_line(&format!("{}{default}: ", clean(question)))?;
        Ok(if typed.is_empty() { there.to_owned() } else { typed })
    }

    /// Reads a typed line, printing only its own characters.
    #[expect(clippy::wildcard_enum_match_arm, reason = "every other key is ignored")]
    fn typed_line(&self, prompt: &str) -> Result<String, Unanswered> {
        let mut typed = String::new();
        let _ = self.term.write_str(prompt);
        loop {
            let key = self.heard(self.term.read_key())?;
            let echo = match key {
                Key::Enter => break,
                Key::Escape => {
                    let _ = self.term.write_line("");
                    return Err(Unanswered::Back);
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

/// Prints the wanted entries, each with its number.
fn print<T>(choices: &[Choice<T>], is_wanted: impl Fn(usize) -> bool) {
    for (place, choice) in choices.iter().enumerate().filter(|(place, _)| is_wanted(*place)) {
        let note = if choice.note.is_empty() { String::new() } else { format!(" - {}", clean(&choice.note)) };
        talk_wrapped(&format!("  {:>2}  ", place + 1), 6, &format!("{}{note}", clean(&choice.label)));
    }
}

/// Parses a number from 1 into an index.
fn number(typed: &str, entries: usize, default: usize) -> Option<usize> {
    let typed = typed.trim();
    let place = if typed.is_empty() {
        Some(default)
    } else {
        typed.parse().ok().and_then(|number: usize| number.checked_sub(1))
    };
    place.filter(|place| *place < entries)
}

/// Parses a list of numbers into indexes.
fn numbers(typed: &str, entries: usize, default: &[usize]) -> Option<Vec<usize>> {
    match typed.trim() {
        "" => Some(default.to_vec()),
        "none" => Some(Vec::new()),
        typed => {
            let words = typed.split([',', ' ']).filter(|word| !word.is_empty());
            let places: Option<Vec<usize>> = words.map(|word| number(word, entries, entries)).collect();
            places.filter(|places| !places.is_empty())
        }
    }
}

/// The result of a search.
#[derive(Debug, Eq, PartialEq)]
enum Fit {
    One(usize),
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
        [one] => Fit::One(*one),
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
    fn numbers_are_separated_by_commas_or_spaces() {
        for (typed, places) in [
            ("", Some(vec![0])),
            ("none", Some(vec![])),
            ("1,3", Some(vec![0, 2])),
            ("1, 3", Some(vec![0, 2])),
            ("2 3", Some(vec![1, 2])),
            (",", None),
            ("1,4", None),
            ("a", None),
        ] {
            assert_eq!(numbers(typed, 3, &[0]), places, "{typed}");
        }
    }

    #[test]
    fn a_name_a_number_or_part_of_a_name_finds_an_entry() {
        let labels = ["web", "web-2", "api", "2"];
        for (typed, fit) in [
            ("web", Fit::One(0)),
            ("WEB-", Fit::One(1)),
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
