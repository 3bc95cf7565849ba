//! The name of a run: when it began, and what it was about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::{BucketName, Moment, Producer};

/// A run's name, such as `20261125T031502Z-alb-acme-logs`: the name of its receipt's file, so that it has no `/`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RunId(String);

/// The text names no run.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not the name of a run: `logbucket undo` lists them")]
pub struct RunIdError(String);

impl RunId {
    /// The name of a run that begins now; `nth` tells apart those of one second, the first being 1. The later sorts behind.
    pub fn new(began: Moment, producer: Producer, bucket: &BucketName, nth: usize) -> Self {
        let again = if nth > 1 { format!(".{nth}") } else { String::new() };
        Self(format!("{}{again}-{producer}-{bucket}", began.stamp()))
    }

    /// The second in which it began, as its name has it.
    pub fn second(&self) -> &str {
        self.0.split(['-', '.']).next().unwrap_or_default()
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunId {
    type Err = RunIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
        let named = text.starts_with(|c: char| c.is_ascii_alphanumeric());
        if named && text.len() <= 200 && text.chars().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RunIdError(text.to_owned()))
        }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for RunId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_named_by_its_second_and_told_apart_within() {
        let bucket = "acme-logs".parse().unwrap();
        let name = |nth| RunId::new(Moment(1_795_557_600), Producer::S3Access, &bucket, nth);
        assert_eq!(name(1).as_str(), "20261124T220000Z-s3-access-acme-logs");
        assert_eq!(name(2).as_str(), "20261124T220000Z.2-s3-access-acme-logs");
        assert_eq!(name(2).as_str().parse::<RunId>().unwrap(), name(2));
        assert!([name(1), name(2)].iter().all(|run| run.second() == "20261124T220000Z"));
        let other = |nth| RunId::new(Moment(1_795_557_600), Producer::Alb, &bucket, nth);
        assert!(name(1) < other(2) && other(2) < name(3), "the later sorts behind, whatever it was about");
    }

    #[test]
    fn what_could_lead_out_of_the_folder_names_no_run() {
        for text in ["", "..", "../x", "a/b", ".hidden", "-x", "a b", "a\u{1b}[31m"] {
            assert!(text.parse::<RunId>().is_err(), "{text}");
        }
    }
}
