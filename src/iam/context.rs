//! The known values of a request's condition keys. `condition` compares the values.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    Absent,
    /// The request carries these values. An empty list means the key is absent.
    Known(Vec<String>),
    /// The request carries one of these lists. `None` means the key is absent.
    OneOf(Vec<Option<Vec<String>>>),
    /// The request carries one value that begins with this text. The rest of the value is unknown.
    Begins(String),
    /// The request carries this path or a path below it.
    AtOrBelow(String),
    /// The request carries this date or a later one.
    NotBefore(String),
    /// Anything is possible, including that the key is absent.
    Unknown,
}

/// The assumption about a key that the context doesn't list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unnamed {
    /// The request does not carry the key.
    Absent,
    Unknown,
    /// The request carries the values that are usual for its kind. Keys without a usual value are unknown.
    Usual(&'static Usual),
}

/// The data type of a condition key. It decides which operators can test the key. A list has the type of its members.
///
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// `String`
    Text,
    /// `ARN`
    Arn,
    /// `Numeric`
    Number,
    /// `Date`
    Date,
    /// `Date` or `Numeric`, like `aws:EpochTime`
    EpochTime,
    /// `Bool`
    Bool,
    /// `IPAddress`
    Address,
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a string",
            Self::Arn => "an ARN",
            Self::Number => "a number",
            Self::Date => "a date",
            Self::EpochTime => "a date or a number of seconds",
            Self::Bool => "a Boolean",
            Self::Address => "an IP address",
        })
    }
}

/// The usual values in requests of one kind, by key. `NAME/*` stands for every key that begins with `NAME/`, and
/// `NAME:*` for every key that begins with `NAME:`.
#[derive(Debug, PartialEq, Eq)]
pub struct Usual(BTreeMap<String, (KeyType, ContextValue)>);

impl Usual {
    pub fn new(keys: impl IntoIterator<Item = (String, KeyType, ContextValue)>) -> Self {
        let rows = keys.into_iter().map(|(key, of, value)| (key.to_lowercase(), (of, value.simplified())));
        Self(rows.collect())
    }

    fn row(&self, key: &str) -> Option<&(KeyType, ContextValue)> {
        let tags = || key.split_once('/').and_then(|(name, _)| self.0.get(&format!("{name}/*")));
        let parts = || key.rsplit_once(':').and_then(|(name, _)| self.0.get(&format!("{name}:*")));
        self.0.get(key).or_else(tags).or_else(parts)
    }
}

/// The known values of a request's condition keys. Key names are case-insensitive, as in AWS
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    values: BTreeMap<String, ContextValue>,
    unnamed: Unnamed,
}

impl ContextValue {
    pub fn known(value: impl Into<String>) -> Self {
        Self::Known(vec![value.into()])
    }

    /// Returns the possible values of the key, or `None` if they can't be listed.
    pub(crate) fn alternatives(&self) -> Option<Vec<Self>> {
        match self {
            Self::Absent | Self::Known(_) | Self::Begins(_) | Self::NotBefore(_) => Some(vec![self.clone()]),
            Self::OneOf(choices) => Some(choices.iter().map(|choice| Self::settled(choice.as_ref())).collect()),
            Self::AtOrBelow(path) => Some(vec![Self::known(path.as_str()), Self::Begins(format!("{path}/"))]),
            Self::Unknown => None,
        }
    }

    fn settled(choice: Option<&Vec<String>>) -> Self {
        match choice {
            Some(values) if !values.is_empty() => Self::Known(values.clone()),
            Some(_) | None => Self::Absent,
        }
    }

    /// Returns the simplest equivalent value.
    fn simplified(self) -> Self {
        match self {
            Self::Known(values) => Self::settled(Some(&values)),
            Self::OneOf(choices) => match choices.as_slice() {
                [] => Self::Unknown,
                [only] => Self::settled(only.as_ref()),
                [_, _, ..] => Self::OneOf(choices),
            },
            settled @ (Self::Absent | Self::AtOrBelow(_) | Self::Begins(_) | Self::NotBefore(_) | Self::Unknown) => {
                settled
            }
        }
    }
}

impl fmt::Display for ContextValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Known(values) => f.write_str(&quoted(values)),
            Self::OneOf(choices) => {
                let choices: Vec<String> =
                    choices.iter().map(|choice| Self::settled(choice.as_ref()).to_string()).collect();
                write!(f, "one of {}", choices.join(" or "))
            }
            Self::Begins(text) => write!(f, "\"{text}\" followed by unknown text"),
            Self::AtOrBelow(path) => write!(f, "\"{path}\", or \"{path}/\" followed by unknown text"),
            Self::NotBefore(moment) => write!(f, "{moment} or later"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

/// Quotes the values and joins them with commas.
pub(crate) fn quoted(values: &[String]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("\"{value}\"")).collect();
    quoted.join(", ")
}

impl Context {
    pub fn new(unnamed: Unnamed) -> Self {
        Self { values: BTreeMap::new(), unnamed }
    }

    /// Returns the context with this assumption about unlisted keys.
    #[must_use]
    pub fn with_unnamed(mut self, unnamed: Unnamed) -> Self {
        self.unnamed = unnamed;
        self
    }

    /// Returns the context with this key set.
    #[must_use]
    pub fn with(mut self, key: &str, value: ContextValue) -> Self {
        self.insert(key, value);
        self
    }

    /// Sets a key and overwrites its earlier value.
    pub fn insert(&mut self, key: &str, value: ContextValue) {
        self.values.insert(key.to_lowercase(), value.simplified());
    }

    pub fn get(&self, key: &str) -> &ContextValue {
        let key = key.to_lowercase();
        self.values.get(&key).unwrap_or_else(|| match self.unnamed {
            Unnamed::Absent => &ContextValue::Absent,
            Unnamed::Unknown => &ContextValue::Unknown,
            Unnamed::Usual(usual) => usual.row(&key).map_or(&ContextValue::Unknown, |(_, value)| value),
        })
    }

    /// Returns a key's type, if known.
    pub(crate) fn type_of(&self, key: &str) -> Option<KeyType> {
        match self.unnamed {
            Unnamed::Absent | Unnamed::Unknown => None,
            Unnamed::Usual(usual) => usual.row(&key.to_lowercase()).map(|(of, _)| *of),
        }
    }

    /// Returns whether the key's type passes the test. Without type information, every key passes.
    pub(crate) fn is_typed(&self, key: &str, asked: impl Fn(KeyType) -> bool) -> bool {
        match self.unnamed {
            Unnamed::Absent | Unnamed::Unknown => true,
            Unnamed::Usual(usual) => usual.row(&key.to_lowercase()).is_some_and(|(of, _)| asked(*of)),
        }
    }

    /// Returns whether no key has alternatives to try.
    pub(crate) fn is_settled(&self, keys: &BTreeSet<String>) -> bool {
        !keys.iter().any(|key| matches!(self.get(key), ContextValue::AtOrBelow(_) | ContextValue::OneOf(_)))
    }

    /// Returns every combination of the keys' alternatives, or `None` if there are more than `most`. Unknown keys stay
    /// unknown in each combination.
    pub(crate) fn worlds(&self, keys: &BTreeSet<String>, most: usize) -> Option<Vec<Self>> {
        let mut worlds = vec![self.clone()];
        for key in keys {
            let Some(choices) = self.get(key).alternatives() else {
                continue;
            };
            if choices.len() < 2 {
                continue;
            }
            if worlds.len().saturating_mul(choices.len()) > most {
                return None;
            }
            worlds = worlds
                .iter()
                .flat_map(|world| choices.iter().map(|choice| world.clone().with(key, choice.clone())))
                .collect();
        }
        Some(worlds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn either(values: &[&str]) -> ContextValue {
        let mut choices: Vec<Option<Vec<String>>> = vec![None];
        choices.extend(values.iter().map(|value| Some(vec![(*value).to_owned()])));
        ContextValue::OneOf(choices)
    }

    #[test]
    fn keys_are_found_in_any_case() {
        let context = Context::new(Unnamed::Absent).with("AWS:SourceArn", ContextValue::known("x"));
        assert_eq!(context.get("aws:sourcearn"), &ContextValue::known("x"));
        assert_eq!(context.get("aws:other"), &ContextValue::Absent);
        let open = Context::new(Unnamed::Unknown);
        assert_eq!(open.get("aws:other"), &ContextValue::Unknown);
    }

    #[test]
    fn an_empty_list_of_values_is_an_absent_key() {
        let context = Context::new(Unnamed::Unknown).with("k", ContextValue::Known(Vec::new()));
        assert_eq!(context.get("k"), &ContextValue::Absent);
    }

    #[test]
    fn a_single_alternative_is_known_and_an_empty_list_is_unknown() {
        let context =
            Context::new(Unnamed::Absent).with("one", either(&[])).with("none", ContextValue::OneOf(Vec::new()));
        assert_eq!(context.get("one"), &ContextValue::Absent);
        assert_eq!(context.get("none"), &ContextValue::Unknown);
    }

    #[test]
    fn worlds_are_all_combinations_of_the_keys_up_to_a_limit() {
        let context = Context::new(Unnamed::Absent)
            .with("a", either(&["1", "2"]))
            .with("b", either(&["1"]))
            .with("c", ContextValue::Unknown);
        let keys = ["a", "b", "c"].map(str::to_owned).into();
        assert_eq!(context.worlds(&keys, 6).unwrap().len(), 6);
        assert_eq!(context.worlds(&keys, 5), None);
        let worlds = context.worlds(&BTreeSet::new(), 1).unwrap();
        assert_eq!(worlds, [context]);
    }

    #[test]
    fn a_context_is_settled_if_no_key_has_alternatives() {
        let context = Context::new(Unnamed::Unknown).with("a", either(&["1"])).with("c", ContextValue::known("x"));
        let settled = |keys: &[&str]| context.is_settled(&keys.iter().map(|key| (*key).to_owned()).collect());
        assert!(settled(&[]) && settled(&["c", "d"]));
        assert!(!settled(&["c", "A"]));
    }

    #[test]
    fn at_or_below_a_path_means_two_alternatives() {
        let context = Context::new(Unnamed::Absent).with("a", ContextValue::AtOrBelow("x".to_owned()));
        let keys = ["a".to_owned()].into();
        assert!(!context.is_settled(&keys));
        let worlds = context.worlds(&keys, 2).unwrap();
        let values: Vec<&ContextValue> = worlds.iter().map(|world| world.get("a")).collect();
        assert_eq!(values, [&ContextValue::known("x"), &ContextValue::Begins("x/".to_owned())]);
    }

    #[test]
    fn values_have_a_readable_text() {
        assert_eq!(either(&["x"]).to_string(), "one of absent or \"x\"");
        assert_eq!(ContextValue::Unknown.to_string(), "unknown");
    }
}
