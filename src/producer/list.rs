//! The log services.
//!
//! The rules for each service are in its own folder in [`crate::producer`].

use clap::ValueEnum;
use std::fmt;

use crate::model::EncryptionKind;

use super::encryption::EncryptionRule;
use super::{Facts, alb, clb, inventory, nlb, s3_access, vpc_flow};

/// A service that delivers logs to a bucket.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, ValueEnum)]
pub enum Producer {
    /// An Application Load Balancer's access, connection and health check logs.
    #[value(help = "Application Load Balancer")]
    Alb,
    /// A Network Load Balancer's access logs.
    #[value(help = "Network Load Balancer")]
    Nlb,
    /// A Classic Load Balancer's access log.
    #[value(help = "Classic Load Balancer")]
    Clb,
    /// A bucket's server access logs.
    #[value(help = "S3 server access logs")]
    S3Access,
    /// A bucket's S3 Inventory reports.
    #[value(help = "S3 Inventory")]
    Inventory,
    /// Flow logs of VPCs, subnets, network interfaces and transit gateways.
    #[value(help = "VPC Flow Logs")]
    VpcFlow,
}

impl Producer {
    /// All log services, in the order of help and tables.
    pub const ALL: [Self; 6] = [Self::Alb, Self::Nlb, Self::Clb, Self::S3Access, Self::Inventory, Self::VpcFlow];

    /// Returns the facts about the log service.
    pub fn facts(self) -> &'static Facts {
        match self {
            Self::Alb => &alb::FACTS,
            Self::Nlb => &nlb::FACTS,
            Self::Clb => &clb::FACTS,
            Self::S3Access => &s3_access::FACTS,
            Self::Inventory => &inventory::FACTS,
            Self::VpcFlow => &vpc_flow::FACTS,
        }
    }

    /// The value on the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        self.facts().id
    }

    /// The name of the service's logs for use in a sentence.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// Returns the rule for a kind of default encryption.
    pub fn encryption(self, kind: EncryptionKind) -> EncryptionRule {
        (self.facts().encryption)(kind)
    }

    /// Returns whether the service certainly uses this action on a key. Uncertain actions appear on only some of AWS's
    /// pages.
    pub fn certainly_asks(self, action: &str) -> bool {
        self.facts().certain_key_action.is_none_or(|certain| certain == action)
    }
}

impl fmt::Display for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
