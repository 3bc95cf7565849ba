//! The value of a setting that a step overwrites. The run compares it with the current value right before the write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::iam::Document;
use crate::model::BucketEncryption;
use crate::producer::SourceSetting;
use crate::state::{ExpirationRule, Payer, Transition};

use super::{Slot, TARGET_TAG};

/// The value of a setting.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Setting {
    /// A bucket or key policy, as stored. `None` if there is none.
    Policy(Option<String>),
    /// A bucket's tags.
    Tags(BTreeMap<String, String>),
    /// A bucket's default encryption.
    Encryption(Option<BucketEncryption>),
    /// Lifecycle rules of a bucket.
    Expiration(Vec<ExpirationRule>),
    /// Who pays for requests to a bucket.
    Payer(Payer),
    /// The log setting of a source.
    #[serde(untagged)]
    Source(SourceSetting),
}

impl Setting {
    /// Returns whether the slot can have this value.
    pub fn is_of(&self, slot: &Slot) -> bool {
        match (self, slot) {
            (Self::Policy(_), Slot::BucketPolicy { .. })
            | (Self::Policy(Some(_)), Slot::KeyPolicy { .. })
            | (Self::Tags(_), Slot::BucketTags { .. })
            | (Self::Encryption(_), Slot::BucketEncryption { .. })
            | (Self::Payer(_), Slot::Payer { .. }) => true,
            (Self::Source(value), Slot::Source(slot)) => value.is_of(slot),
            (Self::Expiration(rules), Slot::LifecycleRules { ids, .. }) => {
                rules.iter().all(|rule| ids.contains(&rule.id))
            }
            (
                Self::Policy(_)
                | Self::Tags(_)
                | Self::Encryption(_)
                | Self::Expiration(_)
                | Self::Payer(_)
                | Self::Source(_),
                _,
            ) => false,
        }
    }

    /// Returns whether a bucket that logbucket just created has this value.
    pub fn is_of_a_new_bucket(&self) -> bool {
        match self {
            Self::Policy(policy) => policy.is_none(),
            Self::Tags(tags) => tags.keys().all(|key| key == TARGET_TAG),
            Self::Encryption(_) => self.is(&Self::Encryption(None)),
            Self::Expiration(rules) => rules.is_empty(),
            Self::Payer(payer) => *payer == Payer::BucketOwner,
            Self::Source(_) => false,
        }
    }

    /// Returns whether a lifecycle rule in this value may delete anything sooner than the same rule in `other`. This
    /// includes objects, earlier versions, delete markers and unfinished uploads.
    pub fn deletes_sooner_than(&self, other: &Self) -> bool {
        let (Self::Expiration(rules), Self::Expiration(others)) = (self, other) else { return false };
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
            (Self::Source(one), Self::Source(other)) => one.is_to_the_letter(other),
            (one, other) => one.is(other),
        }
    }

    /// Returns whether both values mean the same. In a policy, white space and the order of keys don't matter. An empty
    /// value is the same as no value.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Policy(one), Self::Policy(other)) => is_same_policy(one.as_deref(), other.as_deref()),
            (Self::Tags(one), Self::Tags(other)) => one == other,
            (Self::Encryption(one), Self::Encryption(other)) => is_same_encryption(one.as_ref(), other.as_ref()),
            (Self::Expiration(one), Self::Expiration(other)) => by_id(one) == by_id(other),
            (Self::Payer(one), Self::Payer(other)) => one == other,
            (Self::Source(one), Self::Source(other)) => one.is(other),
            (
                Self::Policy(_)
                | Self::Tags(_)
                | Self::Encryption(_)
                | Self::Expiration(_)
                | Self::Payer(_)
                | Self::Source(_),
                _,
            ) => false,
        }
    }
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

    fn policy(text: &str) -> Setting {
        Setting::Policy(Some(text.to_owned()))
    }

    fn pairs(of: &[(&str, &str)]) -> Setting {
        Setting::Source(SourceSetting::Attributes(
            of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        ))
    }

    #[test]
    fn policies_are_compared_by_meaning_and_not_by_formatting() {
        let one = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
        assert!(policy(one).is(&policy(&one.replace("\":", "\": "))));
        assert!(!policy(one).is(&policy(&one.replace("Deny", "Allow"))));
        assert!(!policy(one).is(&Setting::Policy(None)));
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
            Setting::Tags(of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
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
        let rules = |ids: [&str; 2]| Setting::Expiration(ids.map(rule).to_vec());
        assert!(rules(["a", "b"]).is(&rules(["b", "a"])));
        assert!(!rules(["a", "b"]).is(&rules(["a", "c"])));
    }

    #[test]
    fn no_default_encryption_is_sse_s3() {
        let setting = |algorithm: &str, blocked: &[&str]| {
            let blocked = blocked.iter().map(|word| (*word).to_owned()).collect();
            let of = BucketEncryption { algorithm: algorithm.to_owned(), key: None, bucket_key: false, blocked };
            Setting::Encryption(Some(of))
        };
        assert!(Setting::Encryption(None).is(&setting("AES256", &["SSE-C"])));
        assert!(!Setting::Encryption(None).is(&setting("aws:kms", &[])));
        assert!(!setting("aws:kms", &[]).is(&setting("AES256", &[])));
        assert!(!setting("AES256", &["SSE-C"]).is(&setting("AES256", &[])));
    }

    #[test]
    fn an_empty_value_equals_a_missing_one() {
        assert!(pairs(&[("a", "1"), ("b", "")]).is(&pairs(&[("a", "1")])));
        assert!(!pairs(&[("a", "1")]).is(&pairs(&[("a", "2")])));
        assert!(!pairs(&[]).is(&Setting::Source(SourceSetting::Logging(None))));
    }
}
