//! A setting that a step writes over, as it was seen: to be compared with what is there right before the write.

use std::collections::BTreeMap;

use crate::iam::Document;
use crate::model::BucketEncryption;
use crate::state::{ExpirationRule, InventoryConfiguration, Logging};

use super::Step;

/// The value of a setting.
#[derive(Clone, Debug)]
pub enum Setting {
    /// A bucket's or key's policy; nothing where there is none.
    Policy(Option<String>),
    /// A bucket's tags, or those attributes of a load balancer that a step writes, by key.
    Pairs(BTreeMap<String, String>),
    /// A bucket's default encryption.
    Encryption(Option<BucketEncryption>),
    /// A bucket's lifecycle rules, as far as they say when objects expire.
    Expiration(Vec<ExpirationRule>),
    /// Where a bucket's access log goes; nothing where it is off.
    Logging(Option<Logging>),
    /// A bucket's inventory configuration of an id.
    Inventory(Option<InventoryConfiguration>),
}

impl Setting {
    /// What a step writes over, as its plan saw it; nothing where it makes something new, or sets what has but one right value.
    pub fn before(step: &Step) -> Option<Self> {
        Some(match step {
            Step::PutBucketEncryption { before: Some(before), .. } => Self::Encryption(Some(before.clone())),
            Step::PutBucketLogging { before, .. } => Self::Logging(before.clone()),
            Step::PutBucketPolicy { before, .. } => Self::Policy(before.clone()),
            Step::PutExpiration { before, .. } => Self::Expiration(before.clone()),
            Step::PutInventory { before, .. } => Self::Inventory(before.clone()),
            Step::PutKeyPolicy { before, .. } => Self::Policy(Some(before.clone())),
            Step::PutBucketTags { before: Some(before), .. } | Step::PutLoadBalancerAttributes { before, .. } => {
                Self::Pairs(before.clone())
            }
            Step::BlockPublicAccess { .. }
            | Step::CreateAlias { .. }
            | Step::CreateBucket { .. }
            | Step::CreateKey { .. }
            | Step::LetOwnerPay { .. }
            | Step::PutBucketEncryption { before: None, .. }
            | Step::PutBucketTags { before: None, .. } => return None,
        })
    }

    /// Whether it says the same: in a policy white space and the order of keys don't count, and an empty value is as good as
    /// none.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Policy(one), Self::Policy(other)) => is_same_policy(one.as_deref(), other.as_deref()),
            (Self::Pairs(one), Self::Pairs(other)) => {
                let said = |pairs: &BTreeMap<String, String>| {
                    pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(k, v)| (k.clone(), v.clone())).collect()
                };
                let (one, other): (Vec<_>, Vec<_>) = (said(one), said(other));
                one == other
            }
            (Self::Encryption(one), Self::Encryption(other)) => one == other,
            (Self::Expiration(one), Self::Expiration(other)) => one == other,
            (Self::Logging(one), Self::Logging(other)) => one == other,
            (Self::Inventory(one), Self::Inventory(other)) => one == other,
            (
                Self::Policy(_)
                | Self::Pairs(_)
                | Self::Encryption(_)
                | Self::Expiration(_)
                | Self::Logging(_)
                | Self::Inventory(_),
                _,
            ) => false,
        }
    }
}

fn is_same_policy(one: Option<&str>, other: Option<&str>) -> bool {
    let parsed = |text: &str| Document::parse(text).map(|document| document.value().clone());
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            one == other || matches!((parsed(one), parsed(other)), (Ok(one), Ok(other)) if one == other)
        }
        (Some(_), None) | (None, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(text: &str) -> Setting {
        Setting::Policy(Some(text.to_owned()))
    }

    fn pairs(of: &[(&str, &str)]) -> Setting {
        Setting::Pairs(of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_policy_is_what_it_says_and_not_how_it_is_written() {
        let one = r#"{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}"#;
        assert!(policy(one).is(&policy(&one.replace("\":", "\": "))));
        assert!(!policy(one).is(&policy(&one.replace("Deny", "Allow"))));
        assert!(!policy(one).is(&Setting::Policy(None)));
        assert!(policy("odd").is(&policy("odd")));
    }

    #[test]
    fn an_empty_value_is_as_good_as_none() {
        assert!(pairs(&[("a", "1"), ("b", "")]).is(&pairs(&[("a", "1")])));
        assert!(!pairs(&[("a", "1")]).is(&pairs(&[("a", "2")])));
        assert!(!pairs(&[]).is(&Setting::Logging(None)));
    }
}
