//! Which services can be asked to log, and the choices that only one of them has.
//!
//! What each of them needs stands in the module [`crate::producer`], one file each.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A service that delivers logs to a bucket.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Producer {
    /// An Application Load Balancer's access, connection and health check logs.
    Alb,
    /// A Network Load Balancer's access logs.
    Nlb,
    /// A bucket's server access logs.
    S3Access,
    /// A bucket's S3 Inventory reports.
    Inventory,
}

impl Producer {
    /// All of them, in the order of help and tables.
    pub const ALL: [Self; 4] = [Self::Alb, Self::Nlb, Self::S3Access, Self::Inventory];

    /// The word on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Alb => "alb",
            Self::Nlb => "nlb",
            Self::S3Access => "s3-access",
            Self::Inventory => "inventory",
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Alb => "ALB logs",
            Self::Nlb => "NLB access logs",
            Self::S3Access => "S3 server access logs",
            Self::Inventory => "S3 Inventory",
        }
    }
}

impl fmt::Display for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One of the logs of an Application Load Balancer.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html>
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum LogType {
    /// Requests.
    Access,
    /// Connections.
    Connection,
    /// Health checks of targets.
    HealthCheck,
}

impl LogType {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Access, Self::Connection, Self::HealthCheck];

    /// The word on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Connection => "connection",
            Self::HealthCheck => "health-check",
        }
    }

    /// The load balancer attributes of this log begin so; `.enabled`, `.bucket` and `.prefix` follow.
    pub fn attribute_stem(self) -> &'static str {
        match self {
            Self::Access => "access_logs.s3",
            Self::Connection => "connection_logs.s3",
            Self::HealthCheck => "health_check_logs.s3",
        }
    }

    /// The file that Elastic Load Balancing writes when the log is turned on.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>,
    /// `enable-connection-logging.html` and `enable-health-check-logging.html`, step 4.
    pub fn test_file(self) -> &'static str {
        match self {
            Self::Access => "ELBAccessLogTestFile",
            Self::Connection => "ELBConnectionLogTestFile",
            Self::HealthCheck => "ELBHealthCheckLogTestFile",
        }
    }
}

/// Which date the folders of partitioned S3 access log keys are made from.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PartitionedPrefix.html>
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartitionDate {
    /// When the request was made.
    Event,
    /// When the log was delivered.
    Delivery,
}

impl PartitionDate {
    /// The word on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Delivery => "delivery",
        }
    }
}

/// How the keys of delivered S3 access logs are built.
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
