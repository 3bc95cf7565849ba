//! A network that can have flow logs: a VPC, a subnet, a network interface or a transit gateway.

use std::fmt;
use std::str::FromStr;

use crate::model::{AccountId, Arn, Region, Seen};

use super::FlowLog;

/// A network and its flow logs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Network {
    pub id: NetworkId,
    /// The tag `Name`, if there is one. It need not be unique.
    pub label: Option<String>,
    pub region: Region,
    /// The account that owns the network, or the caller's account if only the ID is known.
    pub account: AccountId,
    /// The flow logs that deliver to S3.
    pub flow_logs: Seen<Vec<FlowLog>>,
}

/// The ID of a network, such as `vpc-0a1b2c3d4e5f60718`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct NetworkId(String);

/// The text is not the ID of a network that can have flow logs.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{0}` is not the ID or ARN of a VPC, subnet, network interface or transit gateway (vpc-, subnet-, eni- or tgw-)"
)]
pub struct NetworkIdError(String);

/// The types of source that logbucket supports. `ec2:CreateFlowLogs` also accepts transit gateway attachments and others.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum NetworkKind {
    Vpc,
    Subnet,
    NetworkInterface,
    TransitGateway,
}

impl NetworkKind {
    /// All types, in the order of lists.
    pub const ALL: [Self; 4] = [Self::Vpc, Self::Subnet, Self::NetworkInterface, Self::TransitGateway];

    /// Returns the noun.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Vpc => "VPC",
            Self::Subnet => "subnet",
            Self::NetworkInterface => "network interface",
            Self::TransitGateway => "transit gateway",
        }
    }

    /// Returns the value of `ResourceType` in `ec2:CreateFlowLogs`.
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::Vpc => "VPC",
            Self::Subnet => "Subnet",
            Self::NetworkInterface => "NetworkInterface",
            Self::TransitGateway => "TransitGateway",
        }
    }

    /// Returns the word for the type in ARNs
    /// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>).
    pub fn in_arn(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::Subnet => "subnet",
            Self::NetworkInterface => "network-interface",
            Self::TransitGateway => "transit-gateway",
        }
    }

    /// Returns the start of the type's IDs.
    fn prefix(self) -> &'static str {
        match self {
            Self::Vpc => "vpc-",
            Self::Subnet => "subnet-",
            Self::NetworkInterface => "eni-",
            Self::TransitGateway => "tgw-",
        }
    }

    /// Returns whether a flow log of this type can be limited to accepted or rejected traffic. A transit gateway's flow
    /// log can't (`TrafficType` in the page of `ec2:CreateFlowLogs`).
    pub fn has_traffic_types(self) -> bool {
        self != Self::TransitGateway
    }
}

impl NetworkId {
    /// The ID as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the type of the network.
    pub fn kind(&self) -> NetworkKind {
        let fits = |kind: &NetworkKind| self.0.starts_with(kind.prefix());
        NetworkKind::ALL.into_iter().find(fits).unwrap_or(NetworkKind::Vpc)
    }

    /// Returns the ID in an ARN, if the ARN is that of a network.
    pub fn from_arn(arn: &Arn) -> Option<Self> {
        let (word, id) = arn.resource.split_once('/')?;
        let id: Self = id.parse().ok()?;
        (arn.service == "ec2" && !arn.region.is_empty() && id.kind().in_arn() == word).then_some(id)
    }
}

impl FromStr for NetworkId {
    type Err = NetworkIdError;

    /// Parses an ID: the type, `-`, and 8 or 17 hexadecimal digits
    /// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html>).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = |rest: &str| {
            matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let fits = NetworkKind::ALL.iter().any(|kind| text.strip_prefix(kind.prefix()).is_some_and(is_hex));
        if fits { Ok(Self(text.to_owned())) } else { Err(NetworkIdError(text.to_owned())) }
    }
}

impl fmt::Display for NetworkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Network {
    /// Returns a network without its flow logs.
    pub fn located(id: NetworkId, region: Region, account: AccountId) -> Self {
        Self { id, label: None, region, account, flow_logs: Seen::Absent }
    }

    /// Returns the flow log with this ID.
    pub fn flow_log(&self, id: &str) -> Option<&FlowLog> {
        self.flow_logs.present()?.iter().find(|log| log.id == id)
    }

    /// Returns the network's ARN.
    pub fn arn(&self) -> Arn {
        Arn {
            partition: self.region.partition(),
            service: "ec2".to_owned(),
            region: self.region.to_string(),
            account: self.account.to_string(),
            resource: format!("{}/{}", self.id.kind().in_arn(), self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_networks_are_recognized_by_their_form() {
        for (text, kind) in [
            ("vpc-0a1b2c3d4e5f60718", NetworkKind::Vpc),
            ("subnet-12345678", NetworkKind::Subnet),
            ("eni-0a1b2c3d4e5f60718", NetworkKind::NetworkInterface),
            ("tgw-0a1b2c3d4e5f60718", NetworkKind::TransitGateway),
        ] {
            assert_eq!(text.parse::<NetworkId>().unwrap().kind(), kind);
        }
        for text in
            ["vpc-", "vpc-main", "tgw-attach-0a1b2c3d4e5f60718", "vpc-0A1B2C3D", "i-12345678", "", "vpc-1234567"]
        {
            assert!(text.parse::<NetworkId>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_arn_must_name_the_type_of_its_id() {
        let id = |text: &str| NetworkId::from_arn(&text.parse().unwrap()).map(|id| id.to_string());
        assert_eq!(id("arn:aws:ec2:us-east-1:111122223333:vpc/vpc-12345678").as_deref(), Some("vpc-12345678"));
        assert_eq!(
            id("arn:aws:ec2:us-east-1:111122223333:network-interface/eni-12345678").as_deref(),
            Some("eni-12345678")
        );
        assert_eq!(id("arn:aws:ec2:us-east-1:111122223333:subnet/vpc-12345678"), None);
        assert_eq!(id("arn:aws:ec2:us-east-1:111122223333:instance/i-12345678"), None);
        assert_eq!(id("arn:aws:elasticloadbalancing:us-east-1:111122223333:vpc/vpc-12345678"), None);
    }
}
