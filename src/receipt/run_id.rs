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
    /// The name of a run that begins now; `nth` tells apart those of one second, the first being 1.
    pub fn new(began: Moment, producer: Producer, bucket: &BucketName, nth: usize) -> Self {
        let again = if nth > 1 { format!("-{nth}") } else { String::new() };
        Self(format!("{}-{producer}-{bucket}{again}", began.stamp()))
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
        let name = |nth| RunId::new(Moment(1_795_557_600), Producer::S3Access, &bucket, nth).to_string();
        assert_eq!(name(1), "20261124T220000Z-s3-access-acme-logs");
        assert_eq!(name(2), "20261124T220000Z-s3-access-acme-logs-2");
        assert_eq!(name(2).parse::<RunId>().unwrap().as_str(), name(2));
    }

    #[test]
    fn what_could_lead_out_of_the_folder_names_no_run() {
        for text in ["", "..", "../x", "a/b", ".hidden", "-x", "a b", "a\u{1b}[31m"] {
            assert!(text.parse::<RunId>().is_err(), "{text}");
        }
    }
}
