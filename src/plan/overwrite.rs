//! The effect of a step: the setting that it overwrites, the old value and the new value.

use std::collections::BTreeMap;

use crate::model::{BucketEncryption, BucketName, KeyArn, KeySlot, Region};
use crate::producer::SourceStep;
use crate::state::{ExpirationRule, Payer};

use super::{Setting, Slot, Step};

/// A setting that a step changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Overwrite {
    /// The setting.
    pub slot: Slot,
    /// The value that the plan saw. `None` if the plan creates the resource.
    pub before: Option<Setting>,
    /// The new value. `None` while the value names a key that does not exist yet.
    pub after: Option<Setting>,
}

/// The effect of a step.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made at a time")]
pub enum Effect<'a> {
    /// It creates a bucket in this Region with these tags.
    MakesBucket(&'a BucketName, &'a Region, &'a BTreeMap<String, String>),
    /// It creates a key.
    MakesKey,
    /// It turns on rotation of the new key.
    RotatesKey,
    /// It gives a key this alias.
    MakesAlias(&'a str),
    /// It blocks all public access to a bucket.
    BlocksPublicAccess(&'a BucketName),
    /// It changes a setting.
    Sets(Overwrite),
}

impl Step {
    /// Returns the setting that it changes, or `None` if it creates something. `created` is the key that the plan
    /// created.
    pub fn overwrites(&self, created: Option<&KeyArn>) -> Option<Overwrite> {
        match self.effect(created) {
            Effect::Sets(overwrite) => Some(overwrite),
            Effect::BlocksPublicAccess(_)
            | Effect::MakesAlias(_)
            | Effect::MakesBucket(..)
            | Effect::MakesKey
            | Effect::RotatesKey => None,
        }
    }

    /// Returns its effect. `created` is the key that the plan created.
    pub fn effect(&self, created: Option<&KeyArn>) -> Effect<'_> {
        let (slot, before, after) = match self {
            Self::PutBucketEncryption { bucket, before, key, bucket_key, blocked } => {
                let slot = Slot::BucketEncryption { bucket: bucket.clone() };
                let after = encryption(key.as_ref(), *bucket_key, blocked, created);
                (slot, Some(Setting::Encryption(before.clone())), after)
            }
            Self::PutBucketPolicy { bucket, before, after, .. } => {
                let slot = Slot::BucketPolicy { bucket: bucket.clone() };
                (slot, Some(Setting::Policy(before.clone())), Some(Setting::Policy(Some(after.clone()))))
            }
            Self::PutBucketTags { bucket, before, tags } => {
                let slot = Slot::BucketTags { bucket: bucket.clone() };
                (slot, Some(Setting::Tags(before.clone())), Some(Setting::Tags(tags.clone())))
            }
            Self::PutExpiration { bucket, before, rules } => {
                let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
                let before: Vec<ExpirationRule> =
                    before.iter().filter(|rule| ids.contains(&rule.id)).cloned().collect();
                let slot = Slot::LifecycleRules { bucket: bucket.clone(), ids };
                (slot, Some(Setting::Expiration(before)), Some(Setting::Expiration(rules.clone())))
            }
            Self::PutKeyPolicy { key, before, after } => {
                let slot = Slot::KeyPolicy { key: key.clone() };
                (slot, Some(Setting::Policy(Some(before.clone()))), Some(Setting::Policy(Some(after.clone()))))
            }
            Self::SetSource(SourceStep { slot, before, after }) => {
                let after = after.known(created).map(Setting::Source);
                (Slot::Source(slot.clone()), Some(Setting::Source(before.clone())), after)
            }
            Self::LetOwnerPay { bucket } => {
                let slot = Slot::Payer { bucket: bucket.clone() };
                (slot, Some(Setting::Payer(Payer::Requester)), Some(Setting::Payer(Payer::BucketOwner)))
            }
            Self::BlockPublicAccess { bucket } => return Effect::BlocksPublicAccess(bucket),
            Self::EnableKeyRotation { .. } => return Effect::RotatesKey,
            Self::CreateAlias { alias, .. } => return Effect::MakesAlias(alias),
            Self::CreateBucket { bucket, region, tags, .. } => return Effect::MakesBucket(bucket, region, tags),
            Self::CreateKey { .. } => return Effect::MakesKey,
        };
        Effect::Sets(Overwrite { slot, before, after })
    }
}

fn encryption(
    key: Option<&KeySlot>,
    bucket_key: bool,
    blocked: &[String],
    created: Option<&KeyArn>,
) -> Option<Setting> {
    let (algorithm, key) = match key {
        Some(slot) => ("aws:kms", Some(slot.arn(created)?)),
        None => ("AES256", None),
    };
    let after = BucketEncryption { algorithm: algorithm.to_owned(), key, bucket_key, blocked: blocked.to_vec() };
    Some(Setting::Encryption(Some(after)))
}
