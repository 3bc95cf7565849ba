//! The name of a run: its number among the runs of a folder, when it began, and what it was about.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::model::{BucketName, Moment};
use crate::producer::Producer;

/// A run's name, such as `12-20261125T031502Z-alb-acme-logs`: the name of its receipt's file, so that it has no `/`.
///
/// Runs are ordered by their number. The time is this machine's, and a clock can be set back.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct RunId(String);

/// The text names no run.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not the name of a run: `logbucket undo` lists them")]
pub struct RunIdError(String);

impl RunId {
    /// The name of a run that begins now, with its number.
    pub fn new(sequence: u64, began: Moment, producer: Producer, bucket: &BucketName) -> Self {
        Self(format!("{sequence}-{}-{producer}-{bucket}", began.stamp()))
    }

    /// The number of the run: later runs of a folder have higher ones. The names of the first form have none, and count as
    /// earlier than all others.
    pub fn sequence(&self) -> u64 {
        self.0.split('-').next().and_then(|number| number.parse().ok()).unwrap_or_default()
    }

    /// The name.
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
    fn the_later_run_has_the_higher_number_whatever_the_clock_says() {
        let bucket = "acme-logs".parse().unwrap();
        let name = |sequence, second| RunId::new(sequence, Moment(second), Producer::S3Access, &bucket);
        assert_eq!(name(12, 1_795_557_600).as_str(), "12-20261124T220000Z-s3-access-acme-logs");
        assert_eq!(name(12, 0).as_str().parse::<RunId>().unwrap(), name(12, 0));
        assert!(name(9, 1_795_557_600) < name(10, 0), "numbers are no texts");
        let of_the_first_form: RunId = "20991124T220000Z.2-alb-acme-logs".parse().unwrap();
        assert!(of_the_first_form < name(1, 0));
    }

    #[test]
    fn what_could_lead_out_of_the_folder_names_no_run() {
        for text in ["", "..", "../x", "a/b", ".hidden", "-x", "a b", "a\u{1b}[31m"] {
            assert!(text.parse::<RunId>().is_err(), "{text}");
        }
    }
}
