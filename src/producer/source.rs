//! Sources of logs as seen: load balancers and buckets.

use crate::model::{AccountId, BucketName, Partition, Region, Seen};

use super::inventory::InventoryConfiguration;
use super::load_balancer::LoadBalancer;
use super::s3_access::Logging;
use super::{Producer, SourceKind, SourceName, Writer};

/// A source of logs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// A load balancer.
    LoadBalancer(LoadBalancer),
    /// A bucket.
    Bucket(SourceBucket),
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
    /// Whether it is a bucket whose access log goes to that bucket with grants to others.
    pub fn has_target_grants(&self, bucket: &str) -> bool {
        match self {
            Self::Bucket(source) => {
                source.logging.present().is_some_and(|logging| logging.bucket == bucket && !logging.grants.is_empty())
            }
            Self::LoadBalancer(_) => false,
        }
    }

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

    /// The same as the service names it in its requests, which are those of a partition.
    pub fn writer(&self, partition: Partition) -> Writer {
        let arn = match self {
            Self::LoadBalancer(balancer) => balancer.arn.to_string(),
            Self::Bucket(bucket) => format!("arn:{partition}:s3:::{}", bucket.name),
        };
        Writer { name: self.name().to_owned(), arn }
    }

    /// Its account, where `caller` is the one that found it: a bucket's ARN names none, and only buckets of the caller's own
    /// account are sources.
    pub fn account<'a>(&'a self, caller: &'a AccountId) -> &'a AccountId {
        match self {
            Self::LoadBalancer(balancer) => &balancer.account,
            Self::Bucket(_) => caller,
        }
    }

    /// Of which kind it is.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::LoadBalancer(balancer) => SourceKind::LoadBalancer(balancer.kind),
            Self::Bucket(_) => SourceKind::Bucket,
        }
    }

    /// What it is called, whatever its type.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::LoadBalancer(_) => "load balancer",
            Self::Bucket(_) => "bucket",
        }
    }

    /// The protocols of its listeners, where it is a thing that has any.
    pub fn listener_protocols(&self) -> Option<&Seen<Vec<String>>> {
        match self {
            Self::LoadBalancer(balancer) => Some(&balancer.listener_protocols),
            Self::Bucket(_) => None,
        }
    }

    /// The log services that it can have logs of.
    pub fn producers(&self) -> Vec<Producer> {
        let own = self.kind();
        Producer::ALL.into_iter().filter(|producer| producer.facts().source == own).collect()
    }

    /// What is said for it on the command line of a run in a Region: a load balancer of another Region is known by its ARN alone.
    pub fn word_in(&self, region: &Region) -> String {
        match self {
            Self::LoadBalancer(balancer) if balancer.region != *region => balancer.arn.to_string(),
            Self::Bucket(_) | Self::LoadBalancer(_) => self.name().to_owned(),
        }
    }

    /// Its name as a user names it, which is shorter than an ARN.
    pub fn as_named(&self) -> SourceName {
        match self {
            Self::LoadBalancer(balancer) => SourceName::LoadBalancer(balancer.name.clone()),
            Self::Bucket(bucket) => SourceName::Bucket(bucket.name.clone()),
        }
    }

    /// The key that its reports name today, where it has reports and they name one.
    pub fn own_report_key(&self) -> Option<&str> {
        match self {
            Self::LoadBalancer(_) => None,
            Self::Bucket(bucket) => bucket.inventory.present()?.own_key(),
        }
    }
}

impl SourceBucket {
    /// A bucket of which no more is known than where it is.
    pub fn located(name: BucketName, region: Region) -> Self {
        Self { name, region, logging: Seen::Absent, inventory: Seen::Absent }
    }
}

impl From<SourceBucket> for Source {
    fn from(bucket: SourceBucket) -> Self {
        Self::Bucket(bucket)
    }
}
