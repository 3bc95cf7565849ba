//! ACM: imported certificates and their tags. Nothing in a certificate is checked.
//!
//! <https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html> and its siblings.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::dispatch::Caller;
use crate::elb::balancer;
use crate::kms;
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};

/// An imported certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub arn: String,
    pub account: String,
    pub region: String,
    pub tags: BTreeMap<String, String>,
}

/// Returns the ARN of the certificate in the request.
#[must_use]
pub fn resource(request: &Request) -> String {
    let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    body.get("CertificateArn").and_then(Value::as_str).unwrap_or_default().to_owned()
}

pub async fn handle(sandbox: &Sandbox, request: &Request, caller: &Caller) -> Reply {
    let Ok(body) = serde_json::from_slice::<Value>(&request.body) else {
        return refuse("SerializationException", "The request is not well-formed JSON");
    };
    let operation = kms::operation(request);
    match operation.as_str() {
        "ImportCertificate" => return import(sandbox, caller, &body),
        "ListCertificates" => return list(sandbox, caller),
        "ListTagsForCertificate" | "DeleteCertificate" => {}
        _ => return refuse("UnknownOperationException", "The sandbox does not simulate this operation"),
    }
    let arn = body.get("CertificateArn").and_then(Value::as_str).unwrap_or_default();
    let found = sandbox.world().certificates.get(arn).cloned();
    let Some(certificate) = found.filter(|found| found.account == caller.account && found.region == caller.region)
    else {
        let message = format!("Could not find certificate {arn} in account {}.", caller.account);
        return refuse("ResourceNotFoundException", &message);
    };
    if operation == "ListTagsForCertificate" {
        let tag = |(key, value): (&String, &String)| json!({ "Key": key, "Value": value });
        return Reply::json(200, &json!({ "Tags": certificate.tags.iter().map(tag).collect::<Vec<Value>>() }));
    }
    let balancers = balancer::all(sandbox, &caller.account, &caller.region).await;
    let mut listeners = balancers.iter().flat_map(|balancer| &balancer.listeners);
    if listeners.any(|listener| listener.certificates.iter().any(|used| used == arn)) {
        let message = format!("Certificate {arn} in account {} is in use.", caller.account);
        return refuse("ResourceInUseException", &message);
    }
    sandbox.world().certificates.remove(arn);
    Reply::json(200, &json!({}))
}

fn import(sandbox: &Sandbox, caller: &Caller, body: &Value) -> Reply {
    for (name, part) in [("Certificate", "certificate"), ("PrivateKey", "privateKey")] {
        if body.get(name).and_then(Value::as_str).is_none_or(str::is_empty) {
            let message = format!(
                "1 validation error detected: Value at '{part}' failed to satisfy constraint: Member must not be null"
            );
            return refuse("ValidationException", &message);
        }
    }
    let text = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let tags = body.get("Tags").and_then(Value::as_array).into_iter().flatten();
    let mut world = sandbox.world();
    let arn = format!(
        "arn:aws:acm:{}:{}:certificate/00000000-0000-4000-8000-{:012x}",
        caller.region,
        caller.account,
        world.number()
    );
    let certificate = Certificate {
        arn: arn.clone(),
        account: caller.account.clone(),
        region: caller.region.clone(),
        tags: tags.map(|tag| (text(tag, "Key"), text(tag, "Value"))).collect(),
    };
    world.certificates.insert(arn.clone(), certificate);
    Reply::json(200, &json!({ "CertificateArn": arn }))
}

/// `ListCertificates`, on one page.
fn list(sandbox: &Sandbox, caller: &Caller) -> Reply {
    let world = sandbox.world();
    let own = world.certificates.values().filter(|one| one.account == caller.account && one.region == caller.region);
    let summary = |one: &Certificate| json!({ "CertificateArn": one.arn, "Type": "IMPORTED" });
    let mut answer = Map::new();
    answer.insert("CertificateSummaryList".to_owned(), own.map(summary).collect());
    Reply::json(200, &Value::Object(answer))
}

fn refuse(code: &str, message: &str) -> Reply {
    Reply::json(400, &json!({ "__type": code, "message": message }))
}
