//! Translates steps into resources of Terraform's AWS provider. The provider has one resource for each setting of a
//! bucket.
//!
//! Each resource has its own page: <https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lb>,
//! `s3_bucket_policy` and so on in the same folder. Only version 6 of the provider has `blocked_encryption_types`. Each
//! log service supplies the attributes of its sources.

use serde_json::{Value, json};

use crate::model::KeySlot;
use crate::plan::Step;
use crate::state::{ExpirationRule, RuleRest};

use super::hcl::{self, HclItem, block, bucket_setting, resource};
use super::new_tags;

/// Returns the blocks with the values that the steps set.
pub(super) fn snippet(steps: &[&Step]) -> String {
    let items: Vec<HclItem> = steps.iter().flat_map(|step| items_for_step(step)).collect();
    hcl::lines(&items).join("\n")
}

fn items_for_step(step: &Step) -> Vec<HclItem> {
    match step {
        Step::SetSource(step) => vec![step.in_terraform()],
        Step::PutBucketTags { bucket, before, tags } => {
            let tags = json!(new_tags(before, tags));
            let note = "in the block of this bucket; keep its other tags";
            vec![resource("aws_s3_bucket", bucket.as_str(), [HclItem::Note(note), HclItem::Is("tags", tags)])]
        }
        Step::BlockPublicAccess { bucket } => {
            let on = |name| HclItem::Is(name, json!(true));
            let all = ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"];
            vec![bucket_setting("aws_s3_bucket_public_access_block", bucket.as_str(), all.map(on))]
        }
        Step::PutBucketEncryption { bucket, key, bucket_key, blocked, .. } => {
            let rule = encryption(key.as_ref(), *bucket_key, blocked);
            let kind = "aws_s3_bucket_server_side_encryption_configuration";
            vec![bucket_setting(kind, bucket.as_str(), [block("rule", rule)])]
        }
        Step::LetOwnerPay { bucket } => {
            let payer = HclItem::Is("payer", json!("BucketOwner"));
            vec![bucket_setting("aws_s3_bucket_request_payment_configuration", bucket.as_str(), [payer])]
        }
        Step::PutBucketPolicy { bucket, after, .. } => {
            let note = "a bucket has only one policy: if the configuration has one, replace it with this complete \
                        policy";
            let policy = match serde_json::from_str::<Value>(after) {
                Ok(document) => HclItem::Encodes("policy", document),
                Err(_) => HclItem::Is("policy", json!(after)),
            };
            vec![HclItem::Note(note), bucket_setting("aws_s3_bucket_policy", bucket.as_str(), [policy])]
        }
        Step::PutExpiration { bucket, rules, .. } => {
            let note = HclItem::Note("add these to the bucket's other rules: it can have only one such block");
            let rules = [note].into_iter().chain(rules.iter().map(rule));
            vec![bucket_setting("aws_s3_bucket_lifecycle_configuration", bucket.as_str(), rules)]
        }
        // The step is about a key, or about something that does not exist yet.
        Step::CreateKey { .. }
        | Step::EnableKeyRotation { .. }
        | Step::CreateAlias { .. }
        | Step::PutKeyPolicy { .. }
        | Step::CreateBucket { .. } => Vec::new(),
    }
}

fn encryption(key: Option<&KeySlot>, bucket_key: bool, blocked: &[String]) -> Vec<HclItem> {
    let algorithm = |word: &str| HclItem::Is("sse_algorithm", json!(word));
    let by_key = |arn: &str| vec![HclItem::Is("kms_master_key_id", json!(arn)), algorithm("aws:kms")];
    let default = match key {
        None => vec![algorithm("AES256")],
        Some(key) => by_key(&key.in_template()),
    };
    let mut rule = vec![block("apply_server_side_encryption_by_default", default)];
    if key.is_some() {
        rule.push(HclItem::Is("bucket_key_enabled", json!(bucket_key)));
    }
    if !blocked.is_empty() {
        rule.push(HclItem::Is("blocked_encryption_types", json!(blocked)));
    }
    rule
}

fn rule(rule: &ExpirationRule) -> HclItem {
    let RuleRest { transitions, noncurrent_transitions, noncurrent_expiration, abort_uploads_after, .. } = &rule.rest;
    let mut says = vec![
        HclItem::Is("id", json!(rule.id)),
        HclItem::Is("status", json!("Enabled")),
        block("filter", [HclItem::Is("prefix", json!(rule.prefix))]),
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
        says.push(block("abort_incomplete_multipart_upload", [HclItem::Is("days_after_initiation", json!(days))]));
    }
    block("rule", says)
}

fn some(value: Option<impl serde::Serialize>) -> Option<Value> {
    value.map(|value| json!(value))
}

/// Returns the attributes that have a value.
fn said<const N: usize>(pairs: [(&'static str, Option<Value>); N]) -> Vec<HclItem> {
    pairs.into_iter().filter_map(|(name, value)| Some(HclItem::Is(name, value?))).collect()
}
