//! A setting as it is.

use std::collections::BTreeMap;

use crate::model::{AccountId, Denial, Region, Seen};
use crate::plan::{Setting, Slot};
use crate::producer::{SourceSetting, SourceSlot};
use crate::state::Payer;

use super::connect::Aws;
use super::error::AwsError;
use super::{read_bucket, read_destination, read_key, read_load_balancers};

impl Aws {
    /// What stands in a slot. `owner` and `region` are the destination's.
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

    /// A source's own setting as it is, or why it may not be read.
    async fn source_setting(
        &self,
        slot: &SourceSlot,
        owner: &AccountId,
        region: &Region,
    ) -> Result<Result<SourceSetting, Denial>, AwsError> {
        Ok(match slot {
            SourceSlot::BucketLogging { bucket, region } => {
                let read = read_bucket::logging(&self.source.s3(region), bucket, owner).await?;
                optional(read).map(SourceSetting::Logging)
            }
            SourceSlot::Inventory { bucket, region, id } => {
                let read = read_bucket::inventory(&self.source.s3(region), bucket, owner, id).await?;
                optional(read).map(SourceSetting::Inventory)
            }
            SourceSlot::LoadBalancer { arn, name: _, attributes } => {
                let region = arn.region.parse().unwrap_or_else(|_| region.clone());
                let read = read_load_balancers::attributes(&self.source.elb(&region), &arn.to_string()).await?;
                let these = |(key, _): &(String, String)| attributes.contains(key);
                let these = |all: BTreeMap<String, String>| all.into_iter().filter(these).collect();
                optional(read).map(|all| SourceSetting::Attributes(all.map(these).unwrap_or_default()))
            }
        })
    }
}

/// What was read, nothing where it is absent.
fn optional<T>(seen: Seen<T>) -> Result<Option<T>, Denial> {
    match seen {
        Seen::Present(value) => Ok(Some(value)),
        Seen::Absent => Ok(None),
        Seen::Denied(denial) => Err(denial),
    }
}
