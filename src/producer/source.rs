//! Sources as read from AWS: load balancers, buckets and networks.

use crate::model::{AccountId, BucketName, Partition, Region, Seen};

use super::inventory::InventoryConfiguration;
use super::load_balancer::LoadBalancer;
use super::s3_access::Logging;
use super::vpc_flow::Network;
use super::{LogSource, Producer, SourceKind, SourceName};

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Source {
    /// A load balancer.
    LoadBalancer(LoadBalancer),
    Bucket(SourceBucket),
    /// A VPC, subnet, network interface or transit gateway.
    Network(Network),
}

/// A bucket with access logs or an inventory.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceBucket {
    /// The bucket's name.
    pub name: BucketName,
    /// Its Region.
    pub region: Region,
    /// The access log setting. Only read for S3 access logs.
    pub logging: Seen<Logging>,
    /// The inventory configuration with the requested ID. Only read for S3 Inventory.
    pub inventory: Seen<InventoryConfiguration>,
}

impl Source {
    /// Returns whether the source is a bucket whose access log goes to `bucket` and has target grants.
    pub fn has_target_grants(&self, bucket: &str) -> bool {
        match self {
            Self::Bucket(source) => {
                source.logging.present().is_some_and(|logging| logging.bucket == bucket && !logging.grants.is_empty())
            }
            Self::LoadBalancer(_) | Self::Network(_) => false,
        }
    }

    /// Returns the source's name as users write it.
    pub fn name(&self) -> &str {
        match self {
            Self::LoadBalancer(balancer) => &balancer.name,
            Self::Bucket(bucket) => bucket.name.as_str(),
            Self::Network(network) => network.id.as_str(),
        }
    }

    /// Its Region.
    pub fn region(&self) -> &Region {
        match self {
            Self::LoadBalancer(balancer) => &balancer.region,
            Self::Bucket(bucket) => &bucket.region,
            Self::Network(network) => &network.region,
        }
    }

    /// The source's ARN.
    pub fn arn(&self) -> String {
        match self {
            Self::LoadBalancer(balancer) => balancer.arn.to_string(),
            Self::Bucket(bucket) => format!("arn:{}:s3:::{}", bucket.region.partition(), bucket.name),
            Self::Network(network) => network.arn().to_string(),
        }
    }

    /// Returns the source as the log service names it in requests in this partition.
    pub fn log_source(&self, partition: Partition) -> LogSource {
        let arn = match self {
            Self::LoadBalancer(balancer) => balancer.arn.to_string(),
            Self::Bucket(bucket) => format!("arn:{partition}:s3:::{}", bucket.name),
            Self::Network(network) => network.arn().to_string(),
        };
        LogSource { name: self.name().to_owned(), arn }
    }

    /// Returns the source's account. A bucket's ARN contains no account, but only buckets of the account `caller` are
    /// sources.
    pub fn account<'a>(&'a self, caller: &'a AccountId) -> &'a AccountId {
        match self {
            Self::LoadBalancer(balancer) => &balancer.account,
            Self::Bucket(_) => caller,
            Self::Network(network) => &network.account,
        }
    }

    /// Returns the source's type.
    pub fn kind(&self) -> SourceKind {
        match self {
            Self::LoadBalancer(balancer) => SourceKind::LoadBalancer(balancer.kind),
            Self::Bucket(_) => SourceKind::Bucket,
            Self::Network(_) => SourceKind::Network,
        }
    }

    /// Returns the bucket's name. `None` for another kind of source.
    pub fn bucket(&self) -> Option<&BucketName> {
        match self {
            Self::LoadBalancer(_) | Self::Network(_) => None,
            Self::Bucket(bucket) => Some(&bucket.name),
        }
    }

    /// Returns the noun for the source, independent of the load balancer type.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::LoadBalancer(_) => "load balancer",
            Self::Bucket(_) => "bucket",
            Self::Network(network) => network.id.kind().noun(),
        }
    }

    /// Returns what the source is in a list, such as `ALB`.
    pub fn short_noun(&self) -> &'static str {
        match self {
            Self::LoadBalancer(balancer) => balancer.kind.short_noun(),
            Self::Bucket(_) | Self::Network(_) => self.noun(),
        }
    }

    /// Returns the protocols of the source's listeners. `None` if the source is no load balancer.
    pub fn listener_protocols(&self) -> Option<&Seen<Vec<String>>> {
        match self {
            Self::LoadBalancer(balancer) => Some(&balancer.listener_protocols),
            Self::Bucket(_) | Self::Network(_) => None,
        }
    }

    /// Returns the log services that can write logs of this source.
    pub fn producers(&self) -> Vec<Producer> {
        let own = self.kind();
        Producer::ALL.into_iter().filter(|producer| producer.facts().source == own).collect()
    }

    /// Returns the value that names the source on the command line, for a run in the given Region. For a load balancer
    /// of another Region, the value is the ARN.
    pub fn word_in(&self, region: &Region) -> String {
        match self {
            Self::LoadBalancer(balancer) if balancer.region != *region => balancer.arn.to_string(),
            Self::Network(network) if network.region != *region => network.arn().to_string(),
            Self::Bucket(_) | Self::LoadBalancer(_) | Self::Network(_) => self.name().to_owned(),
        }
    }

    /// Returns the source by its name, which is shorter than an ARN.
    pub fn as_named(&self) -> SourceName {
        match self {
            Self::LoadBalancer(balancer) => SourceName::LoadBalancer(balancer.name.clone()),
            Self::Bucket(bucket) => SourceName::Bucket(bucket.name.clone()),
            Self::Network(network) => SourceName::Network(network.id.clone()),
        }
    }

    /// Returns the key that the inventory configuration names, if any.
    pub fn own_report_key(&self) -> Option<&str> {
        match self {
            Self::LoadBalancer(_) | Self::Network(_) => None,
            Self::Bucket(bucket) => bucket.inventory.present()?.own_key(),
        }
    }
}

impl SourceBucket {
    /// Returns a bucket without its settings. Only the Region is known.
    pub fn located(name: BucketName, region: Region) -> Self {
        Self { name, region, logging: Seen::Absent, inventory: Seen::Absent }
    }
}

impl From<SourceBucket> for Source {
    fn from(bucket: SourceBucket) -> Self {
        Self::Bucket(bucket)
    }
}
