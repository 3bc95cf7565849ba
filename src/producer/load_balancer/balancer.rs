//! A load balancer as read from AWS.

use std::collections::BTreeMap;

use crate::model::{AccountId, Arn, Region, Seen};
use crate::producer::Producer;

use super::LogType;

/// A load balancer and its logging attributes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoadBalancer {
    /// The load balancer's name.
    pub name: String,
    /// The load balancer's ARN.
    pub arn: Arn,
    /// The load balancer's type.
    pub kind: LoadBalancerType,
    /// The Region in the ARN.
    pub region: Region,
    /// The account in the ARN.
    pub account: AccountId,
    /// The attributes by key. For a Classic Load Balancer, the access log setting in the same form.
    pub attributes: Seen<BTreeMap<String, String>>,
    /// The protocols of the listeners, such as `TLS`. Only read if the producer depends on listeners.
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
    /// Classic Load Balancer, in the first version of the API
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/Welcome.html>).
    Classic,
}

impl LoadBalancerType {
    /// Returns the producer of the logs, if this type has logs.
    pub fn producer(self) -> Option<Producer> {
        let logs = |producer: &Producer| producer.facts().source.load_balancer() == Some(self);
        Producer::ALL.into_iter().find(logs)
    }

    /// Returns the resource in the ARN of a load balancer with this name. The ARN ends with an ID that only AWS knows.
    /// The name `*` means all load balancers of this type.
    pub fn resource(self, name: &str) -> String {
        let id = if name == "*" { "" } else { "/*" };
        let word = match self {
            Self::Application => "app",
            Self::Network => "net",
            Self::Gateway => "gwy",
            // <https://docs.aws.amazon.com/service-authorization/latest/reference/list_elasticloadbalancing.html>
            Self::Classic => return format!("loadbalancer/{name}"),
        };
        format!("loadbalancer/{word}/{name}{id}")
    }

    /// Returns the logs that this type can have.
    pub fn logs(self) -> &'static [LogType] {
        match self {
            Self::Application => &LogType::ALL,
            Self::Classic | Self::Network => &[LogType::Access],
            Self::Gateway => &[],
        }
    }

    /// Returns the abbreviation of the noun, if people use one.
    pub fn short_noun(self) -> &'static str {
        match self {
            Self::Application => "ALB",
            Self::Network => "NLB",
            Self::Gateway => "GWLB",
            Self::Classic => "CLB",
        }
    }

    /// The singular noun.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Application => "Application Load Balancer",
            Self::Network => "Network Load Balancer",
            Self::Gateway => "Gateway Load Balancer",
            Self::Classic => "Classic Load Balancer",
        }
    }

    /// Returns the type's name for use in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::Application => "an Application Load Balancer",
            Self::Network => "a Network Load Balancer",
            Self::Gateway => "a Gateway Load Balancer",
            Self::Classic => "a Classic Load Balancer",
        }
    }
}

/// The setting of one log of a load balancer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogAttachment {
    /// Whether the log is on.
    pub enabled: bool,
    /// The bucket, or an empty string.
    pub bucket: String,
    /// The prefix, or nothing.
    pub prefix: String,
}

impl LoadBalancer {
    /// Returns a log's setting according to the attributes. `None` if the attributes could not be read.
    pub fn attachment(&self, log: LogType) -> Option<LogAttachment> {
        let attributes = self.attributes.present()?;
        let value =
            |name: &str| attributes.get(&format!("{}.{name}", log.attribute_stem())).cloned().unwrap_or_default();
        Some(LogAttachment { enabled: value("enabled") == "true", bucket: value("bucket"), prefix: value("prefix") })
    }
}
