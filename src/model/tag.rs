//! Tags on buckets and keys.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html>

use std::fmt;
use std::str::FromStr;

#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Tag {
    /// 1 to 128 characters, not beginning with `aws:`.
    pub key: String,
    /// 0 to 256 characters.
    pub value: String,
}

/// Why a text is not a tag.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is not a tag: {rule}")]
pub struct TagError {
    text: String,
    rule: &'static str,
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = |rule| TagError { text: text.to_owned(), rule };
        let (key, value) = text.split_once('=').ok_or_else(|| wrong("`KEY=VALUE` is expected"))?;
        if !(1..=128).contains(&key.chars().count()) {
            return Err(wrong("the key must have 1 to 128 characters"));
        }
        if value.chars().count() > 256 {
            return Err(wrong("the value must have at most 256 characters"));
        }
        if text.chars().any(|c| !c.is_alphanumeric() && !" +-=._:/@".contains(c)) {
            return Err(wrong("only letters, digits, spaces and `+ - = . _ : / @` are allowed"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(wrong("keys that begin with `aws:` belong to AWS"));
        }
        if key == "logbucket" {
            return Err(wrong("the key `logbucket` is reserved for logbucket itself"));
        }
        Ok(Self { key: key.to_owned(), value: value.to_owned() })
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_equals_sign_separates_key_and_value() {
        let tag: Tag = "owner=a=b".parse().unwrap();
        assert_eq!((tag.key.as_str(), tag.value.as_str()), ("owner", "a=b"));
    }

    #[test]
    fn reserved_and_malformed_tags_are_rejected() {
        for text in ["owner", "=x", "a=<x>", "a=b;c", "aws:x=y", "AWS:x=y", "logbucket=x"] {
            assert!(text.parse::<Tag>().is_err(), "{text}");
        }
    }
}
