//! Classic Load Balancers and their logs. They have their own API, which uses names and returns no ARN.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancing::Client;
use aws_sdk_elasticloadbalancing::types::{AccessLog, LoadBalancerAttributes};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use serde_json::Value;

use crate::aws::error::AwsError;
use crate::aws::listing::{Listing, Next};
use crate::aws::outcome::{or_denied, seen};
use crate::model::{AccountId, Arn, Region, Seen};
use crate::producer::{ClassicLog, LoadBalancer, LoadBalancerType, SourceName};

use super::load_balancer::NotDescribed;

type Tags = BTreeMap<String, String>;

const DESCRIBE: &str = "elasticloadbalancing:DescribeLoadBalancers";
const ATTRIBUTES: &str = "elasticloadbalancing:DescribeLoadBalancerAttributes";
const MODIFY: &str = "elasticloadbalancing:ModifyLoadBalancerAttributes";
const TAGS: &str = "elasticloadbalancing:DescribeTags";

/// The AWS CLI command that lists Classic Load Balancers.
pub(super) const LISTING: &(&str, &str) = &("elb", "LoadBalancerDescriptions[].LoadBalancerName");

/// Entries per page, the maximum.
/// <https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeLoadBalancers.html>
const PAGE: i32 = 400;

/// The most pages of load balancers to read. A Region has 20 load balancers unless its quota was raised
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-limits.html>).
const PAGES: usize = 100;

/// The most names per call for tags:
/// <https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_DescribeTags.html>.
const TAGS_PER_CALL: usize = 20;

/// The number of calls in flight; the API's rate limits apply to all load balancers.
const AT_ONCE: usize = 10;

/// A client with its Region and account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Classic<'a> {
    pub(super) client: &'a Client,
    pub(super) region: &'a Region,
    pub(super) account: &'a AccountId,
}

impl Classic<'_> {
    /// Returns a load balancer that is known only by name.
    fn named(&self, name: String) -> LoadBalancer {
        let kind = LoadBalancerType::Classic;
        LoadBalancer {
            arn: Arn {
                partition: self.region.partition(),
                service: "elasticloadbalancing".to_owned(),
                region: self.region.to_string(),
                account: self.account.to_string(),
                resource: kind.resource(&name),
            },
            name,
            kind,
            region: self.region.clone(),
            account: self.account.clone(),
            attributes: Seen::Absent,
            listener_protocols: Seen::Absent,
        }
    }

    /// Returns every Classic Load Balancer in the Region, without attributes.
    pub(super) async fn all(&self) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
        let listing = Listing { action: DESCRIBE, resource: "*", absent: &[], pages: PAGES };
        let mut names = Vec::new();
        let ask = |marker| self.client.describe_load_balancers().page_size(PAGE).set_marker(marker).send();
        let read = listing.read(ask, |page| {
            let listed = page.load_balancer_descriptions.unwrap_or_default().into_iter();
            names.extend(listed.filter_map(|balancer| balancer.load_balancer_name));
            Next::by_token(page.next_marker)
        });
        let read = read.await?;
        Ok(read.map(|()| names.into_iter().map(|name| self.named(name)).collect()))
    }

    /// Returns names to suggest for a typo: one page, or none if the names can't be listed.
    pub(super) async fn own_names(&self) -> Vec<String> {
        let answer = self.client.describe_load_balancers().page_size(PAGE).send().await;
        let balancers = answer.map(|answer| answer.load_balancer_descriptions.unwrap_or_default()).unwrap_or_default();
        balancers.into_iter().filter_map(|balancer| balancer.load_balancer_name).collect()
    }

    /// Returns the named load balancers, in that order, without attributes. Makes one call for each, since a missing
    /// load balancer fails the whole call.
    pub(super) async fn describe(&self, names: &[SourceName]) -> Result<Vec<LoadBalancer>, NotDescribed> {
        let asked = stream::iter(names.to_vec()).map(|name| async move {
            let own = own_name(&name);
            let answer = self.client.describe_load_balancers().load_balancer_names(&own).send().await;
            match answer.map_err(|error| AwsError::new(DESCRIBE, &own, &error)) {
                Ok(answer) => {
                    let found = answer.load_balancer_descriptions.unwrap_or_default();
                    let is_it = found.iter().any(|balancer| balancer.load_balancer_name() == Some(own.as_str()));
                    Ok(is_it.then(|| self.named(own)).ok_or_else(|| name.to_string()))
                }
                Err(error) if is_absent(&error) => Ok(Err(name.to_string())),
                Err(error) => Err(NotDescribed::Failed(error)),
            }
        });
        let found: Vec<Result<LoadBalancer, String>> = asked.buffered(AT_ONCE).try_collect().await?;
        let absent: Vec<String> = found.iter().filter_map(|one| one.as_ref().err()).cloned().collect();
        if absent.is_empty() { Ok(found.into_iter().flatten().collect()) } else { Err(NotDescribed::Absent(absent)) }
    }
}

/// Returns the tags by ARN.
pub(super) async fn tags(
    client: &Client,
    balancers: &[LoadBalancer],
) -> Result<Seen<BTreeMap<String, Tags>>, AwsError> {
    let names: Vec<String> = balancers.iter().map(|balancer| balancer.name.clone()).collect();
    let chunks: Vec<Vec<String>> = names.chunks(TAGS_PER_CALL).map(<[String]>::to_vec).collect();
    let answers = stream::iter(chunks).map(|chunk| async move {
        let answer = client.describe_tags().set_load_balancer_names(Some(chunk)).send().await;
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
            let name = one.load_balancer_name?;
            let of = balancers.iter().find(|balancer| balancer.name == name)?;
            let of_it = one.tags.unwrap_or_default().into_iter();
            Some((of.arn.to_string(), of_it.map(|tag| (tag.key, tag.value.unwrap_or_default())).collect()))
        }));
    }
    Ok(Seen::Present(tags))
}

/// Returns the load balancer's name, which ends its ARN.
fn own_name(name: &SourceName) -> String {
    match name {
        SourceName::LoadBalancerArn(arn) => arn.resource.trim_start_matches("loadbalancer/").to_owned(),
        SourceName::Bucket(_) | SourceName::LoadBalancer(_) | SourceName::Network(_) | SourceName::NetworkArn(_) => {
            name.to_string()
        }
    }
}

fn is_absent(error: &AwsError) -> bool {
    error.is("LoadBalancerNotFound") || error.is("AccessPointNotFoundException")
}

/// Adds the load balancers' access logs.
pub(super) async fn complete(client: &Client, balancers: Vec<LoadBalancer>) -> Result<Vec<LoadBalancer>, AwsError> {
    let completed = stream::iter(balancers).map(|mut balancer| async move {
        balancer.attributes = attributes(client, &balancer.name).await?;
        Ok(balancer)
    });
    completed.buffered(AT_ONCE).try_collect().await
}

/// Returns the load balancer with its access log, or with the denial if the log can't be read. Returns `None` if the
/// load balancer was deleted after it was listed.
pub(super) async fn attached(client: &Client, mut balancer: LoadBalancer) -> Result<Option<LoadBalancer>, AwsError> {
    balancer.attributes = match attributes(client, &balancer.name).await {
        Err(error) if is_absent(&error) => return Ok(None),
        read => or_denied(read, ATTRIBUTES, &balancer.name)?,
    };
    Ok(Some(balancer))
}

/// Returns the access log, as attributes.
pub(in crate::aws) async fn attributes(client: &Client, name: &str) -> Result<Seen<Tags>, AwsError> {
    let answer = client.describe_load_balancer_attributes().load_balancer_name(name).send().await;
    let answer = seen(ATTRIBUTES, name, &[], answer)?;
    Ok(answer.map(|answer| {
        let log = answer.load_balancer_attributes.and_then(|attributes| attributes.access_log);
        log.map(from_sdk).unwrap_or_default().to_attributes()
    }))
}

fn from_sdk(log: AccessLog) -> ClassicLog {
    ClassicLog {
        enabled: log.enabled,
        bucket: log.s3_bucket_name.unwrap_or_default(),
        prefix: log.s3_bucket_prefix.unwrap_or_default(),
        emit_interval: log.emit_interval.and_then(|minutes| minutes.try_into().ok()),
    }
}

/// Writes the access log. "If the prefix is not provided, the log is placed at the root level of the bucket". If a log
/// is off, AWS keeps the name of its bucket
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/disable-access-logs.html>).
pub(super) async fn put(client: &Client, (arn, name): (&Arn, &str), log: &ClassicLog) -> Result<(), AwsError> {
    let text = |text: &String| (!text.is_empty()).then(|| text.clone());
    let interval = log.emit_interval.and_then(|minutes| minutes.try_into().ok());
    let log = AccessLog::builder()
        .enabled(log.enabled)
        .set_s3_bucket_name(text(&log.bucket))
        .set_s3_bucket_prefix(text(&log.prefix))
        .set_emit_interval(interval)
        .build();
    let attributes = LoadBalancerAttributes::builder().access_log(log).build();
    let request = client.modify_load_balancer_attributes().load_balancer_name(name);
    let request = request.load_balancer_attributes(attributes);
    request.send().await.map(drop).map_err(|error| AwsError::new(MODIFY, arn, &error))
}

/// Returns the access log in a call's record, as attributes. The record's parameter names are inferred from the API and
/// from how `CloudTrail` records other calls. No example shows such a record.
pub(super) fn attributes_from_call(parameters: &Value) -> Vec<(String, String)> {
    let Some(log) = parameters.pointer("/loadBalancerAttributes/accessLog") else { return Vec::new() };
    let text = |name: &str| log.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let enabled = log.get("enabled");
    let log = ClassicLog {
        enabled: enabled.and_then(Value::as_bool).unwrap_or_else(|| text("enabled") == "true"),
        bucket: text("s3BucketName"),
        prefix: text("s3BucketPrefix"),
        emit_interval: None,
    };
    log.to_attributes().into_iter().collect()
}
