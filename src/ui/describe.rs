//! Describes each step in one line; `details` lists the changes.

use std::collections::BTreeMap;

use crate::model::{KeySlot, Namespace};
use crate::plan::{ServiceExemption, Step};

use super::details;
use super::words::{counted, listed};

pub(crate) fn line(step: &Step) -> String {
    match step {
        Step::CreateKey { bucket, .. } => format!("create a customer managed key for `{bucket}`"),
        Step::EnableKeyRotation { key, .. } => format!("turn on yearly automatic rotation of {}", key.title()),
        Step::CreateAlias { alias, key } => format!("create alias `{alias}` for {}", key.title()),
        Step::PutKeyPolicy { key, .. } => format!("allow the log service to use the key `{key}`"),
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
        Step::LetOwnerPay { bucket } => format!("turn off Requester Pays on `{bucket}`"),
        Step::PutBucketPolicy { bucket, exempted: Some(ServiceExemption { service, statements }), .. } => {
            let names: Vec<String> = statements.iter().map(|name| format!("`{name}`")).collect();
            format!("exempt `{service}` from {} in the bucket policy of `{bucket}`", names.join(", "))
        }
        Step::PutBucketPolicy { bucket, before: None, .. } => format!("add a bucket policy to `{bucket}`"),
        Step::PutBucketPolicy { bucket, before: Some(_), .. } => format!("change the bucket policy of `{bucket}`"),
        Step::PutExpiration { bucket, rules, .. } => {
            let rules: Vec<String> = rules
                .iter()
                .map(|rule| {
                    let mut object = format!("`{}`", rule.prefix);
                    let mut actions = Vec::new();
                    for transition in &rule.rest.transitions {
                        actions.push(format!("move {object} {}", details::moves(transition)));
                        "it".clone_into(&mut object);
                    }
                    actions.extend(rule.days.map(|days| format!("expire {object} after {}", counted(days, "day"))));
                    actions.join(", ")
                })
                .collect();
            format!("set a lifecycle rule on `{bucket}`: {}", listed(&rules))
        }
        Step::SetSource(step) => step.line(),
    }
}
