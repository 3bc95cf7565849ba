//! Sources of logs as seen: load balancers and buckets.

use crate::model::{AccountId, BucketName, Region, Seen};

use super::inventory::InventoryConfiguration;
use super::load_balancer::LoadBalancer;
use super::s3_access::Logging;

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
