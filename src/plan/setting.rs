//! A setting that a step overwrites: a slot with its value. The run compares it with the current value right before the
//! write.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::iam::Document;
use crate::model::{BucketEncryption, BucketName, KeyArn, Seen};
use crate::producer::{SourceSetting, SourceSlot};
use crate::state::{ExpirationRule, Payer, Transition};

use super::{Slot, TARGET_TAG};

/// A slot with its value, so that no slot has a value of another slot's type.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "a run has a handful")]
pub enum Setting {
    BucketEncryption(BucketName, Option<BucketEncryption>),
    /// The policy as stored. `None` if there is none.
    BucketPolicy(BucketName, Option<String>),
    BucketTags(BucketName, BTreeMap<String, String>),
    /// Every key has a policy.
    KeyPolicy(KeyArn, String),
    /// The lifecycle rules with these IDs, as far as they exist.
    LifecycleRules {
        bucket: BucketName,
        ids: Vec<String>,
        rules: Vec<ExpirationRule>,
    },
    Payer(BucketName, Payer),
    /// The log setting of a source.
    Source(SourceSlot, SourceSetting),
}

impl Setting {
    pub fn slot(&self) -> Slot {
        match self {
            Self::BucketEncryption(bucket, _) => Slot::BucketEncryption { bucket: bucket.clone() },
            Self::BucketPolicy(bucket, _) => Slot::BucketPolicy { bucket: bucket.clone() },
            Self::BucketTags(bucket, _) => Slot::BucketTags { bucket: bucket.clone() },
            Self::KeyPolicy(key, _) => Slot::KeyPolicy { key: key.clone() },
            Self::LifecycleRules { bucket, ids, rules: _ } => {
                Slot::LifecycleRules { bucket: bucket.clone(), ids: ids.clone() }
            }
            Self::Payer(bucket, _) => Slot::Payer { bucket: bucket.clone() },
            Self::Source(slot, _) => Slot::Source(slot.clone()),
        }
    }

    /// Returns whether a bucket that logbucket just created has this value.
    pub fn is_of_a_new_bucket(&self) -> bool {
        match self {
            Self::BucketPolicy(_, policy) => policy.is_none(),
            Self::BucketTags(_, tags) => tags.keys().all(|key| key == TARGET_TAG),
            Self::BucketEncryption(_, encryption) => is_same_encryption(encryption.as_ref(), None),
            Self::LifecycleRules { rules, .. } => rules.is_empty(),
            Self::Payer(_, payer) => *payer == Payer::BucketOwner,
            Self::KeyPolicy(..) | Self::Source(..) => false,
        }
    }

    /// Returns whether a lifecycle rule in this value may delete anything sooner than the same rule in `other`. This
    /// includes objects, earlier versions, delete markers and unfinished uploads.
    pub fn deletes_sooner_than(&self, other: &Self) -> bool {
        let (Self::LifecycleRules { rules, .. }, Self::LifecycleRules { rules: others, .. }) = (self, other) else {
            return false;
        };
        rules.iter().filter(|rule| rule.enabled).any(|rule| {
            let is_same = |other: &&ExpirationRule| {
                other.enabled && other.id == rule.id && other.prefix == rule.prefix && !rule.reaches_beyond(other)
            };
            others.iter().find(is_same).map_or_else(|| rule.deletes(), |other| rule.deletes_sooner_than(other))
        })
    }

    /// Returns whether both values are equal. This includes the bucket and prefix of a log that is off, because a write
    /// removes them.
    pub fn is_to_the_letter(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Source(slot, one), Self::Source(of, other)) => slot == of && one.is_to_the_letter(other),
            (one, other) => one.is(other),
        }
    }

    /// Returns whether both are the same slot, and their values mean the same. In a policy, white space and the order
    /// of keys don't matter. An empty value is the same as no value.
    pub fn is(&self, other: &Self) -> bool {
        let is_same_value = match (self, other) {
            (Self::BucketPolicy(_, one), Self::BucketPolicy(_, other)) => {
                is_same_policy(one.as_deref(), other.as_deref())
            }
            (Self::KeyPolicy(_, one), Self::KeyPolicy(_, other)) => is_same_policy(Some(one), Some(other)),
            (Self::BucketTags(_, one), Self::BucketTags(_, other)) => one == other,
            (Self::BucketEncryption(_, one), Self::BucketEncryption(_, other)) => {
                is_same_encryption(one.as_ref(), other.as_ref())
            }
            (Self::LifecycleRules { rules: one, .. }, Self::LifecycleRules { rules: other, .. }) => {
                by_id(one) == by_id(other)
            }
            (Self::Payer(_, one), Self::Payer(_, other)) => one == other,
            (Self::Source(_, one), Self::Source(_, other)) => one.is(other),
            (
                Self::BucketEncryption(..)
                | Self::BucketPolicy(..)
                | Self::BucketTags(..)
                | Self::KeyPolicy(..)
                | Self::LifecycleRules { .. }
                | Self::Payer(..)
                | Self::Source(..),
                _,
            ) => false,
        };
        is_same_value && self.slot() == other.slot()
    }
}

/// Returns whether two policies are known and differ in meaning.
pub(crate) fn is_other_policy(one: &Seen<String>, other: &Seen<String>) -> bool {
    let text = |policy: &Seen<String>| match policy {
        Seen::Present(text) => Some(Some(text.clone())),
        Seen::Absent => Some(None),
        Seen::Denied(_) => None,
    };
    text(one).zip(text(other)).is_some_and(|(one, other)| !is_same_policy(one.as_deref(), other.as_deref()))
}

/// Returns the rules with everything sorted, because S3 does not guarantee the order of rules, tags and transitions.
fn by_id(rules: &[ExpirationRule]) -> Vec<ExpirationRule> {
    let mut rules = rules.to_vec();
    for rule in &mut rules {
        rule.rest.tags.sort_unstable();
        let key = |of: &Transition| (of.days, of.date, of.class.clone(), of.newer_versions);
        rule.rest.transitions.sort_by_key(key);
        rule.rest.noncurrent_transitions.sort_by_key(key);
    }
    rules.sort_by(|one, other| one.id.cmp(&other.id));
    rules
}

/// Since January 2023, a bucket without this setting has SSE-S3
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html>). A Bucket Key only matters for
/// SSE-KMS.
fn is_same_encryption(one: Option<&BucketEncryption>, other: Option<&BucketEncryption>) -> bool {
    let is_plain = |encryption: Option<&BucketEncryption>| encryption.is_none_or(|of| of.algorithm == "AES256");
    match (one, other) {
        (Some(one), Some(other)) if !is_plain(Some(one)) => one == other,
        (Some(one), Some(other)) => is_plain(Some(other)) && one.blocked == other.blocked,
        (one, other) => is_plain(one) && is_plain(other),
    }
}

fn is_same_policy(one: Option<&str>, other: Option<&str>) -> bool {
    let parsed = |text: &str| Document::parse(text).map(|document| in_one_form(document.value()));
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            one == other || matches!((parsed(one), parsed(other)), (Ok(one), Ok(other)) if one == other)
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

/// Normalizes a policy: a list of one equals its element, the order of names in a list does not matter
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>), and an account may be named by
/// its ID or by the ARN of its root
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
fn in_one_form(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let one_form = |(name, value): (&String, &Value)| {
                let value = if name == "AWS" { in_one_form(&by_account_id(value)) } else { in_one_form(value) };
                (name.clone(), value)
            };
            fields.iter().map(one_form).collect()
        }
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(in_one_form).collect();
            if list.iter().all(Value::is_string) {
                list.sort_by(|one, other| one.as_str().cmp(&other.as_str()));
            }
            if list.len() == 1 { list.swap_remove(0) } else { Value::Array(list) }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// Replaces the ARN of an account's root by the account's ID.
fn by_account_id(principals: &Value) -> Value {
    if let Some(list) = principals.as_array() {
        return list.iter().map(by_account_id).collect();
    }
    let parts: Vec<&str> = principals.as_str().unwrap_or_default().split(':').collect();
    match parts.as_slice() {
        ["arn", _, "iam", "", account, "root"] => Value::from(*account),
        _ => principals.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket() -> BucketName {
        "demo-logs".parse().unwrap()
    }

    fn policy(text: &str) -> Setting {
        Setting::BucketPolicy(bucket(), Some(text.to_owned()))
    }

    fn pairs(of: &[(&str, &str)]) -> Setting {
        let arn = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1".parse().unwrap();
        let slot = SourceSlot::LoadBalancer { arn, name: "web".to_owned(), attributes: Vec::new() };
        let attributes = of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Setting::Source(slot, SourceSetting::Attributes(attributes))
    }

    #[test]
    fn equal_values_of_two_slots_are_not_the_same() {
        let of = |bucket: &str| Setting::BucketPolicy(bucket.parse().unwrap(), None);
        assert!(of("demo-logs").is(&of("demo-logs")));
        assert!(!of("demo-logs").is(&of("other-logs")));
    }

    #[test]
    fn policies_are_compared_by_meaning_and_not_by_formatting() {
        let one = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
        assert!(policy(one).is(&policy(&one.replace("\":", "\": "))));
        assert!(!policy(one).is(&policy(&one.replace("Deny", "Allow"))));
        assert!(!policy(one).is(&Setting::BucketPolicy(bucket(), None)));
        assert!(policy("odd").is(&policy("odd")));
        let listed = one.replace("\"s3:*\"", "[\"s3:*\"]").replace("[{", "{").replace("}]", "}");
        assert!(policy(one).is(&policy(&listed)), "{listed}");
        let by = |principal: &str| {
            policy(&one.replace("\"Principal\":\"*\"", &format!("\"Principal\":{{\"AWS\":{principal}}}")))
        };
        assert!(by("\"111122223333\"").is(&by("[\"arn:aws:iam::111122223333:root\"]")));
        assert!(!by("\"111122223333\"").is(&by("\"arn:aws:iam::111122223333:user/root\"")));
        let two = |actions: &str| policy(&one.replace("\"s3:*\"", actions));
        assert!(two(r#"["s3:a","s3:b"]"#).is(&two(r#"["s3:b","s3:a"]"#)));
        assert!(!two(r#"["s3:a","s3:b"]"#).is(&two(r#"["s3:a"]"#)));
    }

    #[test]
    fn the_bucket_and_prefix_of_a_disabled_log_are_ignored() {
        let of = |on: &str, bucket: &str| pairs(&[("access_logs.s3.enabled", on), ("access_logs.s3.bucket", bucket)]);
        assert!(of("false", "").is(&of("false", "old-logs")));
        assert!(!of("true", "new-logs").is(&of("true", "old-logs")));
        assert!(!of("true", "old-logs").is(&of("false", "old-logs")));
    }

    #[test]
    fn a_tag_with_an_empty_value_counts_as_a_tag() {
        let tags = |of: &[(&str, &str)]| {
            Setting::BucketTags(
                bucket(),
                of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            )
        };
        assert!(!tags(&[("team", ""), ("a", "b")]).is(&tags(&[("a", "b")])));
    }

    #[test]
    fn the_order_of_rules_does_not_matter() {
        let rule = |id: &str| ExpirationRule {
            id: id.to_owned(),
            enabled: true,
            prefix: String::new(),
            narrower: false,
            days: Some(1),
            date: None,
            rest: crate::state::RuleRest::default(),
        };
        let rules = |ids: [&str; 2]| Setting::LifecycleRules {
            bucket: bucket(),
            ids: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
            rules: ids.map(rule).to_vec(),
        };
        assert!(rules(["a", "b"]).is(&rules(["b", "a"])));
        assert!(!rules(["a", "b"]).is(&rules(["a", "c"])));
    }

    #[test]
    fn no_default_encryption_is_sse_s3() {
        let setting = |algorithm: &str, blocked: &[&str]| {
            let blocked = blocked.iter().map(|word| (*word).to_owned()).collect();
            let of = BucketEncryption { algorithm: algorithm.to_owned(), key: None, bucket_key: false, blocked };
            Setting::BucketEncryption(bucket(), Some(of))
        };
        assert!(Setting::BucketEncryption(bucket(), None).is(&setting("AES256", &["SSE-C"])));
        assert!(!Setting::BucketEncryption(bucket(), None).is(&setting("aws:kms", &[])));
        assert!(!setting("aws:kms", &[]).is(&setting("AES256", &[])));
        assert!(!setting("AES256", &["SSE-C"]).is(&setting("AES256", &[])));
    }

    #[test]
    fn an_empty_value_equals_a_missing_one() {
        assert!(pairs(&[("a", "1"), ("b", "")]).is(&pairs(&[("a", "1")])));
        assert!(!pairs(&[("a", "1")]).is(&pairs(&[("a", "2")])));
        assert!(!pairs(&[("a", "1")]).is(&Setting::BucketPolicy(bucket(), None)));
    }
}
