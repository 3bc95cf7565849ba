//! Steps in words.

use std::collections::BTreeMap;

use crate::model::Namespace;
use crate::plan::{KeySlot, Step};

use super::diff;

/// A step in one line.
pub(super) fn line(step: &Step) -> String {
    match step {
        Step::CreateKey { bucket, .. } => format!("create a customer managed key for `{bucket}`"),
        Step::CreateAlias { alias, key } => format!("name {} `{alias}`", slot(key)),
        Step::PutKeyPolicy { key, .. } => format!("let the service use the key `{key}`"),
        Step::CreateBucket { bucket, region, namespace } => {
            let namespace = match namespace {
                Namespace::Global => "",
                Namespace::AccountRegional { .. } => " in the account's own namespace",
            };
            format!("create bucket `{bucket}` in {region}{namespace}, ACLs off (BucketOwnerEnforced)")
        }
        Step::PutBucketTags { bucket, tags, .. } => format!("tag `{bucket}` with {}", pairs(tags)),
        Step::BlockPublicAccess { bucket } => format!("block all public access to `{bucket}`"),
        Step::PutBucketEncryption { bucket, before, key, .. } => {
            let to = key.as_ref().map_or_else(|| "SSE-S3".to_owned(), |key| format!("SSE-KMS with {}", slot(key)));
            match before {
                Some(before) => {
                    let key = before.key.as_ref().map(|key| format!(" (`{key}`)")).unwrap_or_default();
                    format!("replace the default encryption of `{bucket}`: {}{key} -> {to}", before.kind().title())
                }
                None => format!("set the default encryption of `{bucket}` to {to}"),
            }
        }
        Step::LetOwnerPay { bucket } => format!("turn Requester Pays of `{bucket}` off"),
        Step::PutBucketPolicy { bucket, before: None, .. } => format!("give `{bucket}` a bucket policy"),
        Step::PutBucketPolicy { bucket, before: Some(_), .. } => format!("change the bucket policy of `{bucket}`"),
        Step::PutExpiration { bucket, rules, .. } => {
            let rules: Vec<String> = rules
                .iter()
                .map(|rule| format!("`{}` after {}", rule.prefix, counted(rule.days.unwrap_or_default(), "day")))
                .collect();
            format!("set a lifecycle rule on `{bucket}`: expire {}", rules.join(", "))
        }
        Step::PutLoadBalancerAttributes { name, attributes, .. } => {
            let logs = attributes.keys().filter_map(|key| key.strip_suffix("_logs.s3.enabled"));
            let logs: Vec<String> = logs.map(|log| log.replace('_', "-")).collect();
            let bucket = attributes.iter().find_map(|(key, value)| key.ends_with(".bucket").then_some(value.as_str()));
            format!("send the {} log of load balancer `{name}` to `{}`", logs.join(" and "), bucket.unwrap_or_default())
        }
        Step::PutBucketLogging { bucket, logging: Some(logging), .. } => {
            format!(
                "send the access logs of `{bucket}` to `{}/{}`, {}",
                logging.bucket, logging.prefix, logging.key_format
            )
        }
        Step::PutBucketLogging { bucket, logging: None, .. } => {
            format!("turn the access logs of `{bucket}` itself off")
        }
        Step::PutInventory { bucket, inventory, .. } => {
            let key =
                inventory.key.as_ref().map_or_else(|| "SSE-S3".to_owned(), |key| format!("SSE-KMS with {}", slot(key)));
            format!(
                "list `{bucket}` in inventory `{}`: {}, {}, {} versions, encrypted by {key}",
                inventory.id,
                inventory.frequency.as_str(),
                inventory.format.as_str(),
                inventory.versions.as_str(),
            )
        }
    }
}

/// What a step changes, line by line.
pub(super) fn details(step: &Step) -> Vec<String> {
    match step {
        Step::CreateKey { policy, .. } => diff::of_json(None, policy),
        Step::PutKeyPolicy { before, after, .. } => diff::of_json(Some(before), after),
        Step::PutBucketPolicy { before, after, .. } => diff::of_json(before.as_deref(), after),
        Step::PutLoadBalancerAttributes { attributes, .. } => {
            let shown = |value: &str| if value.is_empty() { "(none)".to_owned() } else { value.to_owned() };
            attributes.iter().map(|(key, value)| format!("+ {key} = {}", shown(value))).collect()
        }
        Step::CreateAlias { .. }
        | Step::CreateBucket { .. }
        | Step::PutBucketTags { .. }
        | Step::BlockPublicAccess { .. }
        | Step::PutBucketEncryption { .. }
        | Step::LetOwnerPay { .. }
        | Step::PutExpiration { .. }
        | Step::PutBucketLogging { .. }
        | Step::PutInventory { .. } => Vec::new(),
    }
}

fn slot(key: &KeySlot) -> String {
    match key {
        KeySlot::Known(arn) => format!("`{arn}`"),
        KeySlot::Created => "the new key".to_owned(),
    }
}

fn pairs(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("`{key}={value}`")).collect::<Vec<_>>().join(", ")
}

/// A number with its noun.
pub(super) fn counted(number: u32, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
