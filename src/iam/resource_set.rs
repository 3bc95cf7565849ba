//! A set of resources, described by the form of their ARNs. A policy pattern matches all of the set, a part of it, or
//! nothing.
//!
//! A log service writes many keys, with any date and with random parts. Judging a policy by one made-up key would be
//! wrong: the policy could allow this key and deny most others, or the reverse.

use std::collections::BTreeSet;
use std::fmt;

use super::glob::{Pattern, Token};
use super::truth::Truth;

/// The maximum number of states to compare. Above this number, the answer is "a part", which is less certain but never
/// wrong.
const MAX_STATES: usize = 50_000;

/// The characters that can appear at a place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Letters {
    /// `0` to `9`.
    Digit,
    /// ASCII letters and digits.
    Word,
    /// Characters of file names: ASCII letters, digits, `-`, `_`, `.` and `:`.
    Name,
    OneOf(&'static [char]),
    /// Any character.
    Any,
}

/// A part of an ARN's form.
#[derive(Clone, Debug, Eq, PartialEq)]
enum ArnPart {
    Text(String),
    /// `count` characters. Without a count, one or more characters.
    Some {
        letters: Letters,
        count: Option<usize>,
        shown: &'static str,
    },
}

/// A position in an ARN of the set.
#[derive(Clone, Copy, Debug)]
enum ArnPosition {
    Literal(char),
    One(Letters),
    Many(Letters),
}

/// The text that displays and marks a year or a month.
const YEAR: &str = "YYYY";
const MONTH: &str = "MM";

const DIGITS: &[char] = &['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

/// A set of resources.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ResourceSet {
    parts: Vec<ArnPart>,
    /// The earliest year and month, if the names contain a date.
    since: Option<(u16, u8)>,
}

/// How much of a set a pattern matches.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Coverage {
    All,
    Part,
    Nothing,
}

impl From<Coverage> for Truth {
    fn from(coverage: Coverage) -> Self {
        match coverage {
            Coverage::All => Self::True,
            Coverage::Part => Self::Unknown,
            Coverage::Nothing => Self::False,
        }
    }
}

impl From<String> for ResourceSet {
    fn from(text: String) -> Self {
        Self { parts: vec![ArnPart::Text(text)], since: None }
    }
}

impl From<&str> for ResourceSet {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Letters {
    fn contains(self, c: char) -> bool {
        match self {
            Self::Digit => c.is_ascii_digit(),
            Self::Word => c.is_ascii_alphanumeric(),
            Self::Name => c.is_ascii_alphanumeric() || "-_.:".contains(c),
            Self::OneOf(these) => these.contains(&c),
            Self::Any => true,
        }
    }

    /// Returns the characters that a pattern names, and one other character that represents the rest.
    fn representatives(self, named: &BTreeSet<char>) -> Vec<char> {
        let other = match self {
            Self::OneOf(these) => return these.to_vec(),
            Self::Any => ('\u{e000}'..='\u{f8ff}').find(|c| !named.contains(c)),
            Self::Digit | Self::Word | Self::Name => (' '..='~').find(|c| self.contains(*c) && !named.contains(c)),
        };
        named.iter().copied().filter(|c| self.contains(*c)).chain(other).collect()
    }
}

impl ResourceSet {
    /// Appends a text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(ArnPart::Text(text.into()));
        self
    }

    /// Appends `count` characters, displayed as `shown`.
    #[must_use]
    pub fn some(mut self, letters: Letters, count: usize, shown: &'static str) -> Self {
        self.parts.push(ArnPart::Some { letters, count: Some(count), shown });
        self
    }

    /// Appends one or more characters, displayed as `shown`.
    #[must_use]
    pub fn many(mut self, letters: Letters, shown: &'static str) -> Self {
        self.parts.push(ArnPart::Some { letters, count: None, shown });
        self
    }

    /// Appends a year and a month with this separator.
    #[must_use]
    pub fn month(self, sign: &str) -> Self {
        self.some(Letters::Digit, 4, YEAR).text(sign).some(Letters::Digit, 2, MONTH)
    }

    /// Returns the set without names that are older than this month.
    #[must_use]
    pub fn since(self, month: (u16, u8)) -> Self {
        Self { since: Some(month), ..self }
    }

    /// Returns the resource, if the set contains only one.
    fn only(&self) -> Option<String> {
        let text = |part: &ArnPart| match part {
            ArnPart::Text(text) => Some(text.clone()),
            ArnPart::Some { .. } => None,
        };
        self.parts.iter().map(text).collect()
    }

    /// Returns how much of the set the pattern matches.
    pub(crate) fn within(&self, pattern: &Pattern) -> Coverage {
        let any_month = self.any_month_covers(pattern);
        let Some(since) = self.since.filter(|_| any_month == Coverage::Part) else { return any_month };
        // Restricting only one of the dates gives a superset of this set. A pattern that matches all or nothing of the
        // superset matches all or nothing of this set.
        let by_date =
            self.dates().map(|at| joined(self.later(at, since).iter().map(|set| set.any_month_covers(pattern))));
        by_date.into_iter().flatten().find(|coverage| *coverage != Coverage::Part).unwrap_or(Coverage::Part)
    }

    /// Returns the position of the year, with a separator and a month after it.
    fn dates(&self) -> impl Iterator<Item = usize> {
        let is = |at: usize, wanted: &str| matches!(self.parts.get(at), Some(ArnPart::Some { shown, .. }) if *shown == wanted);
        (0..self.parts.len()).filter(move |at| is(*at, YEAR) && is(at + 2, MONTH))
    }

    /// Returns the sets with this month or a later month at a position.
    fn later(&self, at: usize, (year, month): (u16, u8)) -> Vec<Self> {
        let year = format!("{year:04}");
        let with = |middle: Vec<ArnPart>, rest: usize| {
            let parts = self.parts.iter().take(at).cloned().chain(middle).chain(self.parts.iter().skip(rest).cloned());
            Self { parts: parts.collect(), since: self.since }
        };
        let digits = |letters: Letters, count: usize| ArnPart::Some { letters, count: Some(count), shown: "*" };
        let mut sets = Vec::new();
        for (place, digit) in year.chars().enumerate() {
            // The same leading digits, followed by a greater digit.
            let greater = DIGITS.iter().position(|known| *known == digit).and_then(|known| DIGITS.get(known + 1..));
            let Some(greater) = greater.filter(|greater| !greater.is_empty()) else { continue };
            let same = ArnPart::Text(year.chars().take(place).collect());
            sets.push(with(vec![same, digits(Letters::OneOf(greater), 1), digits(Letters::Digit, 3 - place)], at + 1));
        }
        for month in month..=12 {
            let sign = self.parts.get(at + 1).cloned();
            let middle = [Some(ArnPart::Text(year.clone())), sign, Some(ArnPart::Text(format!("{month:02}")))];
            sets.push(with(middle.into_iter().flatten().collect(), at + 3));
        }
        sets
    }

    fn any_month_covers(&self, pattern: &Pattern) -> Coverage {
        if let Some(only) = self.only() {
            return if pattern.matches(&only) { Coverage::All } else { Coverage::Nothing };
        }
        let (places, tokens) = (self.places(), pattern.tokens());
        // Most patterns already differ in their first or last character.
        let first = places.iter().zip(tokens).find_map(|(place, token)| differs(*place, *token));
        let last = places.iter().rev().zip(tokens.iter().rev()).find_map(|(place, token)| differs(*place, *token));
        if first == Some(true) || last == Some(true) {
            return Coverage::Nothing;
        }
        let named = tokens.iter().filter_map(|token| match token {
            Token::Literal(c) => Some(*c),
            Token::AnyOne | Token::AnyMany => None,
        });
        OverlapSearch { places: &places, tokens, named: named.collect() }.coverage()
    }

    fn places(&self) -> Vec<ArnPosition> {
        let places = |part: &ArnPart| -> Vec<ArnPosition> {
            match part {
                ArnPart::Text(text) => text.chars().map(ArnPosition::Literal).collect(),
                ArnPart::Some { letters, count: Some(count), .. } => vec![ArnPosition::One(*letters); *count],
                ArnPart::Some { letters, count: None, .. } => {
                    vec![ArnPosition::One(*letters), ArnPosition::Many(*letters)]
                }
            }
        };
        self.parts.iter().flat_map(places).collect()
    }
}

impl fmt::Display for ResourceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.parts.iter().try_for_each(|part| match part {
            ArnPart::Text(text) => f.write_str(text),
            ArnPart::Some { shown, .. } => f.write_str(shown),
        })
    }
}

/// Combines the coverage of several sets.
fn joined(mut each: impl Iterator<Item = Coverage>) -> Option<Coverage> {
    let first = each.next()?;
    Some(if each.all(|other| other == first) { first } else { Coverage::Part })
}

/// Returns whether a literal place and a literal token differ. If either is not literal, returns `None`.
fn differs(place: ArnPosition, token: Token) -> Option<bool> {
    match (place, token) {
        (ArnPosition::Literal(one), Token::Literal(other)) if one == other => None,
        (ArnPosition::Literal(_), Token::Literal(_)) => Some(true),
        (_, _) => Some(false),
    }
}

/// Walks through the set and the pattern together, position by position. A state consists of the possible positions in the
/// pattern.
struct OverlapSearch<'a> {
    places: &'a [ArnPosition],
    tokens: &'a [Token],
    named: BTreeSet<char>,
}

/// Distinct positions in a pattern, in ascending order. There are rarely more than three.
type Positions = Vec<usize>;

impl OverlapSearch<'_> {
    fn coverage(&self) -> Coverage {
        let (mut matched, mut unmatched, mut count) = (false, false, 0);
        let mut states = vec![self.closed(vec![0])];
        for place in self.places {
            states.retain(|within| {
                let (never, always) = (within.is_empty(), self.matches_anyway(within));
                unmatched |= never;
                matched |= always;
                !never && !always
            });
            count += states.len();
            if (matched && unmatched) || count > MAX_STATES {
                return Coverage::Part;
            }
            states = self.after(*place, &states);
        }
        for within in &states {
            let is_match = within.contains(&self.tokens.len()) || self.matches_anyway(within);
            *if is_match { &mut matched } else { &mut unmatched } = true;
        }
        match (matched, unmatched) {
            (true, true) => Coverage::Part,
            (true, false) => Coverage::All,
            (false, _) => Coverage::Nothing,
        }
    }

    /// Returns whether every remaining text matches, as after a final `*`. If `within` is empty, no text matches.
    fn matches_anyway(&self, within: &[usize]) -> bool {
        within.iter().any(|token| self.tokens.get(*token..).is_some_and(is_anything))
    }

    /// Returns the distinct states after a place.
    fn after(&self, place: ArnPosition, states: &[Positions]) -> Vec<Positions> {
        let by = |letters: Letters, states: &[Positions]| -> Vec<Positions> {
            let letters = letters.representatives(&self.named);
            states.iter().flat_map(|within| letters.iter().map(|c| self.step(within, *c))).collect()
        };
        let mut after = match place {
            ArnPosition::Literal(c) => states.iter().map(|within| self.step(within, c)).collect(),
            ArnPosition::One(letters) => by(letters, states),
            ArnPosition::Many(letters) => {
                let (mut all, mut new) = (states.to_vec(), states.to_vec());
                while !new.is_empty() && all.len() <= MAX_STATES {
                    new = by(letters, &new);
                    new.sort_unstable();
                    new.dedup();
                    new.retain(|within| !all.contains(within));
                    all.extend(new.iter().cloned());
                }
                all
            }
        };
        after.sort_unstable();
        after.dedup();
        after
    }

    fn step(&self, within: &[usize], c: char) -> Positions {
        let next = |token: &usize| match self.tokens.get(*token)? {
            Token::AnyMany => Some(*token),
            Token::AnyOne => Some(token + 1),
            Token::Literal(wanted) => (*wanted == c).then_some(token + 1),
        };
        self.closed(within.iter().filter_map(next).collect())
    }

    /// Adds the position after each `*`, because a `*` can match nothing. Drops the positions before the last `*`,
    /// because this `*` matches everything that they could match.
    fn closed(&self, mut within: Positions) -> Positions {
        let is_star = |token: &usize| self.tokens.get(*token) == Some(&Token::AnyMany);
        let mut next: Vec<usize> = within.iter().copied().filter(is_star).collect();
        while let Some(star) = next.pop() {
            within.push(star + 1);
            if is_star(&(star + 1)) {
                next.push(star + 1);
            }
        }
        if let Some(last) = within.iter().copied().filter(is_star).max() {
            within.retain(|token| *token >= last);
        }
        within.sort_unstable();
        within.dedup();
        within
    }
}

fn is_anything(rest: &[Token]) -> bool {
    !rest.is_empty() && rest.iter().all(|token| *token == Token::AnyMany)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    impl ResourceSet {
        /// Returns a random member.
        pub(crate) fn member(&self, random: &mut fastrand::Rng) -> String {
            let letters = |letters: Letters, random: &mut fastrand::Rng| match letters {
                Letters::Digit => char::from(b'0' + random.u8(..10)),
                Letters::Word | Letters::Any => random.alphanumeric(),
                Letters::Name => *random.choice(&['a', 'Z', '7', '-', '_', '.']).unwrap(),
                Letters::OneOf(these) => *random.choice(these).unwrap(),
            };
            // For a set with an earliest month, choose a later date at each place.
            if let (Some(since), Some(at)) = (self.since, self.dates().next()) {
                return random.choice(&self.later(at, since)).unwrap().member(random);
            }
            let part = |part: &ArnPart| match part {
                ArnPart::Text(text) => text.clone(),
                // Returns a real year in some cases, because policies name real years.
                ArnPart::Some { count: Some(4), .. } if random.bool() => "2026".to_owned(),
                ArnPart::Some { count: Some(2), .. } if random.bool() => "01".to_owned(),
                ArnPart::Some { letters: of, count, .. } => {
                    let count = count.unwrap_or_else(|| random.usize(1..20));
                    (0..count).map(|_| letters(*of, random)).collect()
                }
            };
            self.parts.iter().map(part).collect()
        }
    }

    fn log() -> ResourceSet {
        ResourceSet::from("logs/")
            .some(Letters::Digit, 4, "YYYY")
            .text("/")
            .some(Letters::Digit, 2, "MM")
            .text("/")
            .many(Letters::Name, "*")
            .text(".log.gz")
    }

    fn within(pattern: &str) -> Coverage {
        log().within(&Pattern::parse(pattern))
    }

    #[test]
    fn a_pattern_matches_all_a_part_or_nothing_of_a_set() {
        for all in ["*", "logs/*", "logs/????/??/*.gz", "*.log.gz", "logs/*/*/*", "l*g*/*.gz", "logs/????/??/?*"] {
            assert_eq!(within(all), Coverage::All, "{all}");
        }
        for part in ["logs/2026/*", "logs/*/01/*", "*a*", "logs/????/??/?.log.gz", "logs/2???/*", "*2026*"] {
            assert_eq!(within(part), Coverage::Part, "{part}");
        }
        for nothing in ["", "logs/", "logs/????", "log/*", "*.txt", "logs/*/x/*.csv", "*TestFile", "*/elb/*"] {
            assert_eq!(within(nothing), Coverage::Nothing, "{nothing}");
        }
        assert_eq!(log().to_string(), "logs/YYYY/MM/*.log.gz");
    }

    #[test]
    fn a_key_in_a_past_month_is_not_in_a_set_that_begins_later() {
        let since = |pattern: &str| {
            let set = ResourceSet::from("logs/").month("/").text("/").month("-").text(".log");
            set.since((2026, 11)).within(&Pattern::parse(pattern))
        };
        for past in ["logs/2026/10/*", "*2026-01.log", "logs/2025/*", "logs/19*", "logs/1???/*", "*/2026-0*"] {
            assert_eq!(since(past), Coverage::Nothing, "{past}");
        }
        for part in
            ["logs/2026/11/*", "logs/2027/*", "logs/2026/*", "logs/202*", "*2026-12.log", "logs/20??/*", "logs/*/01/*"]
        {
            assert_eq!(since(part), Coverage::Part, "{part}");
        }
        for all in ["logs/????/*", "logs/*-*.log"] {
            assert_eq!(since(all), Coverage::All, "{all}");
        }
    }

    #[test]
    fn an_answer_for_a_set_that_begins_at_a_month_holds_for_its_members() {
        let mut random = fastrand::Rng::with_seed(7);
        let patterns = ["logs/2026/1*", "*2026*", "logs/20*", "*/202?/*", "logs/1*", "*-0?.log", "logs/2*", "*9*"];
        for since in [(2026, 1), (2026, 12), (1999, 7), (2029, 10), (9999, 12)] {
            let set = ResourceSet::from("logs/").month("/").text("/").month("-").text(".log").since(since);
            for pattern in patterns.map(Pattern::parse) {
                for _ in 0..200 {
                    let member = set.member(&mut random);
                    match set.within(&pattern) {
                        Coverage::All => assert!(pattern.matches(&member), "{since:?} {member}"),
                        Coverage::Nothing => assert!(!pattern.matches(&member), "{since:?} {member}"),
                        Coverage::Part => {}
                    }
                }
            }
        }
    }

    #[test]
    fn a_long_pattern_of_stars_is_answered() {
        let pattern = Pattern::parse(&"*a?1".repeat(200));
        assert_ne!(log().within(&pattern), Coverage::All);
    }

    fn part() -> impl Strategy<Value = (ResourceSet, String)> {
        // A part of a resource set, with a member of the part.
        prop_oneof![
            "[ab1]{0,2}".prop_map(|text| (ResourceSet::from(text.as_str()), text)),
            "[0-9]{2}".prop_map(|text| (ResourceSet::default().some(Letters::Digit, 2, "NN"), text)),
            "[ab1z]{1,3}".prop_map(|text| (ResourceSet::default().many(Letters::Word, "*"), text)),
            "[ab1.:_-]{1,3}".prop_map(|text| (ResourceSet::default().many(Letters::Name, "*"), text)),
            "[a1]{1,2}".prop_map(|text| {
                let count = text.len();
                (ResourceSet::default().some(Letters::OneOf(&['a', '1']), count, "*"), text)
            }),
            "[a/é ]{1,2}".prop_map(|text| (ResourceSet::default().many(Letters::Any, "*"), text)),
        ]
    }

    /// A set with a date that is not before `since`, and a member of it.
    fn dated() -> impl Strategy<Value = (ResourceSet, String)> {
        let text = "[ab1]{0,2}";
        let parts = (text, 2024_u16..2028, 1_u8..13, 0_i32..30, part());
        parts.prop_map(|(text, year, month, later, (rest, end))| {
            let set = ResourceSet::from(text.as_str()).month("/").text("/");
            let parts = set.parts.into_iter().chain(rest.parts).collect();
            let months = i32::from(year) * 12 + i32::from(month) - 1 + later;
            let member = format!("{text}{:04}/{:02}/{end}", months / 12, months % 12 + 1);
            (ResourceSet { parts, since: Some((year, month)) }, member)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_answer_for_a_dated_set_holds_for_each_later_member(
            (set, member) in dated(), pattern in "[ab1*?]{0,2}[*?]?(202[4-9]|20[*?]{1,2}|[*]|[?]{4})/([*]|0[1-9]|1[0-2]|[?]{2})[/*?]{0,2}",
        ) {
            let pattern = Pattern::parse(&pattern);
            match set.within(&pattern) {
                Coverage::All => prop_assert!(pattern.matches(&member), "{member}"),
                Coverage::Nothing => prop_assert!(!pattern.matches(&member), "{member}"),
                Coverage::Part => {}
            }
        }

        #[test]
        fn the_answer_for_a_set_holds_for_each_member(
            parts in prop::collection::vec(part(), 1..4), pattern in "[ab1./é*?]{0,6}",
        ) {
            let (sets, texts): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
            let parts = sets.into_iter().flat_map(|set| set.parts).collect();
            let set = ResourceSet { parts, since: None };
            let pattern = Pattern::parse(&pattern);
            match set.within(&pattern) {
                Coverage::All => prop_assert!(pattern.matches(&texts.concat())),
                Coverage::Nothing => prop_assert!(!pattern.matches(&texts.concat())),
                Coverage::Part => prop_assert!(set.only().is_none()),
            }
        }
    }
}
