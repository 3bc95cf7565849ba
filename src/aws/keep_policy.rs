//! Creates a flow log, and restores the bucket policy if AWS overwrote it.
//!
//! "If the user creating the flow log owns the bucket and has `PutBucketPolicy` and `GetBucketPolicy` permissions for the
//! bucket, we automatically attach the following policy to the bucket. This policy overwrites any existing policy attached
//! to the bucket." (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html>, 2026). AWS's page on
//! log delivery says instead that statements are appended. The plan's own statements allow the service, so AWS's are not
//! needed.

use std::time::Duration;

use crate::model::{BucketName, Seen};
use crate::plan::{Setting, restored_policy};
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, poll, silently};
use crate::producer::{SourceSetting, SourceSlot};

use super::connect::Aws;
use super::read_destination;
use super::read_setting::or_none;
use super::repeat::{Replacement, Tries, Try};
use super::replace_setting::{SettingClient, put_policy};
use super::write::WriteError;

/// How long to try to restore the policy.
const AT_MOST: Duration = Duration::from_secs(30);

const PAUSES: Pauses = Pauses::doubling(Duration::from_secs(1), Duration::from_secs(8));

/// Returns the bucket whose policy AWS may change when the slot gets this value. A deletion changes none.
pub(super) fn changed_policy<'a>(slot: &'a SourceSlot, value: &SourceSetting) -> Option<&'a BucketName> {
    slot.changed_policy().filter(|_| !value.is_none())
}

impl Aws {
    /// Gives a slot of a source its value. If statements of this bucket's policy are gone afterwards, writes the former
    /// policy again. A failed write may have changed the policy, too.
    pub(super) async fn set_keeping_policy(
        &self,
        of: Replacement<'_>,
        (slot, value): (&SourceSlot, &SourceSetting),
        bucket: &BucketName,
        tries: &Tries<'_>,
    ) -> Result<Try, WriteError> {
        let at = SettingClient { client: self.destination.unrepeated().s3(of.region), bucket, owner: of.owner };
        let before = match read_destination::policy(&self.destination.s3(of.region), bucket, of.owner).await {
            Ok(policy) => or_none(policy).present().cloned(),
            Err(error) => return Ok(Try::Failed(error)),
        };
        let sent = self.set_source(slot, value, of.owner).await;
        // AWS changes the policy only for a caller who may read it.
        if let Some(before) = before
            && self.restore_policy(&at, before.as_deref(), of).await?
        {
            tries.note_restored_policy(bucket);
        }
        Ok(sent.map_or_else(Try::Failed, |()| Try::Done))
    }

    /// Restores the former policy until AWS's overwriting has no effect any more. Returns whether a write was needed. The
    /// user can't interrupt this, because the statements are someone else's.
    async fn restore_policy(
        &self,
        at: &SettingClient<'_>,
        before: Option<&str>,
        of: Replacement<'_>,
    ) -> Result<bool, WriteError> {
        let mut written = false;
        let setting = |policy: Option<&str>| Setting::BucketPolicy(at.bucket.clone(), policy.map(str::to_owned));
        let look = async || {
            let read = read_destination::policy(&self.destination.s3(of.region), at.bucket, of.owner).await;
            let now = match read.map(or_none) {
                Ok(Seen::Present(now)) => {
                    let Some(restored) = restored_policy(before, now.as_deref()) else {
                        return PollResult::Over(written);
                    };
                    written = true;
                    // The next look shows whether the write had an effect.
                    let _ = put_policy(at, Some(&restored)).await;
                    Some(setting(now.as_deref()))
                }
                Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => None,
            };
            let seen = WriteError::PolicyLost { bucket: at.bucket.clone(), values: Box::new((setting(before), now)) };
            PollResult::NotYet { seen, at_most: AT_MOST }
        };
        match poll(&Interruption::default(), PAUSES, look, silently).await {
            PollEnd::Over(written) => Ok(written),
            PollEnd::TimedOut(error) | PollEnd::Interrupted(error) => Err(error),
        }
    }
}
