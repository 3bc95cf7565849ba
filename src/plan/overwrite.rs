//! The effect of a step: the setting that it overwrites, the old value and the new value.

use std::collections::BTreeMap;

use crate::model::{BucketEncryption, BucketName, KeyArn, KeySlot, Region};
use crate::producer::SourceStep;
use crate::state::Payer;

use super::{Setting, Step};

/// A setting that a step changes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Overwrite {
    /// The setting as the plan saw it.
    pub before: Setting,
    /// The same setting with its new value. `None` while the value names a key that does not exist yet.
    pub after: Option<Setting>,
}

/// The effect of a step.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "one is made at a time")]
pub enum StepEffect<'a> {
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
            StepEffect::Sets(overwrite) => Some(overwrite),
            StepEffect::BlocksPublicAccess(_)
            | StepEffect::MakesAlias(_)
            | StepEffect::MakesBucket(..)
            | StepEffect::MakesKey
            | StepEffect::RotatesKey => None,
        }
    }

    /// Returns its effect. `created` is the key that the plan created.
    pub fn effect(&self, created: Option<&KeyArn>) -> StepEffect<'_> {
        let (before, after) = match self {
            Self::PutBucketEncryption { bucket, before, key, bucket_key, blocked } => {
                let after = encryption(key.as_ref(), *bucket_key, blocked, created);
                let of = |value| Setting::BucketEncryption(bucket.clone(), value);
                (of(before.clone()), after.map(|after| of(Some(after))))
            }
            Self::PutBucketPolicy { bucket, before, after, .. } => {
                let of = |value| Setting::BucketPolicy(bucket.clone(), value);
                (of(before.clone()), Some(of(Some(after.clone()))))
            }
            Self::PutBucketTags { bucket, before, tags } => {
                let of = |value: &BTreeMap<String, String>| Setting::BucketTags(bucket.clone(), value.clone());
                (of(before), Some(of(tags)))
            }
            Self::PutExpiration { bucket, before, rules } => {
                let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
                let before = before.iter().filter(|rule| ids.contains(&rule.id)).cloned().collect();
                let of = |rules| Setting::LifecycleRules { bucket: bucket.clone(), ids: ids.clone(), rules };
                (of(before), Some(of(rules.clone())))
            }
            Self::PutKeyPolicy { key, before, after } => {
                let of = |value: &String| Setting::KeyPolicy(key.clone(), value.clone());
                (of(before), Some(of(after)))
            }
            Self::SetSource(SourceStep { slot, before, after }) => {
                let of = |value| Setting::Source(slot.clone(), value);
                (of(before.clone()), after.known(created).map(of))
            }
            Self::LetOwnerPay { bucket } => {
                let of = |payer| Setting::Payer(bucket.clone(), payer);
                (of(Payer::Requester), Some(of(Payer::BucketOwner)))
            }
            Self::BlockPublicAccess { bucket } => return StepEffect::BlocksPublicAccess(bucket),
            Self::EnableKeyRotation { .. } => return StepEffect::RotatesKey,
            Self::CreateAlias { alias, .. } => return StepEffect::MakesAlias(alias),
            Self::CreateBucket { bucket, region, tags, .. } => return StepEffect::MakesBucket(bucket, region, tags),
            Self::CreateKey { .. } => return StepEffect::MakesKey,
        };
        StepEffect::Sets(Overwrite { before, after })
    }
}

fn encryption(
    key: Option<&KeySlot>,
    bucket_key: bool,
    blocked: &[String],
    created: Option<&KeyArn>,
) -> Option<BucketEncryption> {
    let (algorithm, key) = match key {
        Some(slot) => ("aws:kms", Some(slot.arn(created)?)),
        None => ("AES256", None),
    };
    Some(BucketEncryption { algorithm: algorithm.to_owned(), key, bucket_key, blocked: blocked.to_vec() })
}
