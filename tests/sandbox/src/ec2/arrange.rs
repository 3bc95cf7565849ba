//! Sets up networks and flow logs for tests, and lists them. Nothing is validated.
//!
//! As in [`crate::arrange`], these calls are not requests.

use std::collections::BTreeMap;
use std::time::SystemTime;

use crate::account::ACCOUNT;
use crate::ec2::create;
use crate::ec2::flow_log::FlowLog;
use crate::ec2::grant::PolicyChange;
use crate::ec2::network::{Kind, Network};
use crate::ec2::request::{FORMAT, TRANSIT_FORMAT};
use crate::sandbox::Sandbox;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSeed {
    pub kind: Kind,
    /// `None` means a new ID.
    pub id: Option<String>,
    pub account: String,
    pub region: String,
    /// The VPC of a subnet, or the subnet of a network interface.
    pub inside: Option<String>,
    pub tags: BTreeMap<String, String>,
}

impl NetworkSeed {
    /// A VPC with this `Name` tag, of [`ACCOUNT`] in us-east-1.
    pub fn vpc(name: &str) -> Self {
        Self::new(Kind::Vpc, name, None)
    }

    /// A subnet of a VPC.
    pub fn subnet(name: &str, vpc: &str) -> Self {
        Self::new(Kind::Subnet, name, Some(vpc))
    }

    /// A network interface in a subnet.
    pub fn network_interface(name: &str, subnet: &str) -> Self {
        Self::new(Kind::NetworkInterface, name, Some(subnet))
    }

    pub fn transit_gateway(name: &str) -> Self {
        Self::new(Kind::TransitGateway, name, None)
    }

    fn new(kind: Kind, name: &str, inside: Option<&str>) -> Self {
        Self {
            kind,
            id: None,
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            inside: inside.map(str::to_owned),
            tags: BTreeMap::from([("Name".to_owned(), name.to_owned())]),
        }
    }

    #[must_use]
    pub fn of(mut self, account: &str) -> Self {
        account.clone_into(&mut self.account);
        self
    }

    #[must_use]
    pub fn within(mut self, region: &str) -> Self {
        region.clone_into(&mut self.region);
        self
    }

    /// Sets the ID.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    #[must_use]
    pub fn tagged(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowLogSeed {
    /// The ID of the resource, which decides the account and Region. The ID of an unknown resource belongs to
    /// [`ACCOUNT`] in us-east-1.
    pub resource: String,
    /// The ARN of the bucket, with or without a folder.
    pub destination: String,
    /// Not used for transit gateways.
    pub traffic: String,
    /// `None` means the default format.
    pub format: Option<String>,
    pub interval: u32,
    pub file_format: String,
    pub hive: bool,
    pub per_hour: bool,
    pub tags: BTreeMap<String, String>,
}

impl FlowLogSeed {
    /// A flow log of all traffic with the default options. `destination` is the ARN of a bucket or folder.
    pub fn new(resource: &str, destination: &str) -> Self {
        Self {
            resource: resource.to_owned(),
            destination: destination.to_owned(),
            traffic: "ALL".to_owned(),
            format: None,
            interval: if resource.starts_with(Kind::TransitGateway.prefix()) { 60 } else { 600 },
            file_format: "plain-text".to_owned(),
            hive: false,
            per_hour: false,
            tags: BTreeMap::new(),
        }
    }

    /// Sets the traffic type.
    #[must_use]
    pub fn of_traffic(mut self, traffic: &str) -> Self {
        traffic.clone_into(&mut self.traffic);
        self
    }

    /// Uses Hive-compatible folders.
    #[must_use]
    pub fn hive(mut self) -> Self {
        self.hive = true;
        self
    }

    /// Uses a folder for each hour.
    #[must_use]
    pub fn per_hour(mut self) -> Self {
        self.per_hour = true;
        self
    }

    /// Writes Parquet.
    #[must_use]
    pub fn parquet(mut self) -> Self {
        "parquet".clone_into(&mut self.file_format);
        self
    }

    #[must_use]
    pub fn tagged(mut self, key: &str, value: &str) -> Self {
        self.tags.insert(key.to_owned(), value.to_owned());
        self
    }
}

impl Sandbox {
    /// Adds a VPC, subnet, network interface or transit gateway, and returns its ID.
    pub fn put_network(&self, seed: NetworkSeed) -> String {
        let ec2 = &mut self.world().ec2;
        let NetworkSeed { kind, account, region, inside, tags, .. } = seed;
        let id = seed.id.unwrap_or_else(|| ec2.new_id(kind.prefix(), &format!("{account}/{region}")));
        let (vpc, subnet) = match kind {
            Kind::NetworkInterface => {
                let subnet = inside.as_ref().and_then(|subnet| ec2.networks.get(subnet));
                (subnet.and_then(|subnet| subnet.vpc.clone()), inside)
            }
            Kind::Vpc | Kind::Subnet | Kind::TransitGateway => (inside, None),
        };
        let cidr = match kind {
            Kind::Vpc => "10.0.0.0/16",
            Kind::Subnet => "10.0.0.0/24",
            Kind::NetworkInterface | Kind::TransitGateway => "",
        };
        let network = Network {
            id: id.clone(),
            kind,
            zone: format!("{region}a"),
            account,
            region,
            vpc,
            subnet,
            cidr: cidr.to_owned(),
            is_default: false,
            description: String::new(),
            tags,
        };
        ec2.networks.insert(id.clone(), network);
        id
    }

    /// Removes a network. Its flow logs remain.
    pub fn drop_network(&self, id: &str) {
        self.world().ec2.networks.remove(id);
    }

    /// Returns the networks of all accounts and Regions, by ID.
    pub fn networks(&self) -> Vec<Network> {
        self.world().ec2.networks.values().cloned().collect()
    }

    /// Adds a flow log and returns its ID. The bucket policy does not change.
    pub fn put_flow_log(&self, seed: FlowLogSeed) -> String {
        let ec2 = &mut self.world().ec2;
        let kind = Kind::of_id(&seed.resource).unwrap_or(Kind::Vpc);
        let transit = kind == Kind::TransitGateway;
        let network = ec2.networks.get(&seed.resource);
        let (account, region) = network.map_or_else(
            || (ACCOUNT.to_owned(), "us-east-1".to_owned()),
            |network| (network.account.clone(), network.region.clone()),
        );
        let default = if transit { TRANSIT_FORMAT } else { FORMAT };
        let flow_log = FlowLog {
            id: String::new(),
            account,
            region,
            kind,
            resource: seed.resource,
            traffic: Some(seed.traffic).filter(|_| !transit),
            destination: seed.destination,
            format: seed.format.unwrap_or_else(|| default.to_owned()),
            interval: seed.interval,
            file_format: seed.file_format,
            hive: seed.hive,
            per_hour: seed.per_hour,
            tags: seed.tags,
            created: SystemTime::now(),
            status: None,
        };
        create::add(ec2, flow_log)
    }

    pub fn drop_flow_log(&self, id: &str) {
        self.world().ec2.flow_logs.remove(id);
    }

    /// Returns the flow logs of all accounts and Regions, by ID.
    pub fn flow_logs(&self) -> Vec<FlowLog> {
        self.world().ec2.flow_logs.values().cloned().collect()
    }

    /// Sets what `CreateFlowLogs` does to a bucket policy that the caller may change.
    pub fn set_policy_change(&self, change: PolicyChange) {
        self.world().ec2.policy_change = change;
    }
}
