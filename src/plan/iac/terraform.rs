//! Steps as resources of Terraform's AWS provider, which has one for each setting of a bucket.
//!
//! Each is on its page, <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb>,
//! `s3_bucket_policy`, `s3_bucket_logging` and so on there. `health_check_logs` and `blocked_encryption_types` are known to
//! version 6 of the provider only.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::KeySlot;
use crate::plan::Step;
use crate::producer::{
    InventoryField, KeyFormat, LogType, Logging, NewInventory, NewSetting, OwnEncryption, SourceStep,
};
use crate::state::{ExpirationRule, RuleRest};

use super::hcl::{self, Item, block, resource};
use super::{NEW_KEY, date_source, new_tags};

/// The blocks that say what the steps set.
pub(super) fn snippet(steps: &[&Step]) -> String {
    let items: Vec<Item> = steps.iter().flat_map(|step| of_step(step)).collect();
    hcl::lines(&items).join("\n")
}

fn of_step(step: &Step) -> Vec<Item> {
    match step {
        Step::SetSource(step) => of_source(step),
        Step::PutBucketTags { bucket, before, tags } => {
            let tags = json!(new_tags(before, tags));
            let note = "into the block of this bucket, whose other tags stay";
            vec![resource("aws_s3_bucket", bucket.as_str(), [Item::Note(note), Item::Is("tags", tags)])]
        }
        Step::BlockPublicAccess { bucket } => {
            let on = |name| Item::Is(name, json!(true));
            let all = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
            vec![of_bucket("aws_s3_bucket_public_access_block", bucket.as_str(), all.map(on))]
        }
        Step::PutBucketEncryption { bucket, key, bucket_key, blocked, .. } => {
            let rule = encryption(key.as_ref(), *bucket_key, blocked);
            let kind = "aws_s3_bucket_server_side_encryption_configuration";
            vec![of_bucket(kind, bucket.as_str(), [block("rule", rule)])]
        }
        Step::LetOwnerPay { bucket } => {
            let payer = Item::Is("payer", json!("BucketOwner"));
            vec![of_bucket("aws_s3_bucket_request_payment_configuration", bucket.as_str(), [payer])]
        }
        Step::PutBucketPolicy { bucket, after, .. } => {
            let note = "a bucket has one policy: this is the whole, in place of the one that may be there";
            let policy = match serde_json::from_str::<Value>(after) {
                Ok(document) => Item::Encodes("policy", document),
                Err(_) => Item::Is("policy", json!(after)),
            };
            vec![Item::Note(note), of_bucket("aws_s3_bucket_policy", bucket.as_str(), [policy])]
        }
        Step::PutExpiration { bucket, rules, .. } => {
            let note = Item::Note("beside the other rules, in the one block of this bucket");
            let rules = [note].into_iter().chain(rules.iter().map(rule));
            vec![of_bucket("aws_s3_bucket_lifecycle_configuration", bucket.as_str(), rules)]
        }
        // Of a key, or of what is not there yet.
        Step::CreateKey { .. }
        | Step::EnableKeyRotation { .. }
        | Step::CreateAlias { .. }
        | Step::PutKeyPolicy { .. }
        | Step::CreateBucket { .. } => Vec::new(),
    }
}

fn of_source(step: &SourceStep) -> Vec<Item> {
    let name = step.slot.source();
    match &step.after {
        NewSetting::Attributes(attributes) => of_load_balancer(name, attributes),
        NewSetting::Logging(logging) => vec![of_bucket("aws_s3_bucket_logging", name, of_logging(logging))],
        NewSetting::Inventory(inventory) => vec![of_bucket("aws_s3_bucket_inventory", name, of_inventory(inventory))],
    }
}

fn of_bucket(kind: &str, bucket: &str, items: impl IntoIterator<Item = Item>) -> Item {
    resource(kind, bucket, [Item::Is("bucket", json!(bucket))].into_iter().chain(items))
}

fn of_load_balancer(name: &str, attributes: &BTreeMap<String, String>) -> Vec<Item> {
    let log = |log: LogType| {
        let stem = log.attribute_stem();
        let value = |end: &str| attributes.get(&format!("{stem}.{end}"));
        let mut items = vec![Item::Is("bucket", json!(value("bucket")?)), Item::Is("enabled", json!(true))];
        if let Some(prefix) = value("prefix").filter(|prefix| !prefix.is_empty()) {
            items.push(Item::Is("prefix", json!(prefix)));
        }
        // `access_logs.s3` is the block `access_logs`.
        Some(block(stem.split('.').next()?, items))
    };
    let note = Item::Note("into the block of this load balancer, whose other settings stay");
    let logs = LogType::ALL.into_iter().filter_map(log);
    vec![resource("aws_lb", name, [note].into_iter().chain(logs))]
}

fn encryption(key: Option<&KeySlot>, bucket_key: bool, blocked: &[String]) -> Vec<Item> {
    let algorithm = |word: &str| Item::Is("sse_algorithm", json!(word));
    let by_key = |arn: &str| vec![Item::Is("kms_master_key_id", json!(arn)), algorithm("aws:kms")];
    let default = match key {
        None => vec![algorithm("AES256")],
        Some(KeySlot::Known(arn)) => by_key(&arn.to_string()),
        Some(KeySlot::Created) => by_key(NEW_KEY),
    };
    let mut rule = vec![block("apply_server_side_encryption_by_default", default)];
    if key.is_some() {
        rule.push(Item::Is("bucket_key_enabled", json!(bucket_key)));
    }
    if !blocked.is_empty() {
        rule.push(Item::Is("blocked_encryption_types", json!(blocked)));
    }
    rule
}

fn rule(rule: &ExpirationRule) -> Item {
    let RuleRest { transitions, noncurrent_transitions, noncurrent_expiration, abort_uploads_after, .. } = &rule.rest;
    let mut says = vec![
        Item::Is("id", json!(rule.id)),
        Item::Is("status", json!("Enabled")),
        block("filter", [Item::Is("prefix", json!(rule.prefix))]),
    ];
    says.extend(transitions.iter().map(|of| {
        let date = of.date.map(|date| json!(date.iso()));
        block("transition", said([("days", some(of.days)), ("date", date), ("storage_class", some(of.class.as_ref()))]))
    }));
    if rule.days.is_some() || rule.date.is_some() {
        let date = rule.date.map(|date| json!(date.iso()));
        says.push(block("expiration", said([("days", some(rule.days)), ("date", date)])));
    }
    says.extend(noncurrent_transitions.iter().map(|of| {
        let class = some(of.class.as_ref());
        let newer = some(of.newer_versions);
        let pairs =
            [("noncurrent_days", some(of.days)), ("newer_noncurrent_versions", newer), ("storage_class", class)];
        block("noncurrent_version_transition", said(pairs))
    }));
    if let Some((days, newer)) = noncurrent_expiration {
        let pairs = [("noncurrent_days", some(*days)), ("newer_noncurrent_versions", some(*newer))];
        says.push(block("noncurrent_version_expiration", said(pairs)));
    }
    if let Some(days) = abort_uploads_after {
        says.push(block("abort_incomplete_multipart_upload", [Item::Is("days_after_initiation", json!(days))]));
    }
    block("rule", says)
}

fn some(value: Option<impl serde::Serialize>) -> Option<Value> {
    value.map(|value| json!(value))
}

/// Those attributes that have a value.
fn said<const N: usize>(pairs: [(&'static str, Option<Value>); N]) -> Vec<Item> {
    pairs.into_iter().filter_map(|(name, value)| Some(Item::Is(name, value?))).collect()
}

fn of_logging(logging: &Logging) -> Vec<Item> {
    let format = match logging.key_format {
        KeyFormat::Simple => block("simple_prefix", []),
        KeyFormat::Partitioned(date) => {
            block("partitioned_prefix", [Item::Is("partition_date_source", json!(date_source(date)))])
        }
    };
    vec![
        Item::Is("target_bucket", json!(logging.bucket)),
        Item::Is("target_prefix", json!(logging.prefix)),
        block("target_object_key_format", [format]),
    ]
}

fn of_inventory(inventory: &NewInventory) -> Vec<Item> {
    let by_key = |arn: &str| block("sse_kms", [Item::Is("key_id", json!(arn))]);
    let encryption = match &inventory.encryption {
        OwnEncryption::BucketDefault => None,
        OwnEncryption::SseS3 => Some(block("sse_s3", [])),
        OwnEncryption::SseKms(KeySlot::Known(arn)) => Some(by_key(&arn.to_string())),
        OwnEncryption::SseKms(KeySlot::Created) => Some(by_key(NEW_KEY)),
    };
    let mut destination = vec![
        Item::Is("account_id", json!(inventory.account.as_str())),
        Item::Is("bucket_arn", json!(inventory.bucket_arn)),
        Item::Is("format", json!(inventory.format.api_word())),
    ];
    if !inventory.prefix.is_empty() {
        destination.push(Item::Is("prefix", json!(inventory.prefix)));
    }
    destination.extend(encryption.map(|encryption| block("encryption", [encryption])));
    let known = inventory.fields.iter().map(|field: &InventoryField| field.as_str());
    let fields: Vec<&str> = known.chain(inventory.other_fields.iter().map(String::as_str)).collect();
    let mut items = vec![
        Item::Is("name", json!(inventory.id.as_str())),
        Item::Is("included_object_versions", json!(inventory.versions.api_word())),
    ];
    if !fields.is_empty() {
        items.push(Item::Is("optional_fields", json!(fields)));
    }
    if let Some(filter) = &inventory.filter {
        items.push(block("filter", [Item::Is("prefix", json!(filter))]));
    }
    items.push(block("schedule", [Item::Is("frequency", json!(inventory.frequency.api_word()))]));
    items.push(block("destination", [block("bucket", destination)]));
    items
}
