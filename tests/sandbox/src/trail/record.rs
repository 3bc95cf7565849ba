//! Records every management call that changes something, including refused ones.
//!
//! Calls about objects are data events, which the event history does not contain (`CloudTrail` User Guide, "Working
//! with event history").

use std::time::SystemTime;

use serde_json::Value;

use crate::dispatch::Named;
use crate::ec2::list;
use crate::ec2::network::Kind;
use crate::elb::classic;
use crate::kms::key::find;
use crate::s3::address::address;
use crate::sandbox::Sandbox;
use crate::sts::{form, parameter};
use crate::trail::event::Event;
use crate::trail::parameters::{self, of_bucket, of_form, of_json, of_nested_form};
use crate::wire::{Reply, Request};
use crate::xml;

/// Records an answered call, if `CloudTrail` records such calls.
pub fn call(sandbox: &Sandbox, request: &Request, named: &Named, reply: &Reply) {
    if !named.mutating {
        return;
    }
    let event = match named.service.as_str() {
        "s3" => of_s3(request, named),
        "elasticloadbalancing" => Some(of_elb(request, named, reply)),
        "kms" => Some(of_kms(sandbox, request, named, reply)),
        "ec2" => Some(of_ec2(request, named, reply)),
        _ => None,
    };
    let Some(mut event) = event else {
        return;
    };
    event = event.of(&named.caller.account).within(&named.caller.region);
    event.access_key = request.scope().access_key;
    if let Some(agent) = request.header("user-agent") {
        event.agent = format!("[{agent}]");
    }
    if !reply.ok() {
        let (code, message) = error(reply).unwrap_or_default();
        // AWS doesn't document the code of a denial by KMS. The README explains the choice.
        let code = if code == "AccessDeniedException" { "AccessDenied".to_owned() } else { code };
        // EC2's codes begin with the side that is at fault, as seen in the field.
        let code = match (named.service.as_str(), reply.status) {
            ("ec2", 500..) => format!("Server.{code}"),
            ("ec2", _) => format!("Client.{code}"),
            (_, _) => code,
        };
        event = event.refused(&code, &message);
    }
    sandbox.plant_event(event);
}

/// Returns a bucket's event with `CloudTrail`'s own name ("Amazon S3 `CloudTrail` events"), which can differ from the
/// API's.
fn of_s3(request: &Request, named: &Named) -> Option<Event> {
    let address = address(request);
    let bucket = address.bucket.filter(|_| address.key.is_none() && named.operation != "DeleteObjects")?;
    let name = match named.operation.as_str() {
        "PutBucketLifecycleConfiguration" => "PutBucketLifecycle",
        "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
        "DeletePublicAccessBlock" => "DeleteBucketPublicAccessBlock",
        "PutObjectLockConfiguration" => "PutBucketObjectLockConfiguration",
        "PutBucketNotificationConfiguration" => "PutBucketNotification",
        same => same,
    };
    let event = Event::on_bucket(name, &bucket, SystemTime::now());
    Some(Event { parameters: of_bucket(request, &bucket), ..event })
}

fn of_elb(request: &Request, named: &Named, reply: &Reply) -> Event {
    let form = form(request);
    if let Some(arn) = classic::arn(request, &form) {
        let event = Event::new("elasticloadbalancing.amazonaws.com", &named.operation, SystemTime::now());
        let name = arn.rsplit('/').next().unwrap_or_default();
        return event.asking(of_nested_form(&form)).about("AWS::ElasticLoadBalancing::LoadBalancer", name);
    }
    let event =
        Event::new("elasticloadbalancing.amazonaws.com", &named.operation, SystemTime::now()).asking(of_form(&form));
    let made = || {
        let path = ["CreateLoadBalancerResult", "LoadBalancers", "member", "LoadBalancerArn"];
        xml::parse(&reply.body).and_then(|root| root.text_at(&path).map(str::to_owned))
    };
    let arn = ["LoadBalancerArn", "ResourceArns.member.1"].iter().find_map(|name| parameter(&form, name));
    match arn.map(str::to_owned).or_else(made) {
        Some(arn) => event.about("AWS::ElasticLoadBalancingV2::LoadBalancer", &arn),
        None => event,
    }
}

fn of_kms(sandbox: &Sandbox, request: &Request, named: &Named, reply: &Reply) -> Event {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    let caller = &named.caller;
    let mut event = Event::new("kms.amazonaws.com", &named.operation, SystemTime::now()).asking(of_json(&body));
    if let Some(alias) = text("AliasName") {
        event = event.about("AWS::KMS::Alias", &format!("arn:aws:kms:{}:{}:{alias}", caller.region, caller.account));
    }
    let key = match text("KeyId").or_else(|| text("TargetKeyId")) {
        Some(key) => find(&sandbox.world(), &caller.account, &caller.region, key).map(|key| key.arn.clone()),
        None => serde_json::from_slice::<Value>(&reply.body)
            .ok()
            .and_then(|made| made.pointer("/KeyMetadata/Arn").and_then(Value::as_str).map(str::to_owned)),
    };
    match key {
        Some(key) => event.about("AWS::KMS::Key", &key),
        None => event,
    }
}

/// The resources in the event are a guess, because no AWS page lists them for EC2.
fn of_ec2(request: &Request, named: &Named, reply: &Reply) -> Event {
    let form = form(request);
    let mut event = Event::new("ec2.amazonaws.com", &named.operation, SystemTime::now())
        .asking(parameters::of_ec2(&named.operation, &form));
    let made = xml::parse(&reply.body)
        .and_then(|root| Some(root.child("flowLogIdSet")?.all("item").map(|item| item.text.clone()).collect()));
    let made: Vec<String> = made.unwrap_or_default();
    let sent = ["ResourceId", "FlowLogId"].into_iter().flat_map(|name| list(&form, name));
    let one = ["VpcId", "SubnetId"].into_iter().filter_map(|name| parameter(&form, name));
    for id in sent.chain(one).chain(made.iter().map(String::as_str)) {
        let kind = match Kind::of_id(id) {
            Some(Kind::Vpc) => "VPC",
            Some(kind) => kind.name(),
            None => "FlowLog",
        };
        event = event.about(&format!("AWS::EC2::{kind}"), id);
    }
    event
}

/// Returns the code and message of an error reply, in any protocol.
pub fn error(reply: &Reply) -> Option<(String, String)> {
    if let Some(root) = xml::parse(&reply.body) {
        let error = if root.child("Code").is_some() {
            &root
        } else {
            root.child("Error").or_else(|| root.at(&["Errors", "Error"]))?
        };
        let text = |name: &str| error.text_at(&[name]).unwrap_or_default().to_owned();
        return Some((text("Code"), text("Message")));
    }
    let body: Value = serde_json::from_slice(&reply.body).ok()?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    let header = || reply.headers.get("x-amzn-errortype").and_then(|code| code.to_str().ok()).map(str::to_owned);
    Some((text("__type").or_else(header)?, text("message").unwrap_or_default()))
}
