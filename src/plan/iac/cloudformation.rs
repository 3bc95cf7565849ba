//! Steps as properties of resources in a `CloudFormation` template.
//!
//! Each property is on the page of its resource:
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html>,
//! `aws-resource-s3-bucketpolicy.html` and `aws-resource-elasticloadbalancingv2-loadbalancer.html` there.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::KeySlot;
use crate::plan::Step;
use crate::producer::{InventoryField, KeyFormat, Logging, NewInventory, NewSetting, SourceSetting, SourceStep};
use crate::state::{ExpirationRule, RuleRest, Transition};

use super::{NEW_KEY, yaml};

/// What is collected for one resource.
#[derive(Default)]
struct Snippet {
    notes: Vec<&'static str>,
    properties: Map<String, Value>,
    is_balancer: bool,
    policy: Option<(String, Value)>,
}

/// The resources with those properties that the steps set.
pub(super) fn snippet(resource: Option<&str>, steps: &[&Step]) -> String {
    let mut all = Snippet::default();
    for step in steps {
        all.add(step);
    }
    let Snippet { notes, properties, is_balancer, policy } = all;
    let (kind, usual) = if is_balancer {
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "LoadBalancer")
    } else {
        ("AWS::S3::Bucket", "Bucket")
    };
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
            Step::SetSource(step) => self.add_source(step),
            Step::PutBucketTags { before, tags, .. } => {
                self.notes.push("beside the other tags of the bucket");
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
                self.notes.push("a template has no word for Requester Pays: turning it off is no drift");
            }
            Step::PutBucketPolicy { bucket, after, .. } => {
                self.notes.push("a bucket has one policy: this is the whole, in place of the one that the template may have");
                let document = serde_json::from_str(after).unwrap_or_else(|_| json!(after));
                self.policy = Some((bucket.to_string(), document));
            }
            Step::PutExpiration { rules, .. } => {
                self.notes.push("beside the other lifecycle rules of the bucket");
                self.set("LifecycleConfiguration", json!({ "Rules": rules.iter().map(rule).collect::<Vec<_>>() }));
            }
            // Of a key, or of what is not there yet.
            Step::CreateKey { .. }
            | Step::CreateAlias { .. }
            | Step::EnableKeyRotation { .. }
            | Step::PutKeyPolicy { .. }
            | Step::CreateBucket { .. } => {}
        }
    }

    fn add_source(&mut self, step: &SourceStep) {
        match &step.after {
            NewSetting::Attributes(attributes) => {
                self.is_balancer = true;
                self.notes.push("beside the other attributes of the load balancer");
                self.set("LoadBalancerAttributes", pairs(&worth_saying(&step.before, attributes)));
            }
            NewSetting::Logging(logging) => self.set("LoggingConfiguration", of_logging(logging)),
            NewSetting::Inventory(inventory) => {
                self.notes.push("beside the other inventories of the bucket");
                self.notes.push("a template can't say how reports are encrypted: they take the destination's default");
                self.set("InventoryConfigurations", json!([of_inventory(inventory)]));
            }
        }
    }
}

/// An empty value is the default, and is only said where another stands.
fn worth_saying(before: &SourceSetting, all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let is_empty = |key: &String| match before {
        SourceSetting::Attributes(before) => before.get(key).is_none_or(String::is_empty),
        SourceSetting::Inventory(_) | SourceSetting::Logging(_) => true,
    };
    all.clone().into_iter().filter(|(key, value)| !(value.is_empty() && is_empty(key))).collect()
}

fn pairs(pairs: &BTreeMap<String, String>) -> Value {
    pairs.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect()
}

fn encryption(key: Option<&KeySlot>, bucket_key: bool, blocked: &[String]) -> Value {
    let default = match key {
        None => json!({ "SSEAlgorithm": "AES256" }),
        Some(KeySlot::Known(arn)) => json!({ "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn.to_string() }),
        Some(KeySlot::Created) => json!({ "SSEAlgorithm": "aws:kms", "KMSMasterKeyID": NEW_KEY }),
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

/// Those properties that have a value.
fn said<const N: usize>(pairs: [(&str, Option<Value>); N]) -> Value {
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(pairs.collect())
}

fn of_logging(logging: &Logging) -> Value {
    let format = match logging.key_format {
        KeyFormat::Simple => json!({ "SimplePrefix": {} }),
        KeyFormat::Partitioned(date) => {
            json!({ "PartitionedPrefix": { "PartitionDateSource": super::date_source(date) } })
        }
    };
    let mut fields = Map::new();
    fields.insert("DestinationBucketName".to_owned(), json!(logging.bucket));
    if !logging.prefix.is_empty() {
        fields.insert("LogFilePrefix".to_owned(), json!(logging.prefix));
    }
    fields.insert("TargetObjectKeyFormat".to_owned(), format);
    Value::Object(fields)
}

fn of_inventory(inventory: &NewInventory) -> Value {
    let mut destination = Map::new();
    destination.insert("BucketArn".to_owned(), json!(inventory.bucket_arn));
    destination.insert("BucketAccountId".to_owned(), json!(inventory.account.as_str()));
    destination.insert("Format".to_owned(), json!(inventory.format.api_word()));
    if !inventory.prefix.is_empty() {
        destination.insert("Prefix".to_owned(), json!(inventory.prefix));
    }
    let known = inventory.fields.iter().map(|field: &InventoryField| field.as_str());
    let fields: Vec<&str> = known.chain(inventory.other_fields.iter().map(String::as_str)).collect();
    let mut all = Map::new();
    all.insert("Id".to_owned(), json!(inventory.id.as_str()));
    all.insert("Enabled".to_owned(), json!(true));
    all.insert("Destination".to_owned(), Value::Object(destination));
    all.insert("IncludedObjectVersions".to_owned(), json!(inventory.versions.api_word()));
    all.insert("ScheduleFrequency".to_owned(), json!(inventory.frequency.api_word()));
    if !fields.is_empty() {
        all.insert("OptionalFields".to_owned(), json!(fields));
    }
    if let Some(filter) = &inventory.filter {
        all.insert("Prefix".to_owned(), json!(filter));
    }
    Value::Object(all)
}
