//! The key format of delivered S3 access logs.

use clap::ValueEnum;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The date in the folders of partitioned S3 access log keys.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PartitionedPrefix.html>
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum PartitionDate {
    /// The date of the logged request.
    #[value(help = "When the request was made")]
    Event,
    /// The date of the log's delivery.
    #[value(help = "When the log was delivered")]
    Delivery,
}

impl PartitionDate {
    /// The value on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Delivery => "delivery",
        }
    }
}

/// The key format of delivered S3 access logs.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_TargetObjectKeyFormat.html>
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyFormat {
    /// `[prefix][YYYY]-[MM]-[DD]-[hh]-[mm]-[ss]-[unique]`.
    Simple,
    /// `[prefix][account]/[region]/[bucket]/[YYYY]/[MM]/[DD]/...`.
    Partitioned(PartitionDate),
}

impl fmt::Display for KeyFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Simple => f.write_str("simple keys"),
            Self::Partitioned(date) => write!(f, "keys partitioned by {} time", date.as_str()),
        }
    }
}
