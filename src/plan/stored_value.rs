//! How a receipt stores a setting: the slot, then the value alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::BucketEncryption;
use crate::producer::SourceSetting;
use crate::state::{ExpirationRule, Payer};

use super::{Setting, Slot};

/// A value whose slot is stored beside it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoredValue {
    Policy(Option<String>),
    Tags(BTreeMap<String, String>),
    Encryption(Option<BucketEncryption>),
    Expiration(Vec<ExpirationRule>),
    Payer(Payer),
    #[serde(untagged)]
    Source(SourceSetting),
}

/// A stored value that its slot can't have.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the value does not fit this setting")]
pub struct Mismatch;

impl Slot {
    /// Returns the slot with a stored value.
    pub fn with(&self, value: StoredValue) -> Result<Setting, Mismatch> {
        match (self.clone(), value) {
            (Self::BucketEncryption { bucket }, StoredValue::Encryption(value)) => {
                Ok(Setting::BucketEncryption(bucket, value))
            }
            (Self::BucketPolicy { bucket }, StoredValue::Policy(value)) => Ok(Setting::BucketPolicy(bucket, value)),
            (Self::BucketTags { bucket }, StoredValue::Tags(value)) => Ok(Setting::BucketTags(bucket, value)),
            (Self::KeyPolicy { key }, StoredValue::Policy(Some(value))) => Ok(Setting::KeyPolicy(key, value)),
            (Self::LifecycleRules { bucket, ids }, StoredValue::Expiration(rules))
                if rules.iter().all(|rule| ids.contains(&rule.id)) =>
            {
                Ok(Setting::LifecycleRules { bucket, ids, rules })
            }
            (Self::Payer { bucket }, StoredValue::Payer(value)) => Ok(Setting::Payer(bucket, value)),
            (Self::Source(slot), StoredValue::Source(value)) if value.is_of(&slot) => Ok(Setting::Source(slot, value)),
            (_, _) => Err(Mismatch),
        }
    }
}

impl From<Setting> for StoredValue {
    fn from(setting: Setting) -> Self {
        match setting {
            Setting::BucketEncryption(_, value) => Self::Encryption(value),
            Setting::BucketPolicy(_, value) => Self::Policy(value),
            Setting::BucketTags(_, value) => Self::Tags(value),
            Setting::KeyPolicy(_, value) => Self::Policy(Some(value)),
            Setting::LifecycleRules { rules, .. } => Self::Expiration(rules),
            Setting::Payer(_, value) => Self::Payer(value),
            Setting::Source(_, value) => Self::Source(value),
        }
    }
}
