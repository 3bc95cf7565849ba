//! What of the account is looked at: by producer, name and tag.

use std::collections::BTreeMap;

use crate::cli::ScanArgs;
use crate::command::draft::producer;
use crate::model::{Producer, TagFilter};

/// The producers, names and tags that are asked about.
#[derive(Clone, Debug)]
pub(super) struct Scope {
    producers: Vec<Producer>,
    names: Vec<String>,
    tags: Vec<TagFilter>,
}

impl Scope {
    /// What the flags say; nothing said is everything.
    pub(super) fn of(args: &ScanArgs) -> Self {
        let producers: Vec<Producer> = args.producer.iter().copied().map(producer).collect();
        let producers = if producers.is_empty() { Producer::ALL.to_vec() } else { producers };
        Self { producers, names: args.name.clone(), tags: args.tag.clone() }
    }

    /// Whether a producer's logs are asked about.
    pub(super) fn has(&self, producer: Producer) -> bool {
        self.producers.contains(&producer)
    }

    /// Whether tags have a say in what is asked about.
    pub(super) fn asks_tags(&self) -> bool {
        !self.tags.is_empty()
    }

    /// Whether a source with these tags is asked about.
    pub(super) fn has_tags(&self, tags: &BTreeMap<String, String>) -> bool {
        TagFilter::all_fit(&self.tags, tags)
    }

    /// Whether the flags name sources, by name or by tag.
    pub(super) fn is_narrow(&self) -> bool {
        !self.names.is_empty() || self.asks_tags()
    }

    /// Whether a source of this name is asked about.
    pub(super) fn names(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|pattern| fits(pattern, name))
    }
}

/// Whether a text fits a pattern in which `*` is any text.
fn fits(pattern: &str, text: &str) -> bool {
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
    fn a_star_is_any_text_and_all_else_is_itself() {
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
            assert_eq!(fits(pattern, text), is, "{pattern} {text}");
        }
    }
}
