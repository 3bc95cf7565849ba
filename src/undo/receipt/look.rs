//! What an undo finds where a run had changed something.

use std::collections::BTreeMap;

use crate::model::{Denial, Moment, Seen};
use crate::plan::{Setting, Slot};
use crate::state::ExpirationRule;

/// What was found where a step had changed something.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Look {
    /// What a setting is.
    Setting(Setting),
    /// What it belongs to is gone.
    Gone,
    /// The bucket that the run created, or another of its name.
    Bucket(Box<FoundBucket>),
    /// It may not be looked at.
    Denied(Denial),
    /// Nothing was looked for.
    Nothing,
}

/// A bucket of the name that a run created, with all that tells whether it is still only the run's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FoundBucket {
    /// When S3 says that it was created.
    pub created: Seen<Moment>,
    /// All its tags.
    pub tags: Seen<BTreeMap<String, String>>,
    /// Whether it holds objects.
    pub contents: Seen<Contents>,
    /// All its lifecycle rules.
    pub rules: Seen<Vec<ExpirationRule>>,
    /// What stands in the slots that a run may write to.
    pub slots: Vec<(Slot, Seen<Setting>)>,
    /// Every other setting by its name, such as `versioning`: whether it is as on a new bucket.
    pub settings: Vec<(&'static str, Seen<Likeness>)>,
}

impl FoundBucket {
    /// What stands in a slot of the bucket.
    fn slot(&self, slot: &Slot) -> Option<Seen<Setting>> {
        match slot {
            Slot::BucketTags { .. } => Some(match &self.tags {
                Seen::Present(tags) => Seen::Present(Setting::Tags(tags.clone())),
                Seen::Absent => Seen::Present(Setting::Tags(BTreeMap::new())),
                Seen::Denied(denial) => Seen::Denied(denial.clone()),
            }),
            Slot::LifecycleRules { ids, .. } => Some(match &self.rules {
                Seen::Present(rules) => {
                    let these = rules.iter().filter(|rule| ids.contains(&rule.id)).cloned();
                    Seen::Present(Setting::Expiration(these.collect()))
                }
                Seen::Absent => Seen::Present(Setting::Expiration(Vec::new())),
                Seen::Denied(denial) => Seen::Denied(denial.clone()),
            }),
            Slot::BucketEncryption { .. }
            | Slot::BucketPolicy { .. }
            | Slot::KeyPolicy { .. }
            | Slot::Payer { .. }
            | Slot::Source(_) => self.slots.iter().find(|(of, _)| of == slot).map(|(_, setting)| setting.clone()),
        }
    }
}

impl Look {
    /// What was found in a slot of a bucket, by what was found of the bucket.
    #[must_use]
    pub fn within(&self, slot: &Slot) -> Self {
        match self {
            Self::Bucket(found) => match found.slot(slot) {
                Some(Seen::Present(setting)) => Self::Setting(setting),
                Some(Seen::Denied(denial)) => Self::Denied(denial),
                Some(Seen::Absent) | None => Self::Gone,
            },
            Self::Denied(denial) => Self::Denied(denial.clone()),
            Self::Gone | Self::Nothing | Self::Setting(_) => Self::Gone,
        }
    }
}

/// Whether a bucket holds anything.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Contents {
    /// It is empty.
    Empty,
    /// It holds objects.
    Objects,
}

/// Whether a setting is as logbucket leaves it on a bucket that it creates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Likeness {
    /// As on a new bucket.
    New,
    /// Somebody set it.
    Set,
}
