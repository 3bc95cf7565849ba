//! The source setting that determines the destination of logs.

use serde::{Deserialize, Serialize};

use crate::model::{Arn, BucketName, Region};

use super::{Attachment, InventoryId, Log, Source, clb, inventory, load_balancer, s3_access};

/// A setting of a source.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum SourceSlot {
    /// A bucket's server access logging.
    BucketLogging {
        /// The source bucket.
        bucket: BucketName,
        /// The bucket's Region.
        region: Region,
    },
    /// A bucket's inventory configuration.
    Inventory {
        /// The source bucket.
        bucket: BucketName,
        /// The bucket's Region.
        region: Region,
        id: InventoryId,
    },
    /// Attributes of a load balancer.
    LoadBalancer {
        /// The load balancer.
        arn: Arn,
        /// The load balancer's name.
        name: String,
        /// The names of the attributes.
        attributes: Vec<String>,
    },
    /// A Classic Load Balancer's access log.
    ClassicLog {
        /// The load balancer.
        arn: Arn,
        /// The load balancer's name.
        name: String,
    },
}

impl SourceSlot {
    /// Returns the setting's name for use in a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::BucketLogging { bucket, region: _ } => format!("where `{bucket}` logs"),
            Self::Inventory { bucket, region: _, id } => format!("the inventory `{id}` of `{bucket}`"),
            Self::ClassicLog { name, .. } | Self::LoadBalancer { name, .. } => format!("where `{name}` logs"),
        }
    }

    /// Returns whether a write replaces the whole value, including a change that someone else has just made. A write to
    /// a load balancer changes only the sent attributes.
    pub fn is_replaced_whole(&self) -> bool {
        match self {
            Self::BucketLogging { .. } | Self::Inventory { .. } => true,
            Self::ClassicLog { .. } | Self::LoadBalancer { .. } => false,
        }
    }

    /// Returns the setting's name without the source.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::BucketLogging { .. } => "server access logging",
            Self::Inventory { .. } => "inventory",
            Self::ClassicLog { .. } | Self::LoadBalancer { .. } => "load balancer attributes",
        }
    }

    /// Returns the call that writes the setting.
    pub fn api(&self) -> &'static str {
        match self {
            Self::BucketLogging { .. } => s3_access::ATTACHMENT.api,
            Self::Inventory { .. } => inventory::ATTACHMENT.api,
            Self::LoadBalancer { .. } => load_balancer::ATTACHMENT.api,
            Self::ClassicLog { .. } => clb::ATTACHMENT.api,
        }
    }

    /// Returns the name of the source.
    pub fn source(&self) -> &str {
        match self {
            Self::BucketLogging { bucket, .. } | Self::Inventory { bucket, .. } => bucket.as_str(),
            Self::ClassicLog { name, .. } | Self::LoadBalancer { name, .. } => name,
        }
    }

    /// Returns the source's ARN, if the source is a load balancer.
    pub fn load_balancer(&self) -> Option<&Arn> {
        match self {
            Self::ClassicLog { arn, .. } | Self::LoadBalancer { arn, .. } => Some(arn),
            Self::BucketLogging { .. } | Self::Inventory { .. } => None,
        }
    }

    /// Returns whether the setting determines the destination of this log.
    pub fn is_of(&self, log: &Attachment) -> bool {
        match (self, &log.source, &log.log) {
            (Self::LoadBalancer { arn, attributes, .. }, Source::LoadBalancer(balancer), Log::LoadBalancer(kind)) => {
                *arn == balancer.arn && attributes.contains(&format!("{}.enabled", kind.attribute_stem()))
            }
            (Self::ClassicLog { arn, .. }, Source::LoadBalancer(balancer), Log::LoadBalancer(_)) => {
                *arn == balancer.arn
            }
            (Self::BucketLogging { bucket, .. }, Source::Bucket(source), Log::Requests) => *bucket == source.name,
            (Self::Inventory { bucket, id, .. }, Source::Bucket(source), Log::Inventory(Some(of))) => {
                *bucket == source.name && id.as_str() == of
            }
            (_, _, _) => false,
        }
    }
}
