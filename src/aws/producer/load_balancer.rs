//! Load balancers: what they are, where they log, what they listen on.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_elasticloadbalancingv2::Client;
use aws_sdk_elasticloadbalancingv2::types::{LoadBalancer as Described, LoadBalancerAttribute, LoadBalancerTypeEnum};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::connect::Aws;
use crate::aws::error::AwsError;
use crate::aws::listing::{Listing, Next};
use crate::aws::observe_error::ObserveError;
use crate::aws::outcome::{or_denied, seen};
use crate::aws::read_identity;
use crate::model::{AccountId, Arn, Region, Seen, near};
use crate::producer::{LoadBalancer, LoadBalancerType, LogType, Producer, Source, SourceName};
use crate::state::{Identity, SourceTags};

const DESCRIBE: &str = "elasticloadbalancing:DescribeLoadBalancers";
const ATTRIBUTES: &str = "elasticloadbalancing:DescribeLoadBalancerAttributes";
const LISTENERS: &str = "elasticloadbalancing:DescribeListeners";
const TAGS: &str = "elasticloadbalancing:DescribeTags";

/// How the AWS CLI lists them.
const LISTING: &(&str, &str) = &("elbv2", "LoadBalancers[].LoadBalancerName");

/// Names or ARNs of one call, of tags too: <https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeLoadBalancers.html>.
const PER_CALL: usize = 20;

/// Entries of a page: the most that there are.
const PAGE: i32 = 400;

/// Pages of load balancers, of which a Region has 50 of each kind unless its quota was raised
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html>).
const BALANCER_PAGES: usize = 100;

/// Pages of listeners, of which a load balancer has 50 unless its quota was raised.
const LISTENER_PAGES: usize = 10;

/// Calls under way at once, of a documented bucket of 200 that refills at 50 a second
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
const AT_ONCE: usize = 10;

/// Why load balancers were not described.
#[derive(Debug)]
enum NotDescribed {
    /// The call failed.
    Failed(AwsError),
    /// The account has none of these names in the Region.
    Absent(Vec<String>),
}

impl From<AwsError> for NotDescribed {
    fn from(error: AwsError) -> Self {
        Self::Failed(error)
    }
}

/// The names of the account's load balancers, to find one that was mistyped: one page, the largest that there is, and none
/// where they may not be listed.
async fn own_names(client: &Client) -> Vec<String> {
    let answer = client.describe_load_balancers().page_size(PAGE).send().await;
    let balancers = answer.map(|answer| answer.load_balancers.unwrap_or_default()).unwrap_or_default();
    balancers.into_iter().filter_map(|balancer| balancer.load_balancer_name).collect()
}

/// The load balancers that are named, in that order, without attributes and listeners.
async fn describe(client: &Client, names: &[SourceName]) -> Result<Vec<LoadBalancer>, NotDescribed> {
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

/// Every load balancer of the Region that the producer logs, with its attributes and listeners.
pub(super) async fn all(client: &Client, producer: Producer) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
    let wanted = |balancer: &LoadBalancer| balancer.kind.producer() == Some(producer);
    match everything(client).await? {
        Seen::Present(listed) => {
            let listed = listed.into_iter().filter(wanted).collect();
            Ok(Seen::Present(complete(client, producer, listed).await?))
        }
        other @ (Seen::Absent | Seen::Denied(_)) => Ok(other),
    }
}

/// The load balancers of the Region that can log, without attributes and listeners.
pub(super) async fn loggable(client: &Client) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
    let can_log = |balancer: &LoadBalancer| balancer.kind != LoadBalancerType::Gateway;
    Ok(everything(client).await?.map(|listed| listed.into_iter().filter(can_log).collect()))
}

/// Every load balancer of the Region, without attributes and listeners.
async fn everything(client: &Client) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
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
        SourceName::Bucket(_) => false,
    }
}

/// One call; where AWS misses one of several, each is asked for alone to say which.
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
    let answer = request.send().await.map_err(|error| AwsError::of(DESCRIBE, resource, &error))?;
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

/// The same load balancers with their attributes and, where the producer depends on them, their listeners.
async fn complete(
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

/// The tags by ARN, a call for each 20:
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

/// The same load balancer with its attributes, and with the listeners of an NLB whose log is on; what can't be looked at is told
/// as such, and one that was deleted since it was listed is none.
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

/// The attributes by key.
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

/// The tags of load balancers of one Region by name, for a warning alone: what can't be read, for whatever reason that isn't the
/// caller's, is as good as denied.
pub(super) async fn tags_by_name(client: &Client, balancers: &[LoadBalancer]) -> Result<SourceTags, AwsError> {
    let resource = balancers.first().map(|balancer| balancer.arn.to_string()).unwrap_or_default();
    let read = or_denied(tags(client, balancers).await, TAGS, &resource)?;
    let of_one = |balancer: &LoadBalancer| match &read {
        Seen::Present(all) => {
            all.get(&balancer.arn.to_string()).map_or(Seen::Absent, |tags| Seen::Present(tags.clone()))
        }
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial.clone()),
    };
    Ok(balancers.iter().map(|balancer| (balancer.name.clone(), of_one(balancer))).collect())
}

/// The same load balancers with how they log, and their tags. Of another account's, AWS tells neither.
pub(super) async fn tagged(
    client: &Client,
    producer: Producer,
    balancers: &[LoadBalancer],
    caller: &Identity,
) -> Result<(Vec<Source>, SourceTags), AwsError> {
    let sources = |balancers: Vec<LoadBalancer>| balancers.into_iter().map(Source::LoadBalancer).collect();
    if balancers.iter().any(|balancer| balancer.account != caller.account) {
        return Ok((sources(balancers.to_vec()), SourceTags::new()));
    }
    let (complete, tags) =
        tokio::join!(complete(client, producer, balancers.to_vec()), tags_by_name(client, balancers));
    Ok((sources(complete?), tags?))
}

impl Aws {
    /// Who is calling, and the load balancers that are named, each once, without attributes and listeners.
    pub(super) async fn named_load_balancers(
        &self,
        region: &Region,
        names: &[SourceName],
    ) -> Result<(Identity, Vec<LoadBalancer>), ObserveError> {
        let client = self.source.elb(region);
        let (caller, described) = tokio::join!(read_identity::identity(&self.source, region), describe(&client, names));
        let caller = caller?;
        let balancers = match described {
            Ok(balancers) => balancers,
            Err(why) => match foreign(names, &caller.account) {
                Some(balancers) => balancers,
                None => return Err(self.no_load_balancers(why, region, caller.account).await),
            },
        };
        Ok((caller, once_each(balancers)))
    }

    /// The load balancers that are named, with how they log. An ARN's Region counts, else `home`.
    pub(super) async fn described(
        &self,
        home: &Region,
        names: &[SourceName],
        caller: &Identity,
        producer: Producer,
    ) -> Result<Vec<LoadBalancer>, ObserveError> {
        let region = names.iter().find_map(SourceName::region).unwrap_or_else(|| home.clone());
        let client = self.source.elb(&region);
        match describe(&client, names).await {
            Ok(described) => Ok(complete(&client, producer, described).await?),
            Err(why) => Err(self.no_load_balancers(why, &region, caller.account.clone()).await),
        }
    }

    /// Why load balancers were not described; for those that are not there, what is there of a like name.
    async fn no_load_balancers(&self, why: NotDescribed, region: &Region, account: AccountId) -> ObserveError {
        let names = match why {
            NotDescribed::Failed(error) => return error.into(),
            NotDescribed::Absent(names) => names,
        };
        let there = own_names(&self.source.elb(region)).await;
        let mut alike: Vec<String> = names.iter().flat_map(|name| near(name, there.iter().cloned(), 3)).collect();
        alike.truncate(3);
        ObserveError::NoLoadBalancer { names, region: region.clone(), account, near: alike, listing: LISTING }
    }
}

/// A load balancer that was named twice, by name and by ARN, counts once.
fn once_each(balancers: Vec<LoadBalancer>) -> Vec<LoadBalancer> {
    let mut once: Vec<LoadBalancer> = Vec::new();
    for balancer in balancers {
        if !once.iter().any(|before| before.arn == balancer.arn) {
            once.push(balancer);
        }
    }
    once
}

/// Load balancers of another account as far as their ARNs tell: AWS describes none but the caller's own.
fn foreign(sources: &[SourceName], account: &AccountId) -> Option<Vec<LoadBalancer>> {
    let parsed = |source: &SourceName| {
        let SourceName::LoadBalancerArn(arn) = source else { return None };
        let mut parts = arn.resource.split('/').skip(1);
        let kind = match parts.next()? {
            "app" => LoadBalancerType::Application,
            "net" => LoadBalancerType::Network,
            _ => LoadBalancerType::Gateway,
        };
        Some(LoadBalancer {
            name: parts.next()?.to_owned(),
            region: arn.region.parse().ok()?,
            account: arn.account.parse().ok()?,
            arn: arn.clone(),
            kind,
            attributes: Seen::Absent,
            listener_protocols: Seen::Absent,
        })
    };
    let balancers: Vec<LoadBalancer> = sources.iter().filter_map(parsed).collect();
    balancers.iter().any(|balancer| balancer.account != *account).then_some(balancers)
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
        async { request.await.map(drop).map_err(|error| AwsError::of(ACTION, arn, &error)) }
    };
    let told: Vec<_> =
        attributes.iter().filter(|(key, value)| !(value.is_empty() && key.ends_with(".bucket"))).collect();
    match send(attributes.iter().collect()).await {
        // Whether a log that is off can be without a bucket again is not documented, and was seen to be refused: "cannot be
        // empty" (<https://github.com/hashicorp/terraform-provider-aws/issues/2072>). AWS then keeps the name.
        Err(error) if error.is("ValidationError") && told.len() < attributes.len() => send(told).await,
        outcome => outcome,
    }
}
