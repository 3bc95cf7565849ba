//! Translates steps into properties of a `CloudFormation` template.
//!
//! Each resource's page documents its properties:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html> and
//! `aws-resource-s3-bucketpolicy.html` in the same folder. Each log service supplies the properties of its sources.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::KeySlot;
use crate::plan::Step;
use crate::producer::iac::InCloudFormation;
use crate::state::{ExpirationRule, RuleRest, Transition};

use super::yaml;

/// The parts of the template for one resource. `of` is the resource's type and usual name.
#[derive(Default)]
struct Snippet {
    notes: Vec<&'static str>,
    properties: Map<String, Value>,
    of: Option<(&'static str, &'static str)>,
    policy: Option<(String, Value)>,
}

/// Returns the resources with the properties that the steps set.
pub(super) fn snippet(resource: Option<&str>, steps: &[&Step]) -> String {
    let mut all = Snippet::default();
    for step in steps {
        all.add(step);
    }
    let Snippet { notes, properties, of, policy } = all;
    let (kind, usual) = of.unwrap_or(("AWS::S3::Bucket", "Bucket"));
    let id = resource.unwrap_or(usual);
    let mut resources = Map::new();
    if !properties.is_empty() {
        resources.insert(id.to_owned(), json!({ "Type": kind, "Properties": properties }));
    }
    if let Some((bucket, document)) = policy {
        let bucket = resource.map_or(json!(bucket), |id| json!({ "Ref": id }));
        let properties = json!({ "Bucket": bucket, "PolicyDocument": document });
        resources.insert(format!("{id}Policy"), json!({ "Type": "AWS::S3::BucketPolicy", "Properties": properties }));
    }
    let notes = notes.into_iter().map(|note| format!("# {note}"));
    let lines = if resources.is_empty() { Vec::new() } else { yaml::lines(&Value::Object(resources)) };
    notes.chain(lines).collect::<Vec<_>>().join("\n")
}

impl Snippet {
    fn set(&mut self, name: &str, value: Value) {
        self.properties.insert(name.to_owned(), value);
    }

    fn add(&mut self, step: &Step) {
        match step {
            Step::SetSource(step) => {
                let InCloudFormation { kind, usual, notes, properties } = step.in_cloudformation();
                self.of = Some((kind, usual));
                self.notes.extend(notes);
                for (name, value) in properties {
                    self.set(name, value);
                }
            }
            Step::PutBucketTags { before, tags, .. } => {
                self.notes.push("in addition to the bucket's other tags");
                self.set("Tags", pairs(&super::new_tags(before, tags)));
            }
            Step::BlockPublicAccess { .. } => self.set(
                "PublicAccessBlockConfiguration",
                json!({ "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true }),
            ),
            Step::PutBucketEncryption { key, bucket_key, blocked, .. } => {
                self.set("BucketEncryption", encryption(key.as_ref(), *bucket_key, blocked));
            }
            Step::LetOwnerPay { .. } => {
                self.notes.push("templates can't set Requester Pays, so turning it off is not drift");
            }
            Step::PutBucketPolicy { bucket, after, .. } => {
                self.notes.push("a bucket has only one policy: if the template has one, replace it with this complete policy");
                let document = serde_json::from_str(after).unwrap_or_else(|_| json!(after));
                self.policy = Some((bucket.to_string(), document));
            }
            Step::PutExpiration { rules, .. } => {
                self.notes.push("in addition to the bucket's other lifecycle rules");
                self.set("LifecycleConfiguration", json!({ "Rules": rules.iter().map(rule).collect::<Vec<_>>() }));
            }
            // The step is about a key, or about something that does not exist yet.
            Step::CreateKey { .. }
            | Step::CreateAlias { .. }
            | Step::EnableKeyRotation { .. }
            | Step::PutKeyPolicy { .. }
            | Step::CreateBucket { .. } => {}
        }
    }
}

fn pairs(pairs: &BTreeMap<String, String>) -> Value {
    pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

fn encryption(key: Option<&KeySlot>, bucket_key: bool, blocked: &[String]) -> Value {
    let default = match key {
        None => json!({ "SSEAlgorithm": "AES256" }),
        Some(key) => json!({ "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key.in_template() }),
    };
    let mut rule = Map::new();
    rule.insert("ServerSideEncryptionByDefault".to_owned(), default);
    if key.is_some() {
        rule.insert("BucketKeyEnabled".to_owned(), json!(bucket_key));
    }
    if !blocked.is_empty() {
        rule.insert("BlockedEncryptionTypes".to_owned(), json!({ "EncryptionType": blocked }));
    }
    json!({ "ServerSideEncryptionConfiguration": [rule] })
}

fn rule(rule: &ExpirationRule) -> Value {
    let RuleRest { transitions, noncurrent_transitions, noncurrent_expiration, abort_uploads_after, .. } = &rule.rest;
    let transition = |of: &Transition| {
        said([
            ("StorageClass", some(of.class.as_ref())),
            ("TransitionInDays", some(of.days)),
            ("TransitionDate", of.date.map(|date| json!(date.iso()))),
            ("NewerNoncurrentVersions", some(of.newer_versions)),
        ])
    };
    let all =
        |list: &[Transition]| -> Option<Value> { (!list.is_empty()).then(|| list.iter().map(transition).collect()) };
    let noncurrent = noncurrent_expiration
        .map(|(days, newer)| said([("NoncurrentDays", some(days)), ("NewerNoncurrentVersions", some(newer))]));
    said([
        ("Id", Some(json!(rule.id))),
        ("Status", Some(json!("Enabled"))),
        ("Prefix", (!rule.prefix.is_empty()).then(|| json!(rule.prefix))),
        ("Transitions", all(transitions)),
        ("ExpirationInDays", some(rule.days)),
        ("ExpirationDate", rule.date.map(|date| json!(date.iso()))),
        ("NoncurrentVersionTransitions", all(noncurrent_transitions)),
        ("NoncurrentVersionExpiration", noncurrent),
        ("AbortIncompleteMultipartUpload", abort_uploads_after.map(|days| json!({ "DaysAfterInitiation": days }))),
    ])
}

fn some(value: Option<impl serde::Serialize>) -> Option<Value> {
    value.map(|value| json!(value))
}

/// Returns the properties that have a value.
fn said<const N: usize>(pairs: [(&str, Option<Value>); N]) -> Value {
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(pairs.collect())
}
