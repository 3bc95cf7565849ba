//! Filters by tag: a filter requires a tag key, or a tag key with a certain value.
//!
//! Any key and value can be used, including AWS's own tags (`aws:...`).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A tag that a resource must have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TagFilter {
    key: String,
    value: Option<String>,
}

/// Why a text is not a tag filter.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a tag filter: `KEY` or `KEY=VALUE` is expected")]
pub struct TagFilterError(String);

impl FromStr for TagFilter {
    type Err = TagFilterError;

    /// Parses `KEY` or `KEY=VALUE`. The value may be empty.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (key, value) = match text.split_once('=') {
            Some((key, value)) => (key, Some(value.to_owned())),
            None => (text, None),
        };
        if key.is_empty() { Err(TagFilterError(text.to_owned())) } else { Ok(Self { key: key.to_owned(), value }) }
    }
}

impl fmt::Display for TagFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}", self.key),
            None => f.write_str(&self.key),
        }
    }
}

impl TagFilter {
    /// Returns whether tags match the filters. There must be a match for each key; if several filters name the same
    /// key, one match is enough.
    pub fn all_fit(filters: &[Self], tags: &BTreeMap<String, String>) -> bool {
        filters.iter().all(|filter| {
            let of_the_key = filters.iter().filter(|other| other.key == filter.key);
            of_the_key.into_iter().any(|other| other.fits(tags))
        })
    }

    /// Returns whether tags match the filter.
    pub fn fits(&self, tags: &BTreeMap<String, String>) -> bool {
        tags.get(&self.key).is_some_and(|value| self.value.as_ref().is_none_or(|asked| asked == value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_must_match_with_one_of_its_values() {
        let tags: BTreeMap<String, String> =
            [("team", "web"), ("stage", "prod"), ("empty", "")].map(|(key, value)| (key.into(), value.into())).into();
        for (filters, fit) in [
            (&[][..], true),
            (&["team"], true),
            (&["owner"], false),
            (&["team=web"], true),
            (&["team=we"], false),
            (&["team="], false),
            (&["empty="], true),
            (&["team=data", "team=web"], true),
            (&["team=web", "stage=prod"], true),
            (&["team=web", "stage=test"], false),
        ] {
            let parsed: Vec<TagFilter> = filters.iter().map(|text| text.parse().unwrap()).collect();
            assert_eq!(TagFilter::all_fit(&parsed, &tags), fit, "{filters:?}");
        }
    }

    #[test]
    fn a_filter_without_a_key_is_rejected() {
        assert!("=x".parse::<TagFilter>().is_err());
        assert!("".parse::<TagFilter>().is_err());
    }
}
