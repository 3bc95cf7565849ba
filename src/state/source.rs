//! Sources of logs as seen: load balancers and buckets.

use std::collections::BTreeMap;

use crate::model::{AccountId, Arn, BucketName, LogType, Producer, Region};

use super::{InventoryConfiguration, Logging, Seen};

/// A source of logs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// A load balancer.
    LoadBalancer(LoadBalancer),
    /// A bucket.
    Bucket(SourceBucket),
}

/// A load balancer and its logging attributes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoadBalancer {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: Arn,
    /// Its type.
    pub kind: LoadBalancerType,
    /// Its Region, by its ARN.
    pub region: Region,
    /// Its account, by its ARN.
    pub account: AccountId,
    /// The attributes, by key.
    pub attributes: Seen<BTreeMap<String, String>>,
    /// The protocols of its listeners, such as `TLS`; only read where the producer depends on them.
    pub listener_protocols: Seen<Vec<String>>,
}

/// The types of load balancer.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancer.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LoadBalancerType {
    /// Application Load Balancer.
    Application,
    /// Network Load Balancer.
    Network,
    /// Gateway Load Balancer, which has no access logs.
    Gateway,
}

impl LoadBalancerType {
    /// The producer of its logs, where it has any.
    pub fn producer(self) -> Option<Producer> {
        match self {
            Self::Application => Some(Producer::Alb),
            Self::Network => Some(Producer::Nlb),
            Self::Gateway => None,
        }
    }

    /// What it is called in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Application => "an Application Load Balancer",
            Self::Network => "a Network Load Balancer",
            Self::Gateway => "a Gateway Load Balancer",
        }
    }
}

/// Where one log of a load balancer goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogAttachment {
    /// Whether it is on.
    pub enabled: bool,
    /// The bucket, or nothing.
    pub bucket: String,
    /// The prefix, or nothing.
    pub prefix: String,
}

impl LoadBalancer {
    /// Where a log goes by the attributes; nothing where they could not be read.
    pub fn attachment(&self, log: LogType) -> Option<LogAttachment> {
        let attributes = self.attributes.present()?;
        let value =
            |name: &str| attributes.get(&format!("{}.{name}", log.attribute_stem())).cloned().unwrap_or_default();
        Some(LogAttachment { enabled: value("enabled") == "true", bucket: value("bucket"), prefix: value("prefix") })
    }
}

/// A bucket that is the source of access logs or an inventory.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceBucket {
    /// Its name.
    pub name: BucketName,
    /// Its Region.
    pub region: Region,
    /// Where its access logs go; only read for S3 access logs.
    pub logging: Seen<Logging>,
    /// The inventory configuration of the id asked for; only read for S3 Inventory.
    pub inventory: Seen<InventoryConfiguration>,
}

impl Source {
    /// What the user calls it.
    pub fn name(&self) -> &str {
        match self {
            Self::LoadBalancer(balancer) => &balancer.name,
            Self::Bucket(bucket) => bucket.name.as_str(),
        }
    }

    /// Its Region.
    pub fn region(&self) -> &Region {
        match self {
            Self::LoadBalancer(balancer) => &balancer.region,
            Self::Bucket(bucket) => &bucket.region,
        }
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        match self {
            Self::LoadBalancer(balancer) => balancer.arn.to_string(),
            Self::Bucket(bucket) => format!("arn:{}:s3:::{}", bucket.region.partition(), bucket.name),
        }
    }

    /// Its account, where `caller` is the one that found it: a bucket's ARN names none, and only buckets of the caller's own
    /// account are sources.
    pub fn account<'a>(&'a self, caller: &'a AccountId) -> &'a AccountId {
        match self {
            Self::LoadBalancer(balancer) => &balancer.account,
            Self::Bucket(_) => caller,
        }
    }
}
