//! What an undo asks and does beside settings: whether something is still there, and the end of a bucket that was made.

use crate::model::{AccountId, BucketName, Partition, Region, Seen};
use crate::plan::{Setting, Slot};
use crate::state::Abac;
use crate::undo::receipt::{Change, Look};

use super::connect::Aws;
use super::error::AwsError;
use super::read_destination;

impl Aws {
    /// What is there now where a run changed something. `owner` and `region` are the destination's.
    pub async fn look(
        &self,
        change: &Change,
        owner: &AccountId,
        region: &Region,
        partition: Partition,
    ) -> Result<Look, AwsError> {
        match change {
            Change::MadeBucket { bucket, region, .. } => {
                Box::pin(self.found_bucket(bucket, owner, region, partition)).await
            }
            Change::Setting { slot, .. } => match self.setting(slot, owner, region).await {
                // A key without a policy is one that is not there.
                Ok(Ok(Setting::Policy(None))) if matches!(slot, Slot::KeyPolicy { .. }) => Ok(Look::Gone),
                Ok(Ok(now)) => Ok(Look::Setting(now)),
                Ok(Err(denial)) => Ok(Look::Denied(denial)),
                Err(error) if error.is_of_something_gone() => Ok(Look::Gone),
                Err(error) => Err(error),
            },
            Change::BlockedPublicAccess { .. }
            | Change::MadeAlias { .. }
            | Change::MadeKey { .. }
            | Change::RotatedKey => Ok(Look::Nothing),
        }
    }

    /// Deletes a bucket; S3 itself refuses where anything is in it, versions and delete markers too
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html>). Whether it is gone is said.
    pub async fn delete_empty_bucket(
        &self,
        bucket: &BucketName,
        owner: &AccountId,
        region: &Region,
    ) -> Result<bool, AwsError> {
        let client = self.destination.s3(region);
        let request = client.delete_bucket().bucket(bucket.as_str()).expected_bucket_owner(owner.as_str());
        match request.send().await.map_err(|error| AwsError::of("s3:DeleteBucket", bucket, &error)) {
            Err(error) if error.is("BucketNotEmpty") => Ok(false),
            // An answer that was lost, and the call sent again.
            Err(error) if error.is("NoSuchBucket") => Ok(true),
            outcome => outcome.map(|_| true),
        }
    }

    /// Whether the bucket's tags decide who may do what, so that S3 takes them by another API alone. Where that can't be read, the
    /// write itself tells.
    pub async fn decides_by_tags(&self, bucket: &BucketName, owner: &AccountId, region: &Region) -> bool {
        let read = read_destination::abac(&self.destination.s3(region), bucket, owner).await;
        matches!(read, Ok(Seen::Present(Abac::Enabled)))
    }
}
