//! The choices for a flow log.

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

use super::NetworkKind;

/// The requested settings of a flow log. `None` keeps the current value, or takes AWS's default for a new flow log.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html>
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct FlowRequest {
    pub traffic: Option<Traffic>,
    pub format: Option<FlowFormat>,
    pub aggregation: Option<Aggregation>,
    /// Whether the keys have a folder for each hour.
    pub hourly: Option<bool>,
    /// Whether the folders are Hive-compatible.
    pub hive: Option<bool>,
}

/// The traffic that a flow log records.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Traffic {
    #[value(help = "Accepted and rejected traffic")]
    All,
    #[value(help = "Accepted traffic")]
    Accept,
    #[value(help = "Rejected traffic")]
    Reject,
}

/// The file format of a flow log.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FlowFormat {
    #[default]
    Text,
    Parquet,
}

/// The longest time that flows are aggregated before they are recorded.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, ValueEnum)]
pub enum Aggregation {
    #[value(name = "60", help = "One minute")]
    #[serde(rename = "60")]
    Minute,
    #[value(name = "600", help = "Ten minutes")]
    #[serde(rename = "600")]
    TenMinutes,
}

impl Traffic {
    /// The value on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Accept => "accept",
            Self::Reject => "reject",
        }
    }

    /// The value in EC2's API and in templates.
    pub fn in_api(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Accept => "ACCEPT",
            Self::Reject => "REJECT",
        }
    }

    /// Parses the value in EC2's API.
    pub fn from_api(text: &str) -> Option<Self> {
        [Self::All, Self::Accept, Self::Reject].into_iter().find(|traffic| traffic.in_api() == text)
    }
}

impl FlowFormat {
    /// The value on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Parquet => "parquet",
        }
    }

    /// The value in EC2's API and in templates.
    pub fn in_api(self) -> &'static str {
        match self {
            Self::Text => "plain-text",
            Self::Parquet => "parquet",
        }
    }

    /// Parses the value in EC2's API.
    pub fn from_api(text: &str) -> Option<Self> {
        [Self::Text, Self::Parquet].into_iter().find(|format| format.in_api() == text)
    }
}

impl Aggregation {
    /// The value on the command line, in JSON and in EC2's API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "60",
            Self::TenMinutes => "600",
        }
    }

    /// Returns the interval in seconds.
    pub fn seconds(self) -> u32 {
        match self {
            Self::Minute => 60,
            Self::TenMinutes => 600,
        }
    }
}

impl FlowRequest {
    /// Returns the first choice that AWS does not have for a type of network: the flag, and the reason
    /// (<https://docs.aws.amazon.com/vpc/latest/tgw/flow-logs-api-cli.html>).
    pub(in crate::producer) fn impossible_for(self, kind: NetworkKind) -> Option<(&'static str, &'static str)> {
        if kind != NetworkKind::TransitGateway {
            return None;
        }
        let traffic = self.traffic.filter(|traffic| *traffic != Traffic::All);
        let interval = self.aggregation.filter(|interval| *interval != Aggregation::Minute);
        traffic
            .map(|_| ("--traffic", "the flow log of a transit gateway records all traffic"))
            .or_else(|| interval.map(|_| ("--aggregation", "a transit gateway only has intervals of 60 seconds")))
    }

    /// Returns the flags for the choices that were made, each with its value, if it takes one.
    pub fn flags(&self) -> Vec<(&'static str, Option<String>)> {
        let of = |name, value: Option<&str>| value.map(|value| (name, Some(value.to_owned())));
        let all = [
            of("--traffic", self.traffic.map(Traffic::as_str)),
            of("--format", self.format.map(FlowFormat::as_str)),
            of("--aggregation", self.aggregation.map(Aggregation::as_str)),
            self.hourly.map(|on| (if on { "--hourly" } else { "--hourly=false" }, None)),
            self.hive.map(|on| (if on { "--hive" } else { "--hive=false" }, None)),
        ];
        all.into_iter().flatten().collect()
    }
}
