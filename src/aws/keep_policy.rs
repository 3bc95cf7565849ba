//! Creates a resource of a source, and restores the bucket policy if AWS overwrote it.
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
use super::error::AwsError;
use super::read_destination;
use super::read_setting::{optional, or_none};
use super::repeat::{Replacement, Tries, Try};
use super::replace_setting::{SettingClient, put_policy};
use super::write::WriteError;

/// How long a policy must read unchanged after a call. A read may lag, because "bucket configurations have an eventual
/// consistency model" (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel>). AWS gives
/// no figure; this one is our choice.
const UNCHANGED: Duration = Duration::from_secs(1);

/// How long to try to restore the policy.
const AT_MOST: Duration = Duration::from_secs(30);

const PAUSES: Pauses = Pauses::doubling(Duration::from_secs(1), Duration::from_secs(8));

impl Aws {
    /// Tries once to replace a resource of a source: to delete, to create, or both. Records the ID of the new one.
    pub(super) async fn replace_resource(
        &self,
        of: Replacement<'_>,
        slot: &SourceSlot,
        after: &SourceSetting,
        tries: &Tries<'_>,
    ) -> Result<Try, WriteError> {
        let now = optional(self.setting(&of.after.slot(), of.owner, of.region).await?).map_err(WriteError::Unseen)?;
        if tries.are_already_applied(of, now.clone())? {
            // After a lost answer, an equal resource without the run's mark is someone else's.
            let own = now.as_ref().filter(|now| now.has_mark_of(of.after));
            let Some(own) = own else { return Err(WriteError::moved(of.before, now)) };
            tries.note_created(own.resource_id().map(str::to_owned));
            return Ok(Try::Done);
        }
        let Setting::Source(_, before) = of.before else { return Err(WriteError::moved(of.before, now)) };
        let write = self.set_resource(slot, before, after);
        let sent = match slot.changed_policy().filter(|_| !after.is_none()) {
            Some(bucket) => self.keeping_policy(of, bucket, tries, write).await?,
            None => write.await,
        };
        Ok(sent.map_or_else(Try::Failed, |id| {
            tries.note_created(id);
            Try::Done
        }))
    }

    /// Carries out a write. If statements of this bucket's policy are gone afterwards, writes the former policy again. A
    /// failed write may have changed the policy, too.
    async fn keeping_policy<T>(
        &self,
        of: Replacement<'_>,
        bucket: &BucketName,
        tries: &Tries<'_>,
        write: impl Future<Output = Result<T, AwsError>>,
    ) -> Result<Result<T, AwsError>, WriteError> {
        let at = SettingClient { client: self.destination.unrepeated().s3(of.region), bucket, owner: of.owner };
        let before = match read_destination::policy(&self.destination.s3(of.region), bucket, of.owner).await {
            Ok(policy) => or_none(policy).present().cloned().flatten(),
            Err(error) => return Ok(Err(error)),
        };
        let sent = write.await;
        // AWS changes the policy only for a caller who may read it. Without a policy, nothing can be lost.
        if let Some(before) = before
            && self.may_be_overwritten(&at, &before, of).await
            && self.restore_policy(&at, &before, of).await?
        {
            tries.note_restored_policy(bucket);
        }
        Ok(sent)
    }

    /// Watches the policy for a moment. Returns false if it stays as it is.
    async fn may_be_overwritten(&self, at: &SettingClient<'_>, before: &str, of: Replacement<'_>) -> bool {
        let look = async || {
            let read = read_destination::policy(&self.destination.s3(of.region), at.bucket, of.owner).await;
            let is_whole = |now: &Option<String>| restored_policy(Some(before), now.as_deref()).is_none();
            match read.map(or_none) {
                Ok(Seen::Present(now)) if is_whole(&now) => PollResult::NotYet { seen: (), at_most: UNCHANGED },
                Ok(_) | Err(_) => PollResult::Over(()),
            }
        };
        // The user can't interrupt this: it takes a moment, and the statements are someone else's.
        match poll(&Interruption::default(), Pauses::every(UNCHANGED), look, silently).await {
            PollEnd::TimedOut(()) => false,
            PollEnd::Over(()) | PollEnd::Interrupted(()) => true,
        }
    }

    /// Restores the former policy until AWS's overwriting has no effect any more. Returns whether a write was needed. The
    /// user can't interrupt this, because the statements are someone else's.
    async fn restore_policy(
        &self,
        at: &SettingClient<'_>,
        before: &str,
        of: Replacement<'_>,
    ) -> Result<bool, WriteError> {
        let mut written = false;
        let setting = |policy: Option<&str>| Setting::BucketPolicy(at.bucket.clone(), policy.map(str::to_owned));
        let look = async || {
            let read = read_destination::policy(&self.destination.s3(of.region), at.bucket, of.owner).await;
            let now = match read.map(or_none) {
                Ok(Seen::Present(now)) => {
                    let Some(restored) = restored_policy(Some(before), now.as_deref()) else {
                        return PollResult::Over(written);
                    };
                    written = true;
                    // The next read shows whether the write had an effect.
                    let _ = put_policy(at, Some(&restored)).await;
                    Some(setting(now.as_deref()))
                }
                Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => None,
            };
            let seen =
                WriteError::PolicyLost { bucket: at.bucket.clone(), values: Box::new((setting(Some(before)), now)) };
            PollResult::NotYet { seen, at_most: AT_MOST }
        };
        match poll(&Interruption::default(), PAUSES, look, silently).await {
            PollEnd::Over(written) => Ok(written),
            PollEnd::TimedOut(error) | PollEnd::Interrupted(error) => Err(error),
        }
    }
}
