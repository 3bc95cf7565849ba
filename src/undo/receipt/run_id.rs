//! A run's ID: the run's number in its folder, its start time, its log type and its bucket.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::{BucketName, Moment};
use crate::producer::Producer;

/// A run's ID, such as `12-20261125T031502Z-alb-acme-logs`. It is also the name of the receipt's file, so it contains
/// no `/`.
///
/// Runs are ordered by their number, because this machine's clock can be set back.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RunId(String);

/// The text is not a run ID.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a run ID; list the runs with `logbucket undo`")]
pub struct RunIdError(String);

impl RunId {
    /// Returns the ID of a run that begins now.
    pub fn new(sequence: u64, began: Moment, producer: Producer, bucket: &BucketName) -> Self {
        Self(format!("{sequence}-{}-{producer}-{bucket}", began.stamp()))
    }

    /// Returns the run's number. Later runs of a folder have higher numbers. IDs in the first format have no number and
    /// are ordered before all others.
    pub fn sequence(&self) -> u64 {
        self.0.split('-').next().and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Ord for RunId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sequence().cmp(&other.sequence()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for RunId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
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
    fn a_later_run_has_a_higher_number_even_if_the_clock_was_set_back() {
        let bucket = "acme-logs".parse().unwrap();
        let name = |sequence, second| RunId::new(sequence, Moment(second), Producer::S3Access, &bucket);
        assert_eq!(name(12, 1_795_557_600).as_str(), "12-20261124T220000Z-s3-access-acme-logs");
        assert_eq!(name(12, 0).as_str().parse::<RunId>().unwrap(), name(12, 0));
        assert!(name(9, 1_795_557_600) < name(10, 0), "numbers are compared as numbers");
        let first_format: RunId = "20991124T220000Z.2-alb-acme-logs".parse().unwrap();
        assert!(first_format < name(1, 0));
    }

    #[test]
    fn a_path_outside_the_folder_is_not_a_run_id() {
        for text in ["", "..", "../x", "a/b", ".hidden", "-x", "a b", "a\u{1b}[31m"] {
            assert!(text.parse::<RunId>().is_err(), "{text}");
        }
    }
}
