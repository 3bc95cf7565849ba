//! The present state of the resources and settings that a run changed.

use std::collections::BTreeMap;

use crate::model::{Denial, Moment, Seen};
use crate::plan::{Setting, Slot};
use crate::state::ExpirationRule;

/// The present state of a resource or setting that a step changed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "an undo has a handful")]
pub enum CurrentState {
    /// The current value of a setting.
    Setting(Setting),
    /// The resource with the setting no longer exists.
    Gone,
    /// The bucket that the run created, or another bucket with its name.
    Bucket(Box<FoundBucket>),
    /// The state could not be read.
    Denied(Denial),
    /// The state was not read.
    Nothing,
}

/// The bucket that now has the name of a bucket that a run created. The fields show whether anyone else changed it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FoundBucket {
    /// When the bucket was created, according to S3.
    pub created: Seen<Moment>,
    pub tags: Seen<BTreeMap<String, String>>,
    pub contents: Seen<Contents>,
    pub rules: Seen<Vec<ExpirationRule>>,
    /// The values of the settings that a run can write.
    pub slots: Vec<(Slot, Seen<Setting>)>,
    /// Every other setting by name, such as `versioning`, and whether it has the value of a new bucket.
    pub settings: Vec<(&'static str, Seen<Likeness>)>,
}

impl FoundBucket {
    /// Returns the value of one of the bucket's settings.
    fn slot(&self, slot: &Slot) -> Option<Seen<Setting>> {
        match slot {
            Slot::BucketTags { bucket } => Some(match &self.tags {
                Seen::Present(tags) => Seen::Present(Setting::BucketTags(bucket.clone(), tags.clone())),
                Seen::Absent => Seen::Present(Setting::BucketTags(bucket.clone(), BTreeMap::new())),
                Seen::Denied(denial) => Seen::Denied(denial.clone()),
            }),
            Slot::LifecycleRules { bucket, ids } => {
                let of = |rules| Setting::LifecycleRules { bucket: bucket.clone(), ids: ids.clone(), rules };
                Some(match &self.rules {
                    Seen::Present(rules) => {
                        let these = rules.iter().filter(|rule| ids.contains(&rule.id)).cloned();
                        Seen::Present(of(these.collect()))
                    }
                    Seen::Absent => Seen::Present(of(Vec::new())),
                    Seen::Denied(denial) => Seen::Denied(denial.clone()),
                })
            }
            Slot::BucketEncryption { .. }
            | Slot::BucketPolicy { .. }
            | Slot::KeyPolicy { .. }
            | Slot::Payer { .. }
            | Slot::Source(_) => self.slots.iter().find(|(of, _)| of == slot).map(|(_, setting)| setting.clone()),
        }
    }
}

impl CurrentState {
    /// Returns whether this is a bucket that is known to contain objects.
    pub fn holds_objects(&self) -> bool {
        matches!(self, Self::Bucket(found) if found.contents == Seen::Present(Contents::Objects))
    }

    /// Returns the present state of one of the bucket's settings.
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

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Contents {
    Empty,
    Objects,
}

/// Whether a setting has the value that logbucket leaves on a bucket it creates.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Likeness {
    New,
    /// Someone changed the setting.
    Set,
}
