//! Reads the current value of a setting.

use crate::model::{AccountId, Denial, Region, Seen};
use crate::plan::{Setting, Slot};
use crate::state::Payer;

use super::connect::Aws;
use super::error::AwsError;
use super::{read_destination, read_key};

impl Aws {
    /// Reads the value of a slot. `owner` and `region` are the destination's.
    pub async fn setting(
        &self,
        slot: &Slot,
        owner: &AccountId,
        region: &Region,
    ) -> Result<Result<Setting, Denial>, AwsError> {
        let destination = || self.destination.s3(region);
        Ok(match slot {
            Slot::BucketEncryption { bucket } => {
                optional(read_destination::encryption(&destination(), bucket, owner).await?).map(Setting::Encryption)
            }
            Slot::BucketPolicy { bucket } => {
                optional(read_destination::policy(&destination(), bucket, owner).await?).map(Setting::Policy)
            }
            Slot::BucketTags { bucket } => {
                let read = read_destination::tags(&destination(), bucket, owner).await?;
                optional(read).map(|tags| Setting::Tags(tags.unwrap_or_default()))
            }
            Slot::LifecycleRules { bucket, ids } => {
                let read = optional(read_destination::lifecycle(&destination(), bucket, owner).await?);
                read.map(|rules| {
                    let of_these = rules.unwrap_or_default().into_iter().filter(|rule| ids.contains(&rule.id));
                    Setting::Expiration(of_these.collect())
                })
            }
            Slot::Payer { bucket } => {
                let read = optional(read_destination::payer(&destination(), bucket, owner).await?);
                read.map(|payer| Setting::Payer(payer.unwrap_or(Payer::BucketOwner)))
            }
            Slot::KeyPolicy { key } => {
                let region = key.arn().region.parse().unwrap_or_else(|_| region.clone());
                let read = read_key::key_policy(&self.destination.kms(&region), owner, key).await?;
                optional(read).map(Setting::Policy)
            }
            Slot::Source(slot) => self.source_setting(slot, owner, region).await?.map(Setting::Source),
        })
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
