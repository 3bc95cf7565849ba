//! Load balancers (ELB v2) and their attributes. The rest is left to `winterbaume-elasticloadbalancingv2`. Load
//! balancers of the first version of the API are in [`classic`].

pub mod attributes;
pub mod balancer;
pub mod classic;
pub mod create;
pub mod describe;
pub mod error;
pub mod known;
pub mod modify;

use crate::dispatch::Caller;
use crate::elb::error::Refusal;
use crate::sandbox::Sandbox;
use crate::sts::{form, parameter};
use crate::wire::{Reply, Request};

/// Returns the operation, such as `DescribeListeners`.
pub fn operation(request: &Request) -> String {
    parameter(&form(request), "Action").unwrap_or_default().to_owned()
}

/// Returns the load balancer in the request, by ARN or name.
pub fn resource(request: &Request) -> String {
    let form = form(request);
    if let Some(arn) = classic::arn(request, &form) {
        return arn;
    }
    ["LoadBalancerArn", "LoadBalancerArns.member.1", "Names.member.1", "ResourceArns.member.1", "Name"]
        .iter()
        .find_map(|name| parameter(&form, name))
        .unwrap_or_default()
        .to_owned()
}

pub async fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let form = form(request);
    if classic::is_asked(&form) {
        return classic::handle(sandbox, caller, &form).await.unwrap_or_else(|refusal| refusal.reply());
    }
    let arn = parameter(&form, "LoadBalancerArn").unwrap_or_default();
    let answer: Result<Reply, Refusal> = match parameter(&form, "Action").unwrap_or_default() {
        "DescribeLoadBalancers" => describe::load_balancers(sandbox, caller, &form).await,
        "DescribeListeners" => describe::listeners(sandbox, caller, &form).await,
        "DescribeTags" => describe::tags(sandbox, caller, &form).await,
        "DescribeLoadBalancerAttributes" => describe::attributes(sandbox, caller, arn).await,
        "ModifyLoadBalancerAttributes" => modify::attributes(sandbox, caller, arn, &form).await,
        "CreateLoadBalancer" => create::load_balancer(sandbox, caller, &form).await,
        "CreateListener" => create::listener(sandbox, caller, &form).await,
        "CreateTargetGroup" => Ok(create::target_group(sandbox, request, caller, &form).await),
        "DeleteLoadBalancer" => Ok(create::delete(sandbox, request, caller, arn).await),
        _ => Ok(sandbox.services().elb(request, &caller.account, &caller.region).await),
    };
    answer.unwrap_or_else(|refusal| refusal.reply())
}

/// Returns the values of a list parameter, in order.
pub fn members<'a>(form: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    let start = format!("{name}.member.");
    let mut found: Vec<(usize, &str)> = form
        .iter()
        .filter_map(|(known, value)| Some((known.strip_prefix(&start)?.parse().ok()?, value.as_str())))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, value)| value).collect()
}
