//! Selects what to scan, by producer, name and tag.

use std::collections::BTreeMap;

use crate::cli::ScanArgs;
use crate::health::{IGNORED_BY_TAG, Ignored};
use crate::model::TagFilter;
use crate::producer::Producer;

/// The selected producers, names and tags.
#[derive(Clone, Debug)]
pub(super) struct ScanScope {
    producers: Vec<Producer>,
    names: Vec<String>,
    tags: Vec<TagFilter>,
    not_names: Vec<String>,
    not_tags: Vec<TagFilter>,
}

/// Whether a source is scanned.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ScanChoice {
    Chosen,
    /// Not selected.
    NotAsked,
    /// To be ignored.
    Ignored(Ignored),
}

const BY_NAME: ScanChoice = ScanChoice::Ignored(Ignored { name: 1, tag: 0, own_tag: 0 });
const BY_TAG: ScanChoice = ScanChoice::Ignored(Ignored { name: 0, tag: 1, own_tag: 0 });
const BY_OWN_TAG: ScanChoice = ScanChoice::Ignored(Ignored { name: 0, tag: 0, own_tag: 1 });

impl ScanChoice {
    /// Returns whether the source is scanned. Counts it if it is ignored.
    pub(super) fn counted(self, ignored: &mut Ignored) -> bool {
        match self {
            Self::Chosen => true,
            Self::NotAsked => false,
            Self::Ignored(one) => {
                ignored.add(one);
                false
            }
        }
    }
}

impl ScanScope {
    /// Reads the selection from the flags. Without such flags, everything is selected.
    pub(super) fn from_args(args: &ScanArgs) -> Self {
        let producers: Vec<Producer> = args.producer.clone();
        let producers = if producers.is_empty() { Producer::ALL.to_vec() } else { producers };
        Self {
            producers,
            names: args.name.clone(),
            tags: args.tag.clone(),
            not_names: args.not_name.clone(),
            not_tags: args.not_tag.clone(),
        }
    }

    /// Returns the selected producers.
    pub(super) fn producers(&self) -> &[Producer] {
        &self.producers
    }

    /// Returns whether the selection uses tags.
    pub(super) fn asks_tags(&self) -> bool {
        !self.tags.is_empty() || !self.not_tags.is_empty()
    }

    /// Uses a source's tags to decide whether the source is scanned.
    pub(super) fn by_tags(&self, tags: &BTreeMap<String, String>) -> ScanChoice {
        if !TagFilter::all_fit(&self.tags, tags) {
            ScanChoice::NotAsked
        } else if self.not_tags.iter().any(|tag| tag.fits(tags)) {
            BY_TAG
        } else if is_ignored(tags) {
            BY_OWN_TAG
        } else {
            ScanChoice::Chosen
        }
    }

    /// Returns whether the flags select sources by name or tag.
    pub(super) fn is_narrow(&self) -> bool {
        !self.names.is_empty() || !self.tags.is_empty()
    }

    /// Uses a source's name to decide whether the source is scanned.
    pub(super) fn by_name(&self, name: &str) -> ScanChoice {
        let is_among = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, name));
        if !self.names.is_empty() && !is_among(&self.names) {
            ScanChoice::NotAsked
        } else if is_among(&self.not_names) {
            BY_NAME
        } else {
            ScanChoice::Chosen
        }
    }
}

/// Returns whether a source is tagged to be ignored.
pub(super) fn is_ignored(tags: &BTreeMap<String, String>) -> bool {
    tags.iter().any(|(key, value)| format!("{key}={value}") == IGNORED_BY_TAG)
}

/// Returns whether a text matches a pattern in which `*` is a wildcard.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    let mut rest = rest;
    for part in between {
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_matches_any_text_and_other_characters_match_themselves() {
        for (pattern, text, is) in [
            ("web", "web", true),
            ("web", "web-1", false),
            ("web*", "web-1", true),
            ("*web", "my-web", true),
            ("*-logs-*", "a-logs-b", true),
            ("*-logs-*", "a-logs", false),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("*", "", true),
            ("", "x", false),
            ("w.b", "web", false),
        ] {
            assert_eq!(matches(pattern, text), is, "{pattern} {text}");
        }
    }
}
