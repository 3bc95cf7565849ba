//! Describes load balancers, listeners and attributes, sorted and paged.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::dispatch::Caller;
use crate::elb::attributes::with_defaults;
use crate::elb::balancer::{self, Balancer, Listener};
use crate::elb::error::{Refusal, not_found, refuse};
use crate::elb::{create, members};
use crate::sandbox::Sandbox;
use crate::sts::parameter;
use crate::wire::Reply;
use crate::xml::escape;
use crate::{query, token};

pub fn answered(operation: &str, inside: &str) -> Reply {
    query::answered("elasticloadbalancing", operation, inside)
}

/// `DescribeLoadBalancers`, by ARN, by name, or all.
pub async fn load_balancers(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let (arns, names) = (members(form, "LoadBalancerArns"), members(form, "Names"));
    let all = balancer::all(sandbox, &caller.account, &caller.region).await;
    for arn in &arns {
        if !balancer::of_second_version(&all).any(|balancer| balancer.arn == *arn) {
            return Err(not_found(arn));
        }
    }
    for name in &names {
        if !balancer::of_second_version(&all).any(|balancer| balancer.name == *name) {
            return Err(refuse("LoadBalancerNotFound", &format!("Load balancers '[{name}]' not found")));
        }
    }
    let wanted = |balancer: &&Balancer| {
        (arns.is_empty() || arns.contains(&balancer.arn.as_str()))
            && (names.is_empty() || names.contains(&balancer.name.as_str()))
    };
    let (page, next) = page(form, balancer::of_second_version(&all).filter(wanted), |balancer| &balancer.arn)?;
    let inside: String = page.into_iter().map(member).collect();
    Ok(answered("DescribeLoadBalancers", &format!("<LoadBalancers>{inside}</LoadBalancers>{next}")))
}

/// Returns a page and the marker of the next page. ELB v2 API, `PageSize`: 1 to 400.
pub fn page<'a, T: 'a>(
    form: &[(String, String)],
    things: impl Iterator<Item = &'a T>,
    id: impl Fn(&T) -> &str,
) -> Result<(Vec<&'a T>, String), Refusal> {
    let most = match parameter(form, "PageSize") {
        None => 400,
        Some(size) => size.parse().ok().filter(|size| (1..=400).contains(size)).ok_or_else(|| {
            refuse("ValidationError", &format!("'{size}' is not a valid page size; it must be between 1 and 400"))
        })?,
    };
    let mut rest: Vec<&T> = match parameter(form, "Marker") {
        Some(marker) => {
            let next = token::opened(marker)
                .ok_or_else(|| refuse("ValidationError", &format!("'{marker}' is not a valid marker")))?;
            things.skip_while(|thing| id(thing) != next).collect()
        }
        None => things.collect(),
    };
    let next = rest
        .get(most)
        .map(|thing| format!("<NextMarker>{}</NextMarker>", token::sealed(id(thing))))
        .unwrap_or_default();
    rest.truncate(most);
    Ok((rest, next))
}

pub fn member(balancer: &Balancer) -> String {
    format!(
        "<member><LoadBalancerArn>{}</LoadBalancerArn><DNSName>{}</DNSName><CanonicalHostedZoneId>Z35SXDOTRQ7X7K</CanonicalHostedZoneId><CreatedTime>{}</CreatedTime><LoadBalancerName>{}</LoadBalancerName><Scheme>{}</Scheme><VpcId>vpc-0123456789abcdef0</VpcId><State><Code>active</Code></State><Type>{}</Type><AvailabilityZones><member><ZoneName>{}a</ZoneName><SubnetId>subnet-0123456789abcdef0</SubnetId></member></AvailabilityZones><IpAddressType>ipv4</IpAddressType></member>",
        escape(&balancer.arn),
        escape(&balancer.dns_name),
        balancer.created,
        escape(&balancer.name),
        balancer.scheme,
        balancer.kind,
        balancer.region
    )
}

/// `DescribeListeners`, for one load balancer or by ARN.
pub async fn listeners(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let arns = members(form, "ListenerArns");
    let all = balancer::all(sandbox, &caller.account, &caller.region).await;
    let mut inside = String::new();
    let wanted = parameter(form, "LoadBalancerArn");
    if let Some(arn) = wanted.filter(|arn| !all.iter().any(|balancer| balancer.arn == *arn)) {
        return Err(not_found(arn));
    }
    for balancer in all.iter().filter(|balancer| wanted.is_none_or(|arn| balancer.arn == arn)) {
        for listener in
            balancer.listeners.iter().filter(|listener| arns.is_empty() || arns.contains(&listener.arn.as_str()))
        {
            let _ = write!(
                inside,
                "<member><ListenerArn>{}</ListenerArn><LoadBalancerArn>{}</LoadBalancerArn><Port>{}</Port><Protocol>{}</Protocol>{}</member>",
                escape(&listener.arn),
                escape(&balancer.arn),
                listener.port,
                listener.protocol,
                certificates(listener)
            );
        }
    }
    Ok(answered("DescribeListeners", &format!("<Listeners>{inside}</Listeners>")))
}

fn certificates(listener: &Listener) -> String {
    if listener.certificates.is_empty() {
        return String::new();
    }
    let member = |arn: &String| format!("<member><CertificateArn>{}</CertificateArn></member>", escape(arn));
    format!("<Certificates>{}</Certificates>", listener.certificates.iter().map(member).collect::<String>())
}

/// `DescribeTags`, for load balancers, listeners and target groups; ELB v2 API: "up to 20 resources in a single call".
pub async fn tags(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let arns = members(form, "ResourceArns");
    if arns.is_empty() || arns.len() > 20 {
        return Err(refuse("ValidationError", "The number of resources must be between 1 and 20"));
    }
    let all = balancer::all(sandbox, &caller.account, &caller.region).await;
    let mut inside = String::new();
    for arn in arns {
        let tags = match all.iter().find(|balancer| balancer.arn == arn) {
            Some(balancer) => balancer.tags.clone(),
            None => create::tags_of(sandbox, caller, arn).await?,
        };
        let _ = write!(inside, "<member><ResourceArn>{}</ResourceArn><Tags>", escape(arn));
        for (key, value) in &tags {
            let _ = write!(inside, "<member><Key>{}</Key><Value>{}</Value></member>", escape(key), escape(value));
        }
        inside.push_str("</Tags></member>");
    }
    Ok(answered("DescribeTags", &format!("<TagDescriptions>{inside}</TagDescriptions>")))
}

pub async fn attributes(sandbox: &Sandbox, caller: &Caller, arn: &str) -> Result<Reply, Refusal> {
    let balancer =
        balancer::by_arn(sandbox, &caller.account, &caller.region, arn).await.ok_or_else(|| not_found(arn))?;
    let set = sandbox.world().attributes.get(arn).cloned().unwrap_or_default();
    Ok(attributes_reply("DescribeLoadBalancerAttributes", &with_defaults(&balancer.kind, &set)))
}

/// Returns attributes in the format of both operations.
pub fn attributes_reply(operation: &str, attributes: &BTreeMap<String, String>) -> Reply {
    let mut inside = String::new();
    for (key, value) in attributes {
        let _ = write!(inside, "<member><Key>{}</Key><Value>{}</Value></member>", escape(key), escape(value));
    }
    answered(operation, &format!("<Attributes>{inside}</Attributes>"))
}
