//! The token of a run. It marks the bucket that the run creates, and it is part of the test object's name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The token of one run, such as `run-3f9c2a71d0b84e55`. `CreateBucket` sets the token as the value of the tag
/// `logbucket`. A bucket with the token was therefore created by that run.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RunToken(String);

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a run token")]
pub struct RunTokenError(String);

const PREFIX: &str = "run-";

impl RunToken {
    /// The tag whose value is the token.
    pub const TAG: &str = "logbucket";

    /// Creates the token for a number. The number should be random, because two runs must not share a token.
    pub fn new(number: u64) -> Self {
        Self(format!("{PREFIX}{number:016x}"))
    }

    /// Returns the text used in tags.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunToken {
    type Err = RunTokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        match text.strip_prefix(PREFIX) {
            Some(digits) if digits.len() == 16 && digits.chars().all(hex) => Ok(Self(text.to_owned())),
            Some(_) | None => Err(RunTokenError(text.to_owned())),
        }
    }
}

impl fmt::Display for RunToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RunToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RunToken {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_parsed_and_other_text_is_rejected() {
        for number in [0, 1, 0x3f9c_2a71_d0b8_4e55, u64::MAX] {
            let token = RunToken::new(number);
            assert_eq!(token.as_str().parse::<RunToken>().unwrap(), token);
        }
        for text in
            ["", "no", "destination", "run-", "run-3F9C2A71D0B84E55", "run-3f9c2a71d0b84e5", "run-3f9c2a71d0b84e555"]
        {
            assert!(text.parse::<RunToken>().is_err(), "{text}");
        }
    }
}
