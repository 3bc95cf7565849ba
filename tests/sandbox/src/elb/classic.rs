//! Classic Load Balancers, in the first version of the API (2012-06-01), which has names but no ARNs.
//!
//! From the API reference and the user guide of Classic Load Balancers. Only the access log's attributes are stored,
//! under the other types' attribute names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use http::HeaderMap;

use crate::account::account_of;
use crate::delivery::attach;
use crate::dispatch::Caller;
use crate::elb::attributes::{check_prefix, destination};
use crate::elb::balancer::{self, Balancer, CLASSIC};
use crate::elb::describe::page;
use crate::elb::error::{Refusal, refuse};
use crate::elb::{create, members};
use crate::query;
use crate::sandbox::Sandbox;
use crate::sts::parameter;
use crate::wire::{Reply, Request};
use crate::xml::escape;

const LOG: &str = "access_logs";

/// Returns whether a request uses this version.
#[must_use]
pub fn is_asked(form: &[(String, String)]) -> bool {
    parameter(form, "Version") == Some("2012-06-01")
}

/// Returns the ARN of the first load balancer that a request of this version names.
#[must_use]
pub fn arn(request: &Request, form: &[(String, String)]) -> Option<String> {
    let names = ["LoadBalancerName", "LoadBalancerNames.member.1"];
    let name = names.iter().find_map(|name| parameter(form, name)).filter(|_| is_asked(form))?;
    let scope = request.scope();
    Some(balancer::arn(name, CLASSIC, &account_of(&scope.access_key), &scope.region))
}

/// Answers a request.
pub async fn handle(sandbox: &Sandbox, caller: &Caller, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let all = balancer::all(sandbox, &caller.account, &caller.region).await;
    let all: Vec<&Balancer> = all.iter().filter(|balancer| balancer.kind == CLASSIC).collect();
    let balancer_of = |name: &str| {
        let found = all.iter().find(|balancer| balancer.name == name).copied();
        found.ok_or_else(|| refuse("LoadBalancerNotFound", &format!("There is no ACTIVE Load Balancer named '{name}'")))
    };
    let name = parameter(form, "LoadBalancerName").unwrap_or_default();
    match parameter(form, "Action").unwrap_or_default() {
        "DescribeLoadBalancers" => {
            let names = members(form, "LoadBalancerNames");
            for name in &names {
                balancer_of(name)?;
            }
            let wanted = |balancer: &&Balancer| names.is_empty() || names.contains(&balancer.name.as_str());
            let (page, next) = page(form, all.iter().copied().filter(wanted), |balancer| &balancer.name)?;
            let inside: String = page.into_iter().map(member).collect();
            let inside = format!("<LoadBalancerDescriptions>{inside}</LoadBalancerDescriptions>{next}");
            Ok(answered("DescribeLoadBalancers", &inside))
        }
        "DescribeLoadBalancerAttributes" => {
            let balancer = balancer_of(name)?;
            let log = sandbox.world().attributes.get(&balancer.arn).cloned().unwrap_or_default();
            Ok(answered("DescribeLoadBalancerAttributes", &attributes(&log)))
        }
        "ModifyLoadBalancerAttributes" => modify(sandbox, balancer_of(name)?, form).await,
        "DescribeTags" => {
            let names = members(form, "LoadBalancerNames");
            if names.is_empty() || names.len() > 20 {
                return Err(refuse("ValidationError", "The number of load balancers must be between 1 and 20"));
            }
            let mut inside = String::new();
            for name in names {
                let _ = write!(inside, "<member><LoadBalancerName>{}</LoadBalancerName><Tags>", escape(name));
                for (key, value) in &balancer_of(name)?.tags {
                    let _ =
                        write!(inside, "<member><Key>{}</Key><Value>{}</Value></member>", escape(key), escape(value));
                }
                inside.push_str("</Tags></member>");
            }
            Ok(answered("DescribeTags", &format!("<TagDescriptions>{inside}</TagDescriptions>")))
        }
        "CreateLoadBalancer" => {
            if name.is_empty() || parameter(form, "Listeners.member.1.LoadBalancerPort").is_none() {
                return Err(refuse("ValidationError", "A load balancer needs a name and at least one listener"));
            }
            let made = create::add(sandbox, caller, form, name, CLASSIC).await?;
            Ok(answered("CreateLoadBalancer", &format!("<DNSName>{}</DNSName>", escape(&made.dns_name))))
        }
        // "If the load balancer does not exist or has already been deleted, the call to `DeleteLoadBalancer` still
        // succeeds."
        "DeleteLoadBalancer" => {
            if let Ok(balancer) = balancer_of(name) {
                delete(sandbox, caller, &balancer.arn).await;
            }
            Ok(answered("DeleteLoadBalancer", ""))
        }
        operation => {
            Err(refuse("InvalidAction", &format!("Could not find operation {operation} for version 2012-06-01")))
        }
    }
}

/// Deletes a load balancer from the service of the other types, which stores it.
async fn delete(sandbox: &Sandbox, caller: &Caller, arn: &str) {
    let kept: String = url_encoded(arn);
    let body = format!("Action=DeleteLoadBalancer&Version=2015-12-01&LoadBalancerArn={kept}");
    let request = Request::new("POST", "/", HeaderMap::new(), body.into());
    create::delete(sandbox, &request, caller, arn).await;
}

/// Encodes the characters of an ARN that a form reserves.
fn url_encoded(arn: &str) -> String {
    arn.replace(':', "%3A").replace('/', "%2F")
}

fn answered(operation: &str, inside: &str) -> Reply {
    query::answered("elasticloadbalancing", operation, inside)
}

fn member(balancer: &Balancer) -> String {
    format!(
        "<member><LoadBalancerName>{}</LoadBalancerName><DNSName>{}</DNSName><CreatedTime>{}</CreatedTime><Scheme>{}</Scheme></member>",
        escape(&balancer.name),
        escape(&balancer.dns_name),
        balancer.created,
        balancer.scheme
    )
}

/// Returns the answer's attributes. A log that was never on has no bucket.
fn attributes(log: &BTreeMap<String, String>) -> String {
    let value = |name: &str| log.get(&format!("{LOG}.s3.{name}")).filter(|value| !value.is_empty());
    let element = |tag: &str, name: &str| {
        value(name).map(|value| format!("<{tag}>{}</{tag}>", escape(value))).unwrap_or_default()
    };
    let enabled = value("enabled").is_some_and(|value| value == "true");
    format!(
        "<LoadBalancerAttributes><AccessLog><Enabled>{enabled}</Enabled>{}{}{}</AccessLog></LoadBalancerAttributes>",
        element("S3BucketName", "bucket"),
        element("EmitInterval", "emit_interval"),
        element("S3BucketPrefix", "prefix")
    )
}

/// If the request turns the log off, values that it omits stay unchanged ("Disable access logs"). If it turns the log
/// on, omitted values become an interval of 60 minutes and the root of the bucket (`AccessLog`).
async fn modify(sandbox: &Sandbox, balancer: &Balancer, form: &[(String, String)]) -> Result<Reply, Refusal> {
    let sent = |name: &str| parameter(form, &format!("LoadBalancerAttributes.AccessLog.{name}"));
    let Some(enabled) = sent("Enabled") else {
        return Err(refuse(
            "ValidationError",
            "1 validation error detected: Value at 'accessLog.enabled' must not be null",
        ));
    };
    let before = sandbox.world().attributes.get(&balancer.arn).cloned().unwrap_or_default();
    let mut after = before.clone();
    let mut put = |name: &str, value: &str| drop(after.insert(format!("{LOG}.s3.{name}"), value.to_owned()));
    put("enabled", enabled);
    if enabled == "true" {
        let interval = sent("EmitInterval").unwrap_or("60");
        if !["5", "60"].contains(&interval) {
            return Err(refuse("InvalidConfigurationRequest", "EmitInterval must be either 5 or 60"));
        }
        let bucket = sent("S3BucketName").filter(|name| !name.is_empty());
        let Some(bucket) = bucket else {
            return Err(refuse("InvalidConfigurationRequest", "S3Bucket name cannot be empty"));
        };
        let prefix = sent("S3BucketPrefix").unwrap_or_default();
        check_prefix("S3BucketPrefix", prefix)?;
        put("emit_interval", interval);
        put("bucket", bucket);
        put("prefix", prefix);
        attach::check(&mut sandbox.world(), balancer, LOG, bucket, prefix)?;
    }
    let goes = destination(&after, LOG);
    sandbox.world().attributes.insert(balancer.arn.clone(), after.clone());
    // As with the other types, AWS doesn't document whether it rewrites the test file if nothing changes. The sandbox
    // does not rewrite it.
    if let Some((bucket, prefix)) = goes.filter(|goes| destination(&before, LOG).as_ref() != Some(goes)) {
        attach::write_test_file(sandbox, balancer, LOG, &bucket, &prefix).await;
    }
    let name = format!("<LoadBalancerName>{}</LoadBalancerName>", escape(&balancer.name));
    Ok(answered("ModifyLoadBalancerAttributes", &format!("{name}{}", attributes(&after))))
}
