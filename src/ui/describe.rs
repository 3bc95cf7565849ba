//! Steps in one line each. What they change in detail is `details`' to say.

use crate::producer::{Logging, NewSetting, OwnEncryption, SourceSetting, SourceStep};
use std::collections::BTreeMap;

use crate::model::{KeySlot, Namespace};
use crate::plan::{Exempted, Step};

use super::details;
use super::words::{counted, listed};

/// A step in one line.
pub fn line(step: &Step) -> String {
    match step {
        Step::CreateKey { bucket, .. } => format!("create a customer managed key for `{bucket}`"),
        Step::EnableKeyRotation { key, .. } => format!("turn on automatic rotation of {}, once a year", slot(key)),
        Step::CreateAlias { alias, key } => format!("name {} `{alias}`", slot(key)),
        Step::PutKeyPolicy { key, .. } => format!("let the log service use the key `{key}`"),
        Step::CreateBucket { bucket, region, namespace, tags } => {
            let namespace = match namespace {
                Namespace::Global => "",
                Namespace::AccountRegional { .. } => " in the account's own namespace",
            };
            let tags: Vec<String> = tags.iter().map(|(key, value)| format!("`{key}={value}`")).collect();
            let tagged = if tags.is_empty() { String::new() } else { format!(", tagged {}", listed(&tags)) };
            format!("create bucket `{bucket}` in {region}{namespace}, ACLs off (BucketOwnerEnforced){tagged}")
        }
        Step::PutBucketTags { bucket, before, tags } => {
            let new = |(key, value): &(&String, &String)| before.get(*key) != Some(*value);
            let new: BTreeMap<&String, &String> = tags.iter().filter(new).collect();
            let new: Vec<String> = new.into_iter().map(|(key, value)| format!("`{key}={value}`")).collect();
            format!("tag `{bucket}` with {}", listed(&new))
        }
        Step::BlockPublicAccess { bucket } => format!("block all public access to `{bucket}`"),
        Step::PutBucketEncryption { bucket, before, key, .. } => match before {
            Some(before) => format!(
                "replace the default encryption of `{bucket}`: {} -> {}",
                before.kind().title(),
                if key.is_some() { "SSE-KMS with a customer managed key" } else { "SSE-S3" }
            ),
            None => format!("set the default encryption of `{bucket}` to {}", encryption(key.as_ref())),
        },
        Step::LetOwnerPay { bucket } => format!("turn Requester Pays of `{bucket}` off"),
        Step::PutBucketPolicy { bucket, exempted: Some(Exempted { service, statements }), .. } => {
            let names: Vec<String> = statements.iter().map(|name| format!("`{name}`")).collect();
            format!("exempt `{service}` from {} in the bucket policy of `{bucket}`", names.join(", "))
        }
        Step::PutBucketPolicy { bucket, before: None, .. } => format!("give `{bucket}` a bucket policy"),
        Step::PutBucketPolicy { bucket, before: Some(_), .. } => format!("change the bucket policy of `{bucket}`"),
        Step::PutExpiration { bucket, rules, .. } => {
            let rules: Vec<String> = rules
                .iter()
                .map(|rule| {
                    let mut it = format!("`{}`", rule.prefix);
                    let mut does = Vec::new();
                    for transition in &rule.rest.transitions {
                        does.push(format!("move {it} {}", details::moves(transition)));
                        "it".clone_into(&mut it);
                    }
                    does.extend(rule.days.map(|days| format!("expire {it} after {}", counted(days, "day"))));
                    does.join(", ")
                })
                .collect();
            format!("set a lifecycle rule on `{bucket}`: {}", listed(&rules))
        }
        Step::SetSource(step) => source(step),
    }
}

/// Where a source will log.
fn source(step: &SourceStep) -> String {
    let name = step.slot.source();
    match (&step.after, &step.before) {
        (NewSetting::Attributes(attributes), SourceSetting::Attributes(before)) => {
            load_balancer(name, before, attributes)
        }
        (NewSetting::Attributes(attributes), _) => load_balancer(name, &BTreeMap::new(), attributes),
        (NewSetting::Logging(Logging { bucket, prefix, key_format, .. }), _) => {
            format!("send the access log of `{name}` to s3://{bucket}/{prefix}, {key_format}")
        }
        (NewSetting::Inventory(inventory), _) => format!(
            "list `{name}` in inventory `{}`: {}, {}, {} versions, encrypted by {}",
            inventory.id,
            inventory.frequency.as_str(),
            inventory.format.as_str(),
            inventory.versions.as_str(),
            own_encryption(&inventory.encryption)
        ),
    }
}

/// Attributes that are the same today are sent for AWS to judge the destination anew.
fn load_balancer(name: &str, before: &BTreeMap<String, String>, attributes: &BTreeMap<String, String>) -> String {
    let logs = attributes.keys().filter_map(|key| key.strip_suffix("_logs.s3.enabled"));
    let logs: Vec<String> = logs.map(|log| log.replace('_', "-")).collect();
    let of = |end: &str| attributes.iter().find_map(|(key, value)| key.ends_with(end).then_some(value.as_str()));
    let (bucket, prefix) = (of(".bucket").unwrap_or_default(), of(".prefix").unwrap_or_default());
    let slash = if prefix.is_empty() { "" } else { "/" };
    let noun = if logs.len() == 1 { "log" } else { "logs" };
    let today = |key: &String| before.get(key).map_or("", String::as_str);
    let again = if attributes.iter().all(|(key, value)| today(key) == value) {
        " again, so that AWS may check the bucket again (not documented)"
    } else {
        ""
    };
    format!("send the {} {noun} of load balancer `{name}` to s3://{bucket}/{prefix}{slash}{again}", listed(&logs))
}

/// SSE-S3, or SSE-KMS and its key.
pub(super) fn encryption(key: Option<&KeySlot>) -> String {
    key.map_or_else(|| "SSE-S3".to_owned(), |key| format!("SSE-KMS with {}", slot(key)))
}

/// The encryption of reports in words.
pub(super) fn own_encryption(own: &OwnEncryption<KeySlot>) -> String {
    match own {
        OwnEncryption::BucketDefault => "the bucket's default encryption".to_owned(),
        OwnEncryption::SseS3 => encryption(None),
        OwnEncryption::SseKms(key) => encryption(Some(key)),
    }
}

/// A key in words.
pub(super) fn slot(key: &KeySlot) -> String {
    match key {
        KeySlot::Known(arn) => format!("`{arn}`"),
        KeySlot::Created => "the new key".to_owned(),
    }
}
