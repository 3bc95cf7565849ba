//! EC2: the networks that flow logs can watch, and the flow logs. No other part of EC2 is simulated.
//!
//! The Query API of version 2016-11-15 (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html>):
//! parameters are a form, and the items of a list are numbered from 1.

pub mod arrange;
pub mod create;
pub mod error;
pub mod flow_log;
pub mod grant;
pub mod list;
pub mod network;
pub mod request;

use std::collections::BTreeMap;

use crate::dispatch::Caller;
use crate::ec2::create::Answered;
use crate::ec2::error::{Refusal, refuse};
use crate::ec2::flow_log::FlowLog;
use crate::ec2::grant::PolicyChange;
use crate::ec2::network::{Kind, Network};
use crate::sandbox::Sandbox;
use crate::sts::{form, parameter};
use crate::wire::{Reply, Request};

/// The state of EC2 in all accounts and Regions.
#[derive(Debug, Default)]
pub struct Ec2 {
    /// By ID.
    pub networks: BTreeMap<String, Network>,
    /// By ID.
    pub flow_logs: BTreeMap<String, FlowLog>,
    /// The answered calls of `CreateFlowLogs`, by account, Region and client token.
    pub answered: BTreeMap<(String, String, String), Answered>,
    /// What `CreateFlowLogs` does to a bucket policy.
    pub policy_change: PolicyChange,
    /// How many IDs were given out, by what they are for.
    ids: BTreeMap<String, u64>,
}

impl Ec2 {
    /// Returns an unused ID. It depends only on what it is for and on how many of these there were, so it does not
    /// depend on the order of concurrent requests.
    pub fn new_id(&mut self, prefix: &str, purpose: &str) -> String {
        let nth = self.ids.entry(format!("{prefix}{purpose}")).or_default();
        *nth += 1;
        let hash = format!("{prefix}{purpose}/{nth}")
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        format!("{prefix}0{hash:016x}")
    }
}

/// Returns the operation, such as `DescribeVpcs`.
#[must_use]
pub fn operation(request: &Request) -> String {
    parameter(&form(request), "Action").unwrap_or_default().to_owned()
}

/// Returns the first resource in a request.
#[must_use]
pub fn resource(request: &Request) -> String {
    let form = form(request);
    let single = ["VpcId", "SubnetId"];
    let lists = ["ResourceId", "FlowLogId", "VpcId", "SubnetId", "NetworkInterfaceId", "TransitGatewayIds"];
    let found = single
        .iter()
        .find_map(|name| parameter(&form, name))
        .or_else(|| lists.iter().find_map(|name| list(&form, name).first().copied()));
    found.unwrap_or_default().to_owned()
}

/// Returns the values of a list such as `VpcId.1`, in order.
#[must_use]
pub fn list<'a>(form: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let mut found: Vec<(usize, &str)> = form
        .iter()
        .filter_map(|(known, value)| Some((known.strip_prefix(name)?.strip_prefix('.')?.parse().ok()?, value.as_str())))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, value)| value).collect()
}

/// Returns the ARN of a network or flow log by its ID.
#[must_use]
pub fn arn(caller: &Caller, id: &str) -> Option<String> {
    let kind = if id.starts_with(flow_log::PREFIX) { flow_log::TAGGED } else { Kind::of_id(id)?.tagged() };
    Some(format!("arn:aws:ec2:{}:{}:{kind}/{id}", caller.region, caller.account))
}

pub fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let form = form(request);
    answer(sandbox, caller, &form).unwrap_or_else(|refusal| refusal.reply())
}

fn answer(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let version = parameter(form, "Version").unwrap_or_default();
    if version != "2016-11-15" {
        let message = format!("The version '{version}' is not simulated");
        return Err(refuse("NoSuchVersion", &message));
    }
    // "If you have the required permissions, the error response is DryRunOperation": permissions are checked earlier.
    if parameter(form, "DryRun") == Some("true") {
        return Err(Refusal {
            status: 412,
            ..refuse("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
        });
    }
    // Asked before the world is locked, because permissions have their own lock.
    let may = grant::may_change_policies(sandbox, form);
    let world = &mut *sandbox.world();
    match parameter(form, "Action").unwrap_or_default() {
        "CreateFlowLogs" => create::flow_logs(world, caller, form, may),
        "DeleteFlowLogs" => flow_log::delete(&mut world.ec2, caller, form),
        "DescribeFlowLogs" => flow_log::describe(&world.ec2, caller, form),
        "DescribeVpcs" => network::describe(&world.ec2, caller, form, Kind::Vpc),
        "DescribeSubnets" => network::describe(&world.ec2, caller, form, Kind::Subnet),
        "DescribeNetworkInterfaces" => network::describe(&world.ec2, caller, form, Kind::NetworkInterface),
        "DescribeTransitGateways" => network::describe(&world.ec2, caller, form, Kind::TransitGateway),
        "CreateVpc" => network::create(&mut world.ec2, caller, form, Kind::Vpc),
        "CreateSubnet" => network::create(&mut world.ec2, caller, form, Kind::Subnet),
        "CreateNetworkInterface" => network::create(&mut world.ec2, caller, form, Kind::NetworkInterface),
        "CreateTransitGateway" => network::create(&mut world.ec2, caller, form, Kind::TransitGateway),
        "CreateTags" => network::tag(&mut world.ec2, caller, form),
        "CreateDefaultVpc" => network::create_default_vpc(&mut world.ec2, caller),
        "DeleteVpc" => network::delete(&mut world.ec2, caller, form, Kind::Vpc),
        "DeleteSubnet" => network::delete(&mut world.ec2, caller, form, Kind::Subnet),
        operation => Err(refuse("InvalidAction", &format!("The sandbox does not simulate the action {operation}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{Ec2, list};

    #[test]
    fn a_list_is_read_in_the_order_of_its_numbers() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let form = [pair("VpcId.10", "c"), pair("VpcId.2", "b"), pair("VpcId.1", "a"), pair("VpcIds.1", "x")];
        assert_eq!(list(&form, "VpcId"), ["a", "b", "c"]);
    }

    #[test]
    fn an_id_depends_on_its_purpose_and_count_only() {
        let (mut one, mut other) = (Ec2::default(), Ec2::default());
        let first = one.new_id("vpc-", "a");
        let second = one.new_id("vpc-", "a");
        assert_ne!(first, second);
        other.new_id("vpc-", "b");
        assert_eq!((other.new_id("vpc-", "a"), other.new_id("vpc-", "a")), (first.clone(), second));
        assert_eq!(first.len(), "vpc-0a1b2c3d4e5f60718".len());
    }
}
