//! The setting that a step is about to write over, read again right before the write.

use std::collections::BTreeMap;

use crate::model::{AccountId, Region};
use crate::plan::{Setting, Step};
use crate::state::{Denial, Seen};

use super::connect::Aws;
use super::error::AwsError;
use super::write::WriteError;
use super::{read_bucket, read_destination, read_key, read_load_balancers};

impl Aws {
    /// Fails where a step would write over what its plan has not seen. `owner` and `region` are the destination's.
    pub(super) async fn is_still(&self, step: &Step, owner: &AccountId, region: &Region) -> Result<(), WriteError> {
        let Some(before) = Setting::before(step) else { return Ok(()) };
        let now = match self.setting(step, owner, region).await? {
            Ok(Some(now)) => now,
            Ok(None) => return Ok(()),
            Err(denial) => return Err(WriteError::Unseen(denial)),
        };
        if now.is(&before) { Ok(()) } else { Err(WriteError::moved(step, before, now)) }
    }

    /// What is there; nothing where the write itself reads it, or where there is nothing to read.
    async fn setting(
        &self,
        step: &Step,
        owner: &AccountId,
        region: &Region,
    ) -> Result<Result<Option<Setting>, Denial>, AwsError> {
        Ok(match step {
            Step::PutBucketEncryption { bucket, .. } => {
                let read = read_destination::encryption(&self.destination.s3(region), bucket, owner).await?;
                optional(read).map(Setting::Encryption)
            }
            Step::PutBucketPolicy { bucket, .. } => {
                let read = read_destination::policy(&self.destination.s3(region), bucket, owner).await?;
                optional(read).map(Setting::Policy)
            }
            Step::PutBucketTags { bucket, .. } => {
                let read = read_destination::tags(&self.destination.s3(region), bucket, owner).await?;
                optional(read).map(|tags| Setting::Pairs(tags.unwrap_or_default()))
            }
            Step::PutKeyPolicy { key, .. } => {
                optional(read_key::key_policy(&self.destination.kms(region), owner, key).await?).map(Setting::Policy)
            }
            Step::PutBucketLogging { bucket, region, .. } => {
                optional(read_bucket::logging(&self.source.s3(region), bucket, owner).await?).map(Setting::Logging)
            }
            Step::PutInventory { bucket, region, inventory, .. } => {
                let read = read_bucket::inventory(&self.source.s3(region), bucket, owner, &inventory.id).await?;
                optional(read).map(Setting::Inventory)
            }
            Step::PutLoadBalancerAttributes { arn, attributes, .. } => {
                let Ok(region) = arn.region.parse() else { return Ok(Ok(None)) };
                let read = read_load_balancers::attributes(&self.source.elb(&region), &arn.to_string()).await?;
                let ours = |(key, _): &(String, String)| attributes.contains_key(key);
                let ours = |all: BTreeMap<String, String>| all.into_iter().filter(ours).collect();
                optional(read).map(|all| Setting::Pairs(all.map(ours).unwrap_or_default()))
            }
            // It keeps the rules of others as they are, so that it reads them whole.
            Step::PutExpiration { .. }
            | Step::BlockPublicAccess { .. }
            | Step::CreateAlias { .. }
            | Step::CreateBucket { .. }
            | Step::CreateKey { .. }
            | Step::LetOwnerPay { .. } => return Ok(Ok(None)),
        }
        .map(Some))
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
