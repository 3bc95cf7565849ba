//! VPCs, subnets, network interfaces and transit gateways, with their flow logs.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::connect::Aws;
use crate::aws::ec2::{Client, DecodeError, Parameters, XmlElement, each, items, text};
use crate::aws::error::AwsError;
use crate::aws::listing::{Listing, Next};
use crate::aws::observe_error::ObserveError;
use crate::aws::outcome::seen;
use crate::model::{AccountId, Region, Seen};
use crate::producer::{FlowLog, Network, NetworkId, NetworkKind, SourceName};
use crate::state::{Identity, SourceTags};

use super::flow_logs::{self, ListedFlowLog, tag_set};

/// Entries per page, the maximum.
const PAGE: &str = "1000";

/// The most pages of networks to read. A Region has 5 VPCs unless its quota was raised
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html>).
const PAGES: usize = 100;

type Tags = BTreeMap<String, String>;

/// How EC2 describes networks of a type.
struct Describing {
    operation: &'static str,
    action: &'static str,
    /// The name of the parameter with IDs.
    ids: &'static str,
    /// The name of the list in the answer, and of the ID in an entry.
    set: &'static str,
    id: &'static str,
    absent: &'static str,
}

fn describing(kind: NetworkKind) -> Describing {
    match kind {
        NetworkKind::Vpc => Describing {
            operation: "DescribeVpcs",
            action: "ec2:DescribeVpcs",
            ids: "VpcId",
            set: "vpcSet",
            id: "vpcId",
            absent: "InvalidVpcID.NotFound",
        },
        NetworkKind::Subnet => Describing {
            operation: "DescribeSubnets",
            action: "ec2:DescribeSubnets",
            ids: "SubnetId",
            set: "subnetSet",
            id: "subnetId",
            absent: "InvalidSubnetID.NotFound",
        },
        NetworkKind::NetworkInterface => Describing {
            operation: "DescribeNetworkInterfaces",
            action: "ec2:DescribeNetworkInterfaces",
            ids: "NetworkInterfaceId",
            set: "networkInterfaceSet",
            id: "networkInterfaceId",
            absent: "InvalidNetworkInterfaceID.NotFound",
        },
        NetworkKind::TransitGateway => Describing {
            operation: "DescribeTransitGateways",
            action: "ec2:DescribeTransitGateways",
            ids: "TransitGatewayIds",
            set: "transitGatewaySet",
            id: "transitGatewayId",
            absent: "InvalidTransitGatewayID.NotFound",
        },
    }
}

/// A network as EC2 describes it.
#[derive(Debug)]
struct Described {
    id: String,
    owner: String,
    /// Such as `available` or `deleted`. A deleted transit gateway stays listed for some time.
    state: String,
    tags: Tags,
}

#[derive(Debug, Default)]
struct NetworkPage {
    networks: Vec<Described>,
    token: Option<String>,
}

fn page_of(root: &mut XmlElement<'_, '_>, kind: NetworkKind) -> Result<NetworkPage, DecodeError> {
    let Describing { set, id, .. } = describing(kind);
    let mut page = NetworkPage::default();
    each(root, |name, element| {
        if name == set {
            page.networks = items(element, |item| described(item, id))?;
        } else if name == "nextToken" {
            page.token = Some(text(element)?).filter(|token| !token.is_empty());
        }
        Ok(())
    })?;
    Ok(page)
}

fn described(item: &mut XmlElement<'_, '_>, id_name: &str) -> Result<Described, DecodeError> {
    let mut found = Described { id: String::new(), owner: String::new(), state: String::new(), tags: Tags::new() };
    each(item, |name, element| {
        match name {
            "ownerId" => found.owner = text(element)?,
            "state" => found.state = text(element)?,
            "tagSet" => found.tags = tag_set(element)?,
            name if name == id_name => found.id = text(element)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

/// Returns all networks of a type in the Region.
async fn all(client: &Client, kind: NetworkKind) -> Result<Seen<Vec<Described>>, AwsError> {
    let Describing { operation, action, .. } = describing(kind);
    let listing = Listing { action, resource: "*", absent: &[], pages: PAGES };
    let mut networks = Vec::new();
    let ask = |token: Option<String>| {
        let page = [("MaxResults".to_owned(), PAGE.to_owned())];
        let token = token.map(|token| ("NextToken".to_owned(), token));
        let parameters: Parameters = page.into_iter().chain(token).collect();
        client.call(operation, parameters, move |root| page_of(root, kind))
    };
    let read = listing.read(ask, |page: NetworkPage| {
        networks.extend(page.networks);
        Next::by_token(page.token)
    });
    Ok(read.await?.map(|()| networks))
}

/// Returns the named networks of a type. Absent if one of them does not exist.
async fn named(client: &Client, kind: NetworkKind, ids: &[&NetworkId]) -> Result<Seen<Vec<Described>>, AwsError> {
    let Describing { operation, action, ids: parameter, absent, .. } = describing(kind);
    let parameters = ids.iter().zip(1..).map(|(id, nth)| (format!("{parameter}.{nth}"), id.to_string())).collect();
    let answer = client.call(operation, parameters, move |root| page_of(root, kind)).await;
    let resource = ids.first().map_or("*", |id| id.as_str());
    Ok(seen(action, resource, &[absent], answer)?.map(|page| page.networks))
}

impl Aws {
    /// Returns the named networks with their flow logs, each once.
    pub(super) async fn named_networks(
        &self,
        region: &Region,
        names: &[SourceName],
        caller: &Identity,
    ) -> Result<(Vec<Network>, SourceTags), ObserveError> {
        let client = self.source.ec2(region);
        let ids: BTreeSet<NetworkId> = names.iter().filter_map(SourceName::network).collect();
        let of = |kind: NetworkKind| ids.iter().filter(|id| id.kind() == kind).collect::<Vec<_>>();
        let all_ids: Vec<&NetworkId> = ids.iter().collect();
        let describe = async |kind: NetworkKind| {
            let ids = of(kind);
            if ids.is_empty() { Ok(Seen::Present(Vec::new())) } else { named(&client, kind, &ids).await }
        };
        let (logs, vpcs, subnets, interfaces, gateways) = tokio::join!(
            flow_logs::all(&client, &all_ids),
            describe(NetworkKind::Vpc),
            describe(NetworkKind::Subnet),
            describe(NetworkKind::NetworkInterface),
            describe(NetworkKind::TransitGateway)
        );
        let mut known = BTreeMap::new();
        for read in [vpcs?, subnets?, interfaces?, gateways?] {
            match read {
                Seen::Present(networks) => known.extend(networks.into_iter().map(|one| (one.id.clone(), one))),
                // A network that can't be described may still exist.
                Seen::Denied(_) => {}
                Seen::Absent => return Err(self.no_networks(&ids, region, caller).await),
            }
        }
        let logs = by_network(logs?);
        let mut tags = SourceTags::new();
        let networks = ids.into_iter().map(|id| {
            let found = known.get(id.as_str());
            if let Some(found) = found {
                tags.insert(id.to_string(), Seen::Present(found.tags.clone()));
            }
            network(id, found, region, &caller.account, &logs)
        });
        let networks = networks.collect();
        Ok((networks, tags))
    }

    /// Returns the error for networks that don't exist, with the IDs of the Region's VPCs.
    async fn no_networks(&self, ids: &BTreeSet<NetworkId>, region: &Region, caller: &Identity) -> ObserveError {
        let there = all(&self.source.ec2(region), NetworkKind::Vpc).await;
        let there =
            there.ok().and_then(|seen| seen.present().map(|all| all.iter().map(|one| one.id.clone()).collect()));
        ObserveError::NoNetwork {
            ids: ids.iter().map(ToString::to_string).collect(),
            region: region.clone(),
            account: caller.account.clone(),
            vpcs: there.unwrap_or_default(),
        }
    }

    /// Returns the networks of a Region that can have flow logs: its VPCs and transit gateways, and the subnets and
    /// network interfaces that have flow logs to S3.
    pub(super) async fn networks(&self, region: &Region, caller: &Identity) -> Result<Seen<Vec<Network>>, AwsError> {
        let client = self.source.ec2(region);
        let (logs, vpcs, gateways) = tokio::join!(
            flow_logs::all(&client, &[]),
            all(&client, NetworkKind::Vpc),
            all(&client, NetworkKind::TransitGateway)
        );
        let (logs, gateways) = (by_network(logs?), gateways?);
        let mut known: BTreeMap<String, Described> = BTreeMap::new();
        match vpcs? {
            Seen::Present(vpcs) => known.extend(vpcs.into_iter().map(|one| (one.id.clone(), one))),
            Seen::Absent => {}
            Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
        }
        // Few accounts have transit gateways, so a missing permission for them hides nothing else.
        if let Seen::Present(gateways) = gateways {
            known.extend(gateways.into_iter().map(|one| (one.id.clone(), one)));
        }
        // Other accounts' flow logs of a shared network are not visible.
        known.retain(|_, one| one.owner == caller.account.as_str() && !one.state.starts_with("delet"));
        let with_logs = logs.present().into_iter().flat_map(|logs| logs.keys().cloned());
        let ids: BTreeSet<String> = known.keys().cloned().chain(with_logs).collect();
        let networks = ids.iter().filter_map(|id| {
            let parsed: NetworkId = id.parse().ok()?;
            Some(network(parsed, known.get(id), region, &caller.account, &logs))
        });
        Ok(Seen::Present(networks.collect()))
    }

    /// Returns a network with its current flow logs.
    pub(super) async fn network_again(&self, network: &Network) -> Result<Network, AwsError> {
        let read = flow_logs::all(&self.source.ec2(&network.region), &[&network.id]).await?;
        let flow_logs = read.map(|logs| logs.into_iter().map(|one| one.log).collect());
        Ok(Network { flow_logs, ..network.clone() })
    }

    /// Returns the tags of networks of one Region, by ARN.
    pub(super) async fn network_tags(
        &self,
        region: &Region,
        networks: &[Network],
    ) -> Result<Seen<BTreeMap<String, Tags>>, AwsError> {
        let client = self.source.ec2(region);
        let mut tags = BTreeMap::new();
        for kind in NetworkKind::ALL {
            let these: Vec<&Network> = networks.iter().filter(|network| network.id.kind() == kind).collect();
            if these.is_empty() {
                continue;
            }
            let ids: Vec<&NetworkId> = these.iter().map(|network| &network.id).collect();
            match named(&client, kind, &ids).await? {
                Seen::Present(found) => tags.extend(these.iter().filter_map(|network| {
                    let found = found.iter().find(|found| found.id == network.id.as_str())?;
                    Some((network.arn().to_string(), found.tags.clone()))
                })),
                Seen::Absent => {}
                Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
            }
        }
        Ok(Seen::Present(tags))
    }
}

/// Groups flow logs by the ID of their network.
fn by_network(logs: Seen<Vec<ListedFlowLog>>) -> Seen<BTreeMap<String, Vec<FlowLog>>> {
    logs.map(|logs| {
        let mut by_id: BTreeMap<String, Vec<FlowLog>> = BTreeMap::new();
        for ListedFlowLog { network, log } in logs {
            by_id.entry(network).or_default().push(log);
        }
        by_id
    })
}

fn network(
    id: NetworkId,
    found: Option<&Described>,
    region: &Region,
    caller: &AccountId,
    logs: &Seen<BTreeMap<String, Vec<FlowLog>>>,
) -> Network {
    let own = logs.clone().map(|logs| logs.get(id.as_str()).cloned().unwrap_or_default());
    Network {
        label: found.and_then(|found| found.tags.get("Name").cloned()),
        account: found.and_then(|found| found.owner.parse().ok()).unwrap_or_else(|| caller.clone()),
        region: region.clone(),
        flow_logs: own,
        id,
    }
}
