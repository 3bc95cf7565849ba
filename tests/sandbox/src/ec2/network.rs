//! VPCs, subnets, network interfaces and transit gateways, with only what flow logs need.
//!
//! The elements are those of the EC2 API's pages `Vpc`, `Subnet`, `NetworkInterface` and `TransitGateway`.

use std::collections::BTreeMap;

use crate::dispatch::Caller;
use crate::ec2::error::{Refusal, missing, refuse};
use crate::ec2::list::{UnknownFilter, filters, page, pairs, passes, tag_set, tags};
use crate::ec2::{Ec2, flow_log, list};
use crate::query::answered;
use crate::sts::parameter;
use crate::wire::Reply;
use crate::world;
use crate::xml::escape;

/// A kind of resource that can have flow logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Vpc,
    Subnet,
    NetworkInterface,
    TransitGateway,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Vpc, Self::Subnet, Self::NetworkInterface, Self::TransitGateway];

    /// Returns the kind of the resource with this ID.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| id.starts_with(kind.prefix()))
    }

    /// The beginning of its IDs.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Vpc => "vpc-",
            Self::Subnet => "subnet-",
            Self::NetworkInterface => "eni-",
            Self::TransitGateway => "tgw-",
        }
    }

    /// Its name in ARNs and in `TagSpecification`.
    pub fn tagged(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::Subnet => "subnet",
            Self::NetworkInterface => "network-interface",
            Self::TransitGateway => "transit-gateway",
        }
    }

    /// Its name in operations and in the `ResourceType` of a flow log, which writes VPC in capital letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vpc => "Vpc",
            Self::Subnet => "Subnet",
            Self::NetworkInterface => "NetworkInterface",
            Self::TransitGateway => "TransitGateway",
        }
    }

    /// Its element in answers. A listing's element ends with `Set`.
    fn element(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::Subnet => "subnet",
            Self::NetworkInterface => "networkInterface",
            Self::TransitGateway => "transitGateway",
        }
    }

    /// Returns the parameter with IDs. Only the one of transit gateways is in the plural.
    fn ids(self) -> String {
        let plural = if self == Self::TransitGateway { "s" } else { "" };
        format!("{}Id{plural}", self.name())
    }

    /// The error for an unknown ID.
    pub fn not_found(self, id: &str) -> Refusal {
        let message = match self {
            Self::Vpc => format!("The vpc ID '{id}' does not exist"),
            Self::Subnet => format!("The subnet ID '{id}' does not exist"),
            Self::NetworkInterface => format!("The networkInterface ID '{id}' does not exist"),
            Self::TransitGateway => format!("Transit Gateway {id} was deleted or does not exist."),
        };
        let noun = if self == Self::Vpc { "Vpc" } else { self.name() };
        refuse(&format!("Invalid{noun}ID.NotFound"), &message)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    pub id: String,
    pub kind: Kind,
    /// The owner.
    pub account: String,
    pub region: String,
    /// The VPC of a subnet or network interface.
    pub vpc: Option<String>,
    /// The subnet of a network interface.
    pub subnet: Option<String>,
    /// The addresses of a VPC or subnet, such as `10.0.0.0/16`.
    pub cidr: String,
    /// The Availability Zone of a subnet or network interface.
    pub zone: String,
    /// Whether it is the default VPC, or the default subnet of its zone.
    pub is_default: bool,
    /// The description of a network interface. Load balancing describes its own with the load balancer.
    pub description: String,
    pub tags: BTreeMap<String, String>,
}

impl Network {
    /// Returns the value for a filter.
    fn value_of(&self, filter: &str) -> Result<Option<String>, UnknownFilter> {
        Ok(match (filter, self.kind) {
            ("owner-id", _) => Some(self.account.clone()),
            ("vpc-id", Kind::Vpc)
            | ("subnet-id", Kind::Subnet)
            | ("network-interface-id", Kind::NetworkInterface)
            | ("transit-gateway-id", Kind::TransitGateway) => Some(self.id.clone()),
            ("vpc-id", Kind::Subnet | Kind::NetworkInterface) => self.vpc.clone(),
            ("subnet-id", Kind::NetworkInterface) => self.subnet.clone(),
            ("is-default", Kind::Vpc) | ("default-for-az", Kind::Subnet) => Some(self.is_default.to_string()),
            ("availability-zone", Kind::Subnet | Kind::NetworkInterface) => Some(self.zone.clone()),
            ("description", Kind::NetworkInterface) => Some(self.description.clone()),
            ("state", Kind::Vpc | Kind::Subnet | Kind::TransitGateway) => Some("available".to_owned()),
            _ => return Err(UnknownFilter),
        })
    }

    fn xml(&self) -> String {
        let Self { id, account, region, zone, is_default, .. } = self;
        let (tags, cidr, description) = (tag_set(&self.tags), escape(&self.cidr), escape(&self.description));
        let vpc = self.vpc.clone().unwrap_or_default();
        match self.kind {
            Kind::Vpc => format!(
                "<vpcId>{id}</vpcId><ownerId>{account}</ownerId><state>available</state><cidrBlock>{cidr}</cidrBlock><dhcpOptionsId>dopt-0123456789abcdef0</dhcpOptionsId><instanceTenancy>default</instanceTenancy><isDefault>{is_default}</isDefault>{tags}"
            ),
            Kind::Subnet => format!(
                "<subnetId>{id}</subnetId><subnetArn>arn:aws:ec2:{region}:{account}:subnet/{id}</subnetArn><state>available</state><ownerId>{account}</ownerId><vpcId>{vpc}</vpcId><cidrBlock>{cidr}</cidrBlock><availableIpAddressCount>251</availableIpAddressCount><availabilityZone>{zone}</availabilityZone><defaultForAz>{is_default}</defaultForAz><mapPublicIpOnLaunch>false</mapPublicIpOnLaunch>{tags}"
            ),
            Kind::NetworkInterface => format!(
                "<networkInterfaceId>{id}</networkInterfaceId><subnetId>{}</subnetId><vpcId>{vpc}</vpcId><availabilityZone>{zone}</availabilityZone><description>{description}</description><ownerId>{account}</ownerId><requesterManaged>false</requesterManaged><status>available</status><interfaceType>interface</interfaceType><privateIpAddress>10.0.0.7</privateIpAddress>{tags}",
                self.subnet.clone().unwrap_or_default()
            ),
            Kind::TransitGateway => format!(
                "<transitGatewayId>{id}</transitGatewayId><transitGatewayArn>arn:aws:ec2:{region}:{account}:transit-gateway/{id}</transitGatewayArn><state>available</state><ownerId>{account}</ownerId><description/><creationTime>{}</creationTime>{tags}",
                world::stamp(std::time::UNIX_EPOCH)
            ),
        }
    }
}

/// Returns a network of the caller in this Region.
pub fn find<'a>(ec2: &'a Ec2, caller: &Caller, kind: Kind, id: &str) -> Result<&'a Network, Refusal> {
    let own = |network: &&Network| {
        network.kind == kind && network.account == caller.account && network.region == caller.region
    };
    ec2.networks.get(id).filter(own).ok_or_else(|| kind.not_found(id))
}

/// Describes all networks of a kind, or those with the IDs in the request.
pub fn describe(ec2: &Ec2, caller: &Caller, form: &[(String, String)], kind: Kind) -> Result<Reply, Refusal> {
    let ids = list(form, &kind.ids());
    for id in &ids {
        find(ec2, caller, kind, id)?;
    }
    // "You cannot specify this parameter and the network interface IDs parameter in the same request."
    if kind == Kind::NetworkInterface && !ids.is_empty() && parameter(form, "MaxResults").is_some() {
        let message = "The parameter networkInterfaceIds cannot be used with the parameter maxResults";
        return Err(refuse("InvalidParameterCombination", message));
    }
    let filters = filters(form);
    let mut found = Vec::new();
    for network in ec2.networks.values() {
        let wanted = ids.is_empty() || ids.contains(&network.id.as_str());
        if wanted
            && find(ec2, caller, kind, &network.id).is_ok()
            && passes(&filters, &network.tags, |filter| network.value_of(filter))?
        {
            found.push(network);
        }
    }
    // Each `Describe` page of these resources: "Valid Range: Minimum value of 5. Maximum value of 1000."
    let (page, next) = page(form, 5, found, |network| &network.id)?;
    let items = page.iter().fold(String::new(), |all, network| all + "<item>" + &network.xml() + "</item>");
    let set = kind.element();
    Ok(answered("ec2", &format!("Describe{}s", kind.name()), &format!("<{set}Set>{items}</{set}Set>{next}")))
}

/// Creates a network. It is available at once.
pub fn create(ec2: &mut Ec2, caller: &Caller, form: &[(String, String)], kind: Kind) -> Result<Reply, Refusal> {
    let required = |name: &str, shown: &str| parameter(form, name).ok_or_else(|| missing(shown));
    let cidr = match kind {
        Kind::Vpc | Kind::Subnet => required("CidrBlock", "cidrBlock")?,
        Kind::NetworkInterface | Kind::TransitGateway => "",
    };
    let (vpc, subnet) = match kind {
        Kind::Vpc | Kind::TransitGateway => (None, None),
        Kind::Subnet => (Some(find(ec2, caller, Kind::Vpc, required("VpcId", "vpcId")?)?.id.clone()), None),
        Kind::NetworkInterface => {
            let subnet = find(ec2, caller, Kind::Subnet, required("SubnetId", "subnetId")?)?;
            (subnet.vpc.clone(), Some(subnet.id.clone()))
        }
    };
    let zone = match &subnet {
        Some(subnet) => find(ec2, caller, Kind::Subnet, subnet)?.zone.clone(),
        None => parameter(form, "AvailabilityZone").map_or_else(|| format!("{}a", caller.region), str::to_owned),
    };
    let tags = tags(form, kind.tagged())?;
    let id = ec2.new_id(kind.prefix(), &format!("{}/{}", caller.account, caller.region));
    let network = Network {
        id: id.clone(),
        kind,
        account: caller.account.clone(),
        region: caller.region.clone(),
        vpc,
        subnet,
        cidr: cidr.to_owned(),
        zone,
        is_default: false,
        description: parameter(form, "Description").unwrap_or_default().to_owned(),
        tags,
    };
    let inside = format!("<{0}>{1}</{0}>", kind.element(), network.xml());
    ec2.networks.insert(id, network);
    Ok(answered("ec2", &format!("Create{}", kind.name()), &inside))
}

/// `CreateTags`: "Adds or overwrites only the specified tags". All resources must exist.
pub fn tag(ec2: &mut Ec2, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let (ids, tags) = (list(form, "ResourceId"), pairs(form, ""));
    if ids.is_empty() {
        return Err(missing("resourceIdSet"));
    }
    if tags.is_empty() {
        return Err(missing("tagSet"));
    }
    for id in &ids {
        match Kind::of_id(id) {
            Some(kind) => find(ec2, caller, kind, id).map(drop)?,
            None => flow_log::find(ec2, caller, id).map(drop)?,
        }
    }
    for id in ids {
        if let Some(network) = ec2.networks.get_mut(id) {
            network.tags.extend(tags.clone());
        }
        if let Some(flow_log) = ec2.flow_logs.get_mut(id) {
            flow_log.tags.extend(tags.clone());
        }
    }
    Ok(answered("ec2", "CreateTags", "<return>true</return>"))
}

/// `CreateDefaultVpc`: "Creates a default VPC with a size /16 IPv4 CIDR block and a default subnet in each Availability
/// Zone." The sandbox has three zones in each Region.
pub fn create_default_vpc(ec2: &mut Ec2, caller: &Caller) -> Result<Reply, Refusal> {
    let own = |network: &&Network| {
        network.kind == Kind::Vpc
            && network.is_default
            && network.account == caller.account
            && network.region == caller.region
    };
    if ec2.networks.values().any(|network| own(&network)) {
        let message = "A Default VPC already exists for this account in this region.";
        return Err(refuse("DefaultVpcAlreadyExists", message));
    }
    let purpose = format!("{}/{}", caller.account, caller.region);
    let vpc = Network {
        id: ec2.new_id(Kind::Vpc.prefix(), &purpose),
        kind: Kind::Vpc,
        account: caller.account.clone(),
        region: caller.region.clone(),
        vpc: None,
        subnet: None,
        cidr: "172.31.0.0/16".to_owned(),
        zone: String::new(),
        is_default: true,
        description: String::new(),
        tags: BTreeMap::new(),
    };
    for (letter, third) in [("a", 0), ("b", 16), ("c", 32)] {
        let subnet = Network {
            id: ec2.new_id(Kind::Subnet.prefix(), &purpose),
            kind: Kind::Subnet,
            vpc: Some(vpc.id.clone()),
            cidr: format!("172.31.{third}.0/20"),
            zone: format!("{}{letter}", caller.region),
            ..vpc.clone()
        };
        ec2.networks.insert(subnet.id.clone(), subnet);
    }
    let inside = format!("<vpc>{}</vpc>", vpc.xml());
    ec2.networks.insert(vpc.id.clone(), vpc);
    Ok(answered("ec2", "CreateDefaultVpc", &inside))
}

/// `DeleteVpc`: "you must detach or delete all gateways and resources" first, and `DeleteSubnet`: "You must terminate
/// all running instances in the subnet" first. The README says what happens to their flow logs.
pub fn delete(ec2: &mut Ec2, caller: &Caller, form: &[(String, String)], kind: Kind) -> Result<Reply, Refusal> {
    let id = parameter(form, &kind.ids()).ok_or_else(|| missing(&format!("{}Id", kind.element())))?;
    find(ec2, caller, kind, id)?;
    if ec2.networks.values().any(|network| [&network.vpc, &network.subnet].contains(&&Some(id.to_owned()))) {
        let message = format!("The {} '{id}' has dependencies and cannot be deleted.", kind.element());
        return Err(refuse("DependencyViolation", &message));
    }
    ec2.networks.remove(id);
    Ok(answered("ec2", &format!("Delete{}", kind.name()), "<return>true</return>"))
}

/// Adds a network interface of a load balancer to each subnet. "Find the network interfaces of your load balancer": the
/// description is `ELB app/NAME/ID`, and of a Classic Load Balancer `ELB NAME`.
pub fn add_interfaces(ec2: &mut Ec2, caller: &Caller, subnets: &[String], description: &str) {
    for subnet in subnets {
        let Ok(subnet) = find(ec2, caller, Kind::Subnet, subnet).cloned() else { continue };
        let interface = Network {
            id: ec2.new_id(Kind::NetworkInterface.prefix(), description),
            kind: Kind::NetworkInterface,
            subnet: Some(subnet.id.clone()),
            cidr: String::new(),
            is_default: false,
            description: description.to_owned(),
            tags: BTreeMap::new(),
            ..subnet
        };
        ec2.networks.insert(interface.id.clone(), interface);
    }
}

/// Removes the network interfaces with this description.
pub fn drop_interfaces(ec2: &mut Ec2, caller: &Caller, description: &str) {
    ec2.networks.retain(|_, network| {
        network.kind != Kind::NetworkInterface
            || network.description != description
            || network.account != caller.account
            || network.region != caller.region
    });
}
