//! Steps in one line each. What they change in detail is `details`' to say.

use std::collections::BTreeMap;

use crate::model::{KeySlot, Namespace};
use crate::plan::{Exempted, Step};

use super::details;
use super::words::{counted, listed};

/// A step in one line.
pub fn line(step: &Step) -> String {
    match step {
        Step::CreateKey { bucket, .. } => format!("create a customer managed key for `{bucket}`"),
        Step::EnableKeyRotation { key, .. } => format!("turn on automatic rotation of {}, once a year", key.title()),
        Step::CreateAlias { alias, key } => format!("name {} `{alias}`", key.title()),
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
            None => format!("set the default encryption of `{bucket}` to {}", KeySlot::encryption_title(key.as_ref())),
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
        Step::SetSource(step) => step.line(),
    }
}
