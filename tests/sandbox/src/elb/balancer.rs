//! Load balancers and their listeners, as `winterbaume-elasticloadbalancingv2` stores them.
//!
//! Attributes are stored in the world instead, because the sandbox checks them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use winterbaume_core::StatefulService as _;
use winterbaume_elasticloadbalancingv2::views::{AvailabilityZoneView, Elbv2StateView, ListenerView, LoadBalancerView};

use crate::arrange::LoadBalancerSeed;
use crate::sandbox::Sandbox;
use crate::services::state_account;
use crate::world;

/// The type of the load balancers that only the first version of the API knows.
pub const CLASSIC: &str = "classic";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balancer {
    pub arn: String,
    pub name: String,
    /// `application`, `network`, `gateway` or [`CLASSIC`].
    pub kind: String,
    pub account: String,
    pub region: String,
    pub dns_name: String,
    /// `internet-facing` or `internal`.
    pub scheme: String,
    pub created: String,
    /// Sorted by port.
    pub listeners: Vec<Listener>,
    pub tags: BTreeMap<String, String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub arn: String,
    /// Such as `TLS`.
    pub protocol: String,
    pub port: i32,
    /// The ARNs of its certificates.
    pub certificates: Vec<String>,
}

/// Returns a load balancer's ARN, the same for the same name, account and Region.
#[must_use]
pub fn arn(name: &str, kind: &str, account: &str, region: &str) -> String {
    if kind == CLASSIC {
        return format!("arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{name}");
    }
    let path = match kind {
        "network" => "net",
        "gateway" => "gwy",
        _ => "app",
    };
    let hash = format!("{name}/{account}/{region}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{path}/{name}/{hash:016x}")
}

/// Returns the ARN of a load balancer's listener, such as `.../listener/net/edge/50dc6c495c0c9188/0000000000000443`.
#[must_use]
pub fn listener_arn(balancer: &str, port: i32) -> String {
    format!("{}/{port:016x}", balancer.replace(":loadbalancer/", ":listener/"))
}

/// Returns the description of a load balancer's network interfaces.
#[must_use]
pub fn interface_description(arn: &str) -> String {
    format!("ELB {}", arn.split_once(":loadbalancer/").map_or(arn, |(_, path)| path))
}

/// Returns the load balancers of an account in a Region, by name.
pub async fn all(sandbox: &Sandbox, account: &str, region: &str) -> Arc<Vec<Balancer>> {
    let known = sandbox.services().known().get(account, region);
    let changes = match known {
        Ok(known) => return known,
        Err(changes) => changes,
    };
    let state = sandbox.services().balancers(account).snapshot(state_account(), region).await;
    let read = Arc::new(read(&state, account, region));
    sandbox.services().known().keep(account, region, changes, &read);
    read
}

fn read(state: &Elbv2StateView, account: &str, region: &str) -> Vec<Balancer> {
    let own = |text: &str| {
        if account == state_account() { text.to_owned() } else { text.replace(state_account(), account) }
    };
    let mut listeners: HashMap<&str, Vec<Listener>> = HashMap::new();
    for view in state.listeners.values() {
        let listener = Listener {
            arn: own(&view.arn),
            protocol: view.protocol.clone(),
            port: view.port,
            certificates: view.certificates.iter().map(|one| own(&one.certificate_arn)).collect(),
        };
        listeners.entry(&view.load_balancer_arn).or_default().push(listener);
    }
    let mut found: Vec<Balancer> = state
        .load_balancers
        .values()
        .map(|view| {
            let mut listeners = listeners.remove(view.arn.as_str()).unwrap_or_default();
            listeners.sort_by_key(|listener| listener.port);
            Balancer {
                arn: own(&view.arn),
                name: view.name.clone(),
                kind: view.lb_type.clone(),
                account: account.to_owned(),
                region: region.to_owned(),
                dns_name: view.dns_name.clone(),
                scheme: view.scheme.clone(),
                created: view.created_time.clone(),
                listeners,
                tags: state.resource_tags.get(&view.arn).cloned().unwrap_or_default().into_iter().collect(),
            }
        })
        .collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// Adds load balancers with their listeners and tags, and returns their ARNs in order. Attributes are not validated.
pub async fn add(sandbox: &Sandbox, seeds: Vec<LoadBalancerSeed>) -> Vec<String> {
    let mut states: BTreeMap<(String, String), Elbv2StateView> = BTreeMap::new();
    let mut arns = Vec::new();
    let mut attributes = Vec::new();
    for seed in seeds {
        let arn = arn(&seed.name, &seed.kind, &seed.account, &seed.region);
        let kept = arn.replace(&seed.account, state_account());
        let state = states.entry((seed.account.clone(), seed.region.clone())).or_default();
        for (protocol, port) in &seed.listeners {
            let listener = listener_arn(&kept, *port);
            let view = ListenerView {
                arn: listener.clone(),
                load_balancer_arn: kept.clone(),
                port: *port,
                protocol: protocol.clone(),
                default_actions: Vec::new(),
                certificates: Vec::new(),
                attributes: HashMap::new(),
            };
            state.listeners.insert(listener, view);
        }
        state.load_balancers.insert(kept.clone(), view(&seed, &kept));
        state.resource_tags.insert(kept, seed.tags.into_iter().collect());
        attributes.push((arn.clone(), seed.attributes));
        arns.push(arn);
    }
    for ((account, region), state) in states {
        let _ = sandbox.services().balancers(&account).merge(state_account(), &region, state).await;
        sandbox.services().known().forget(&account, &region);
    }
    sandbox.world().attributes.extend(attributes);
    arns
}

fn view(seed: &LoadBalancerSeed, arn: &str) -> LoadBalancerView {
    let region = &seed.region;
    LoadBalancerView {
        arn: arn.to_owned(),
        dns_name: format!("{}-1234567890.{region}.elb.amazonaws.com", seed.name),
        name: seed.name.clone(),
        scheme: "internet-facing".to_owned(),
        state: "active".to_owned(),
        lb_type: seed.kind.clone(),
        vpc_id: "vpc-0123456789abcdef0".to_owned(),
        availability_zones: vec![AvailabilityZoneView {
            zone_name: format!("{region}a"),
            subnet_id: "subnet-0123456789abcdef0".to_owned(),
        }],
        created_time: world::now(),
        attributes: HashMap::new(),
        ip_address_type: "ipv4".to_owned(),
        security_groups: Vec::new(),
        subnets: Vec::new(),
        connection_logs: None,
        subnet_mapping_tf: Vec::new(),
        ipam_pools_tf: Vec::new(),
        minimum_load_balancer_capacity: Vec::new(),
    }
}

/// Returns the load balancers that the second version of the API knows.
pub fn of_second_version(all: &[Balancer]) -> impl Iterator<Item = &Balancer> {
    all.iter().filter(|balancer| balancer.kind != CLASSIC)
}

/// Returns the load balancer with this ARN, if the account has it in this Region.
pub async fn by_arn(sandbox: &Sandbox, account: &str, region: &str, arn: &str) -> Option<Balancer> {
    all(sandbox, account, region).await.iter().find(|balancer| balancer.arn == arn).cloned()
}

/// Returns every load balancer of every account and Region.
pub async fn everywhere(sandbox: &Sandbox) -> Vec<Balancer> {
    let mut places: Vec<(String, String)> = sandbox
        .world()
        .attributes
        .keys()
        .filter_map(|arn| Some((arn.split(':').nth(4)?.to_owned(), arn.split(':').nth(3)?.to_owned())))
        .collect();
    places.sort_unstable();
    places.dedup();
    let mut found = Vec::new();
    for (account, region) in places {
        found.extend(all(sandbox, &account, &region).await.iter().cloned());
    }
    found
}
