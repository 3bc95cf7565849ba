//! Reads the current value of a setting.

use crate::model::{AccountId, Denial, Region, Seen};
use crate::plan::{Setting, Slot};
use crate::state::Payer;

use super::connect::Aws;
use super::error::AwsError;
use super::{read_destination, read_key};

impl Aws {
    /// Reads the value of a slot. `owner` and `region` are the destination's. Only a key policy can be absent, because
    /// then its key no longer exists.
    pub async fn setting(&self, slot: &Slot, owner: &AccountId, region: &Region) -> Result<Seen<Setting>, AwsError> {
        let destination = || self.destination.s3(region);
        Ok(match slot {
            Slot::BucketEncryption { bucket } => {
                let read = read_destination::encryption(&destination(), bucket, owner).await?;
                or_none(read).map(|value| Setting::BucketEncryption(bucket.clone(), value))
            }
            Slot::BucketPolicy { bucket } => {
                let read = read_destination::policy(&destination(), bucket, owner).await?;
                or_none(read).map(|value| Setting::BucketPolicy(bucket.clone(), value))
            }
            Slot::BucketTags { bucket } => {
                let read = read_destination::tags(&destination(), bucket, owner).await?;
                or_none(read).map(|tags| Setting::BucketTags(bucket.clone(), tags.unwrap_or_default()))
            }
            Slot::LifecycleRules { bucket, ids } => {
                let read = read_destination::lifecycle(&destination(), bucket, owner).await?;
                or_none(read).map(|rules| {
                    let of_these = rules.unwrap_or_default().into_iter().filter(|rule| ids.contains(&rule.id));
                    Setting::LifecycleRules { bucket: bucket.clone(), ids: ids.clone(), rules: of_these.collect() }
                })
            }
            Slot::Payer { bucket } => {
                let read = read_destination::payer(&destination(), bucket, owner).await?;
                or_none(read).map(|payer| Setting::Payer(bucket.clone(), payer.unwrap_or(Payer::BucketOwner)))
            }
            Slot::KeyPolicy { key } => {
                let region = key.arn().region.parse().unwrap_or_else(|_| region.clone());
                let read = read_key::key_policy(&self.destination.kms(&region), owner, key).await?;
                read.map(|policy| Setting::KeyPolicy(key.clone(), policy))
            }
            Slot::Source(slot) => {
                self.source_setting(slot, owner, region).await?.map(|value| Setting::Source(slot.clone(), value))
            }
        })
    }
}

/// Converts an absent value to a present `None`.
pub(super) fn or_none<T>(seen: Seen<T>) -> Seen<Option<T>> {
    match seen {
        Seen::Present(value) => Seen::Present(Some(value)),
        Seen::Absent => Seen::Present(None),
        Seen::Denied(denial) => Seen::Denied(denial),
    }
}

/// Converts an absent value to `None`.
pub(super) fn optional<T>(seen: Seen<T>) -> Result<Option<T>, Denial> {
    match seen {
        Seen::Present(value) => Ok(Some(value)),
        Seen::Absent => Ok(None),
        Seen::Denied(denial) => Err(denial),
    }
}
