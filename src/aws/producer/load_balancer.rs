//! Load balancers, their logs and their listeners.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer as Described, LoadBalancerAttribute, LoadBalancerTypeEnum};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::error::AwsError;
use crate::aws::listing::{Listing, Next};
use crate::aws::outcome::{or_denied, seen};
use crate::model::{Arn, Seen};
use crate::producer::{LoadBalancer, LoadBalancerType, LogType, Producer, SourceName};

const DESCRIBE: &str = "elasticloadbalancing:DescribeLoadBalancers";
const ATTRIBUTES: &str = "elasticloadbalancing:DescribeLoadBalancerAttributes";
const LISTENERS: &str = "elasticloadbalancing:DescribeListeners";
pub(super) const TAGS: &str = "elasticloadbalancing:DescribeTags";

/// The AWS CLI command that lists these load balancers.
pub(super) const LISTING: &(&str, &str) = &("elbv2", "LoadBalancers[].LoadBalancerName");

/// The most names or ARNs per call, also for tags:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>.
const PER_CALL: usize = 20;

/// Entries per page, the maximum.
const PAGE: i32 = 400;

/// The most pages of load balancers to read. A Region has 50 load balancers of each type unless its quota was raised
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>).
const BALANCER_PAGES: usize = 100;

/// The most pages of listeners to read. A load balancer has 50 listeners unless its quota was raised.
const LISTENER_PAGES: usize = 10;

/// The number of calls in flight. AWS documents a token bucket of 200 that refills at 50 a second
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
const AT_ONCE: usize = 10;

/// Why load balancers were not described.
#[derive(Debug)]
pub(super) enum NotDescribed {
    /// The call failed.
    Failed(AwsError),
    /// The account has no load balancers with these names in the Region.
    Absent(Vec<String>),
}

impl From<AwsError> for NotDescribed {
    fn from(error: AwsError) -> Self {
        Self::Failed(error)
    }
}

/// Returns load balancer names to suggest for a typo: one page of maximum size, or none if the names can't be listed.
pub(super) async fn own_names(client: &Client) -> Vec<String> {
    let answer = client.describe_load_balancers().page_size(PAGE).send().await;
    let balancers = answer.map(|answer| answer.load_balancers.unwrap_or_default()).unwrap_or_default();
    balancers.into_iter().filter_map(|balancer| balancer.load_balancer_name).collect()
}

/// Returns the named load balancers, in that order, without attributes and listeners.
pub(super) async fn describe(client: &Client, names: &[SourceName]) -> Result<Vec<LoadBalancer>, NotDescribed> {
    let chunks: Vec<Vec<SourceName>> = names.chunks(PER_CALL).map(<[SourceName]>::to_vec).collect();
    let described: Vec<Vec<Described>> = stream::iter(chunks)
        .map(|chunk| async move { several(client, &chunk).await })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let described: Vec<Described> = described.into_iter().flatten().collect();
    names
        .iter()
        .map(|name| {
            let found = described.iter().find(|balancer| is(name, balancer)).and_then(parsed);
            found.ok_or_else(|| NotDescribed::Absent(vec![name.to_string()]))
        })
        .collect()
}

/// Returns the load balancers of the Region that can log, without attributes and listeners.
pub(super) async fn loggable(client: &Client) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
    let can_log = |balancer: &LoadBalancer| balancer.kind != LoadBalancerType::Gateway;
    Ok(everything(client).await?.map(|listed| listed.into_iter().filter(can_log).collect()))
}

/// Returns every load balancer of the Region, without attributes and listeners.
pub(super) async fn everything(client: &Client) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
    let listing = Listing { action: DESCRIBE, resource: "*", absent: &[], pages: BALANCER_PAGES };
    let mut balancers = Vec::new();
    let ask = |marker| client.describe_load_balancers().page_size(PAGE).set_marker(marker).send();
    let read = listing.read(ask, |page| {
        balancers.extend(page.load_balancers.unwrap_or_default().iter().filter_map(parsed));
        Next::by_token(page.next_marker)
    });
    let read = read.await?;
    Ok(read.map(|()| balancers))
}

fn is(name: &SourceName, balancer: &Described) -> bool {
    match name {
        SourceName::LoadBalancer(name) => balancer.load_balancer_name() == Some(name),
        SourceName::LoadBalancerArn(arn) => balancer.load_balancer_arn() == Some(&arn.to_string()),
        SourceName::Bucket(_) | SourceName::Network(_) | SourceName::NetworkArn(_) => false,
    }
}

/// Makes one call. If one of several load balancers is missing, requests each separately to find out which one.
async fn several(client: &Client, names: &[SourceName]) -> Result<Vec<Described>, NotDescribed> {
    let (by_name, by_arn): (Vec<&SourceName>, Vec<&SourceName>) =
        names.iter().partition(|name| matches!(name, SourceName::LoadBalancer(_)));
    let (by_name, by_arn) = tokio::join!(one_kind(client, &by_name), one_kind(client, &by_arn));
    let mut found = by_name?;
    found.extend(by_arn?);
    Ok(found)
}

async fn one_kind(client: &Client, names: &[&SourceName]) -> Result<Vec<Described>, NotDescribed> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    match call(client, names).await {
        Ok(found) => Ok(found),
        Err(error) if error.is("LoadBalancerNotFound") || error.is("LoadBalancerNotFoundException") => {
            Err(NotDescribed::Absent(missing(client, names).await))
        }
        Err(error) => Err(error.into()),
    }
}

async fn missing(client: &Client, names: &[&SourceName]) -> Vec<String> {
    if let [only] = names {
        return vec![only.to_string()];
    }
    let asked = stream::iter(names.iter().map(|name| async move { (name.to_string(), call(client, &[*name]).await) }));
    asked.buffered(AT_ONCE).filter_map(|(name, found)| async move { found.is_err().then_some(name) }).collect().await
}

async fn call(client: &Client, names: &[&SourceName]) -> Result<Vec<Described>, AwsError> {
    let texts: Vec<String> = names.iter().map(ToString::to_string).collect();
    let resource = texts.join(", ");
    let by_arn = matches!(names.first(), Some(SourceName::LoadBalancerArn(_)));
    let request = client.describe_load_balancers();
    let request = if by_arn { request.set_load_balancer_arns(Some(texts)) } else { request.set_names(Some(texts)) };
    let answer = request.send().await.map_err(|error| AwsError::new(DESCRIBE, resource, &error))?;
    Ok(answer.load_balancers.unwrap_or_default())
}

fn parsed(balancer: &Described) -> Option<LoadBalancer> {
    let arn: Arn = balancer.load_balancer_arn()?.parse().ok()?;
    let kind = balancer.r#type()?;
    let kind = if *kind == LoadBalancerTypeEnum::Application {
        LoadBalancerType::Application
    } else if *kind == LoadBalancerTypeEnum::Network {
        LoadBalancerType::Network
    } else {
        LoadBalancerType::Gateway
    };
    Some(LoadBalancer {
        name: balancer.load_balancer_name()?.to_owned(),
        region: arn.region.parse().ok()?,
        account: arn.account.parse().ok()?,
        arn,
        kind,
        attributes: Seen::Absent,
        listener_protocols: Seen::Absent,
    })
}

/// Adds the load balancers' attributes and, if the producer depends on listeners, their listeners.
pub(super) async fn complete(
    client: &Client,
    producer: Producer,
    balancers: Vec<LoadBalancer>,
) -> Result<Vec<LoadBalancer>, AwsError> {
    let completed = stream::iter(balancers).map(|mut balancer| async move {
        let arn = balancer.arn.to_string();
        let depends_on_them = producer.facts().listener.is_some() && balancer.kind.producer() == Some(producer);
        let listeners =
            async { if depends_on_them { listener_protocols(client, &arn).await } else { Ok(Seen::Absent) } };
        let (attributes, listeners) = tokio::join!(attributes(client, &arn), listeners);
        balancer.attributes = attributes?;
        balancer.listener_protocols = listeners?;
        Ok(balancer)
    });
    completed.buffered(AT_ONCE).try_collect().await
}

/// Returns the tags by ARN, with one call per 20:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html>.
pub(super) async fn tags(
    client: &Client,
    balancers: &[LoadBalancer],
) -> Result<Seen<BTreeMap<String, BTreeMap<String, String>>>, AwsError> {
    let arns: Vec<String> = balancers.iter().map(|balancer| balancer.arn.to_string()).collect();
    let chunks: Vec<Vec<String>> = arns.chunks(PER_CALL).map(<[String]>::to_vec).collect();
    let answers = stream::iter(chunks).map(|chunk| async move {
        let answer = client.describe_tags().set_resource_arns(Some(chunk)).send().await;
        seen(TAGS, "*", &[], answer)
    });
    let answers: Vec<_> = answers.buffered(AT_ONCE).try_collect().await?;
    let mut tags = BTreeMap::new();
    for answer in answers {
        let described = match answer {
            Seen::Present(answer) => answer.tag_descriptions.unwrap_or_default(),
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
        };
        tags.extend(described.into_iter().filter_map(|one| {
            let of_it = one.tags.unwrap_or_default().into_iter();
            Some((one.resource_arn?, of_it.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default()))).collect()))
        }));
    }
    Ok(Seen::Present(tags))
}

/// Adds the load balancer's attributes, and the listeners of an NLB whose log is on. A part that can't be read is
/// marked as denied. Returns `None` if the load balancer was deleted after it was listed.
pub(super) async fn attached(client: &Client, mut balancer: LoadBalancer) -> Result<Option<LoadBalancer>, AwsError> {
    let arn = balancer.arn.to_string();
    balancer.attributes = match attributes(client, &arn).await {
        Err(error) if error.is("LoadBalancerNotFound") => return Ok(None),
        read => or_denied(read, ATTRIBUTES, &arn)?,
    };
    let is_on = balancer.attachment(LogType::Access).is_some_and(|attachment| attachment.enabled);
    if balancer.kind == LoadBalancerType::Network && is_on {
        balancer.listener_protocols = or_denied(listener_protocols(client, &arn).await, LISTENERS, &arn)?;
    }
    Ok(Some(balancer))
}

/// Returns the attributes by key.
pub(in crate::aws) async fn attributes(client: &Client, arn: &str) -> Result<Seen<BTreeMap<String, String>>, AwsError> {
    let answer = client.describe_load_balancer_attributes().load_balancer_arn(arn).send().await;
    let answer = seen(ATTRIBUTES, arn, &[], answer)?;
    Ok(answer.map(|answer| {
        let attributes = answer.attributes.unwrap_or_default();
        attributes
            .into_iter()
            .filter_map(|attribute| Some((attribute.key?, attribute.value.unwrap_or_default())))
            .collect()
    }))
}

async fn listener_protocols(client: &Client, arn: &str) -> Result<Seen<Vec<String>>, AwsError> {
    let listing = Listing { action: LISTENERS, resource: arn, absent: &[], pages: LISTENER_PAGES };
    let mut protocols = BTreeSet::new();
    let ask = |marker| client.describe_listeners().load_balancer_arn(arn).page_size(PAGE).set_marker(marker).send();
    let read = listing.read(ask, |page| {
        let listeners = page.listeners.unwrap_or_default().into_iter();
        protocols.extend(listeners.filter_map(|listener| Some(listener.protocol?.as_str().to_owned())));
        Next::by_token(page.next_marker)
    });
    let read = read.await?;
    Ok(read.map(|()| protocols.into_iter().collect()))
}

/// Writes attributes of a load balancer.
pub(super) async fn put_attributes(
    client: &Client,
    arn: &Arn,
    attributes: &BTreeMap<String, String>,
) -> Result<(), AwsError> {
    const ACTION: &str = "elasticloadbalancing:ModifyLoadBalancerAttributes";
    let send = |these: Vec<(&String, &String)>| {
        let of = |(key, value): (&String, &String)| LoadBalancerAttribute::builder().key(key).value(value).build();
        let attributes = these.into_iter().map(of).collect();
        let request = client.modify_load_balancer_attributes().load_balancer_arn(arn.to_string());
        let request = request.set_attributes(Some(attributes)).send();
        async { request.await.map(drop).map_err(|error| AwsError::new(ACTION, arn, &error)) }
    };
    let given: Vec<_> =
        attributes.iter().filter(|(key, value)| !(value.is_empty() && key.ends_with(".bucket"))).collect();
    match send(attributes.iter().collect()).await {
        // AWS does not document whether the bucket's name can be cleared when the log is off. In the field, AWS refused
        // an empty name with "cannot be empty" (<https://github.com/hashicorp/terraform-provider-aws/issues/2072>).
        // After such a refusal, the name is not sent again, so AWS keeps the name.
        Err(error) if error.is("ValidationError") && given.len() < attributes.len() => send(given).await,
        outcome => outcome,
    }
}
