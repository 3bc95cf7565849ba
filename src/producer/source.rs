//! Observed sources: load balancers and buckets.

use crate::model::{AccountId, BucketName, Partition, Region, Seen};

use super::inventory::InventoryConfiguration;
use super::load_balancer::LoadBalancer;
use super::s3_access::Logging;
use super::{Producer, SourceKind, SourceName, Writer};

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// A load balancer.
    LoadBalancer(LoadBalancer),
    Bucket(SourceBucket),
}

/// A bucket with access logs or an inventory.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceBucket {
    /// Its name.
    pub name: BucketName,
    /// Its Region.
    pub region: Region,
    /// Where its access logs go. Only read for S3 access logs.
    pub logging: Seen<Logging>,
    /// The inventory configuration with the requested ID. Only read for S3 Inventory.
    pub inventory: Seen<InventoryConfiguration>,
}

impl Source {
    /// Returns whether it is a bucket whose access log goes to that bucket with target grants.
    pub fn has_target_grants(&self, bucket: &str) -> bool {
        match self {
            Self::Bucket(source) => {
                source.logging.present().is_some_and(|logging| logging.bucket == bucket && !logging.grants.is_empty())
            }
            Self::LoadBalancer(_) => false,
        }
    }

    /// Returns its name as users write it.
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

    /// Returns it as the service names it in its requests, in this partition.
    pub fn writer(&self, partition: Partition) -> Writer {
        let arn = match self {
            Self::LoadBalancer(balancer) => balancer.arn.to_string(),
            Self::Bucket(bucket) => format!("arn:{partition}:s3:::{}", bucket.name),
        };
        Writer { name: self.name().to_owned(), arn }
    }

    /// Returns its account. A bucket's ARN contains none, but only buckets of the account `caller` are sources.
    pub fn account<'a>(&'a self, caller: &'a AccountId) -> &'a AccountId {
        match self {
            Self::LoadBalancer(balancer) => &balancer.account,
            Self::Bucket(_) => caller,
        }
    }

    /// Returns its type.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::LoadBalancer(balancer) => SourceKind::LoadBalancer(balancer.kind),
            Self::Bucket(_) => SourceKind::Bucket,
        }
    }

    /// Returns its noun, independent of the load balancer type.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::LoadBalancer(_) => "load balancer",
            Self::Bucket(_) => "bucket",
        }
    }

    /// Returns the protocols of its listeners, if it can have any.
    pub fn listener_protocols(&self) -> Option<&Seen<Vec<String>>> {
        match self {
            Self::LoadBalancer(balancer) => Some(&balancer.listener_protocols),
            Self::Bucket(_) => None,
        }
    }

    /// Returns the log services that it can have logs of.
    pub fn producers(&self) -> Vec<Producer> {
        let own = self.kind();
        Producer::ALL.into_iter().filter(|producer| producer.facts().source == own).collect()
    }

    /// Returns its value on the command line of a run in a Region. A load balancer of another Region needs its ARN.
    pub fn word_in(&self, region: &Region) -> String {
        match self {
            Self::LoadBalancer(balancer) if balancer.region != *region => balancer.arn.to_string(),
            Self::Bucket(_) | Self::LoadBalancer(_) => self.name().to_owned(),
        }
    }

    /// Returns its name as a user writes it, which is shorter than an ARN.
    pub fn as_named(&self) -> SourceName {
        match self {
            Self::LoadBalancer(balancer) => SourceName::LoadBalancer(balancer.name.clone()),
            Self::Bucket(bucket) => SourceName::Bucket(bucket.name.clone()),
        }
    }

    /// Returns the key that its reports currently name, if any.
    pub fn own_report_key(&self) -> Option<&str> {
        match self {
            Self::LoadBalancer(_) => None,
            Self::Bucket(bucket) => bucket.inventory.present()?.own_key(),
        }
    }
}

impl SourceBucket {
    /// Returns a bucket of which only the Region is known.
    pub fn located(name: BucketName, region: Region) -> Self {
        Self { name, region, logging: Seen::Absent, inventory: Seen::Absent }
    }
}

impl From<SourceBucket> for Source {
    fn from(bucket: SourceBucket) -> Self {
        Self::Bucket(bucket)
    }
}
