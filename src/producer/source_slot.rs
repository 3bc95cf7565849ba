//! The source setting that determines the destination of logs.

use serde::{Deserialize, Serialize};

use crate::model::{Arn, BucketName, Region};

use super::{Attachment, InventoryId, Log, Source, Traffic, clb, inventory, load_balancer, s3_access, vpc_flow};

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
    /// The flow log of a network to a folder of a bucket. A network can have several flow logs.
    FlowLog {
        /// The network.
        arn: Arn,
        /// The network's ID.
        id: String,
        bucket: BucketName,
        prefix: String,
        /// The traffic. `None` for a transit gateway.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        traffic: Option<Traffic>,
    },
}

impl SourceSlot {
    /// Returns the setting's name for use in a sentence.
    pub fn title(&self) -> String {
        match self {
            Self::BucketLogging { bucket, region: _ } => format!("where `{bucket}` logs"),
            Self::Inventory { bucket, region: _, id } => format!("the inventory `{id}` of `{bucket}`"),
            Self::ClassicLog { name, .. } | Self::LoadBalancer { name, .. } => format!("where `{name}` logs"),
            Self::FlowLog { id, bucket, prefix, traffic, .. } => {
                let of = match traffic {
                    Some(Traffic::Accept) => " of accepted traffic",
                    Some(Traffic::Reject) => " of rejected traffic",
                    Some(Traffic::All) | None => "",
                };
                format!("the flow log{of} of `{id}` to `{}`", super::destination_in_words(bucket.as_str(), prefix))
            }
        }
    }

    /// Returns whether a write replaces the whole value, including a change that someone else has just made. A write to
    /// a load balancer changes only the sent attributes.
    pub fn is_replaced_whole(&self) -> bool {
        match self {
            Self::BucketLogging { .. } | Self::Inventory { .. } => true,
            Self::ClassicLog { .. } | Self::FlowLog { .. } | Self::LoadBalancer { .. } => false,
        }
    }

    /// Returns whether AWS checks the destination during the call that writes the value.
    pub fn is_checked_by_aws(&self) -> bool {
        match self {
            Self::ClassicLog { .. } | Self::FlowLog { .. } | Self::LoadBalancer { .. } => true,
            Self::BucketLogging { .. } | Self::Inventory { .. } => false,
        }
    }

    /// Returns whether the value is a resource with an ID of its own, which can't be changed.
    pub fn is_resource(&self) -> bool {
        match self {
            Self::FlowLog { .. } => true,
            Self::BucketLogging { .. }
            | Self::ClassicLog { .. }
            | Self::Inventory { .. }
            | Self::LoadBalancer { .. } => false,
        }
    }

    /// Returns the bucket whose policy AWS may change during the write.
    pub fn changed_policy(&self) -> Option<&BucketName> {
        match self {
            Self::FlowLog { bucket, .. } => Some(bucket),
            Self::BucketLogging { .. }
            | Self::ClassicLog { .. }
            | Self::Inventory { .. }
            | Self::LoadBalancer { .. } => None,
        }
    }

    /// Returns the setting's name without the source.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::BucketLogging { .. } => "server access logging",
            Self::Inventory { .. } => "inventory",
            Self::ClassicLog { .. } | Self::LoadBalancer { .. } => "load balancer attributes",
            Self::FlowLog { .. } => "flow log",
        }
    }

    /// Returns the call that writes the setting.
    pub fn api(&self) -> &'static str {
        match self {
            Self::BucketLogging { .. } => s3_access::ATTACHMENT.api,
            Self::Inventory { .. } => inventory::ATTACHMENT.api,
            Self::LoadBalancer { .. } => load_balancer::ATTACHMENT.api,
            Self::ClassicLog { .. } => clb::ATTACHMENT.api,
            Self::FlowLog { .. } => vpc_flow::ATTACHMENT.api,
        }
    }

    /// Returns the name of the source.
    pub fn source(&self) -> &str {
        match self {
            Self::BucketLogging { bucket, .. } | Self::Inventory { bucket, .. } => bucket.as_str(),
            Self::ClassicLog { name, .. } | Self::LoadBalancer { name, .. } => name,
            Self::FlowLog { id, .. } => id,
        }
    }

    /// Returns the source's ARN, if the source is a load balancer.
    pub fn load_balancer(&self) -> Option<&Arn> {
        match self {
            Self::ClassicLog { arn, .. } | Self::LoadBalancer { arn, .. } => Some(arn),
            Self::BucketLogging { .. } | Self::FlowLog { .. } | Self::Inventory { .. } => None,
        }
    }

    /// Returns the source's ARN, if the source is a network.
    pub fn network(&self) -> Option<&Arn> {
        match self {
            Self::FlowLog { arn, .. } => Some(arn),
            Self::BucketLogging { .. }
            | Self::ClassicLog { .. }
            | Self::Inventory { .. }
            | Self::LoadBalancer { .. } => None,
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
            (Self::FlowLog { id, bucket, prefix, traffic, .. }, Source::Network(network), Log::Flow(Some(_))) => {
                let settings = log.target.present().and_then(|target| target.flow_log.as_ref());
                *id == network.id.as_str()
                    && settings.is_some_and(|settings| {
                        settings.bucket == bucket.as_str() && settings.prefix == *prefix && settings.traffic == *traffic
                    })
            }
            (_, _, _) => false,
        }
    }
}
