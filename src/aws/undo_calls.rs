//! The calls that undo needs, except for writing settings: reading the present state, and deleting a bucket that a run
//! created.

use crate::model::{AccountId, BucketName, Partition, Region, Seen};
use crate::state::Abac;
use crate::undo::receipt::{CurrentState, RecordedChange};

use super::connect::Aws;
use super::error::AwsError;
use super::read_destination;

impl Aws {
    /// Reads the present state of a change that a run made. `owner` and `region` are the destination's.
    pub async fn look(
        &self,
        change: &RecordedChange,
        owner: &AccountId,
        region: &Region,
        partition: Partition,
    ) -> Result<CurrentState, AwsError> {
        match change {
            RecordedChange::MadeBucket { bucket, region, .. } => {
                Box::pin(self.found_bucket(bucket, owner, region, partition)).await
            }
            RecordedChange::Setting { slot, .. } => match self.setting(slot, owner, region).await {
                Ok(Seen::Present(now)) => Ok(CurrentState::Setting(now)),
                Ok(Seen::Absent) => Ok(CurrentState::Gone),
                Ok(Seen::Denied(denial)) => Ok(CurrentState::Denied(denial)),
                Err(error) if error.is_of_something_gone() => Ok(CurrentState::Gone),
                Err(error) => Err(error),
            },
            RecordedChange::BlockedPublicAccess { .. }
            | RecordedChange::MadeAlias { .. }
            | RecordedChange::MadeKey { .. }
            | RecordedChange::RotatedKey => Ok(CurrentState::Nothing),
        }
    }

    /// Deletes a bucket and returns whether it is gone. S3 refuses if it contains anything, including versions and
    /// delete markers (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html>).
    pub async fn delete_empty_bucket(
        &self,
        bucket: &BucketName,
        owner: &AccountId,
        region: &Region,
    ) -> Result<bool, AwsError> {
        let client = self.destination.s3(region);
        let request = client.delete_bucket().bucket(bucket.as_str()).expected_bucket_owner(owner.as_str());
        match request.send().await.map_err(|error| AwsError::new("s3:DeleteBucket", bucket, &error)) {
            Err(error) if error.is("BucketNotEmpty") => Ok(false),
            // The response was lost, and the SDK sent the call again.
            Err(error) if error.is("NoSuchBucket") => Ok(true),
            outcome => outcome.map(|_| true),
        }
    }

    /// Returns whether the bucket uses attribute-based access control, so that S3 accepts tags only through another
    /// API. If the setting can't be read, returns false, so the write of the tags may fail later.
    pub async fn decides_by_tags(&self, bucket: &BucketName, owner: &AccountId, region: &Region) -> bool {
        let read = read_destination::abac(&self.destination.s3(region), bucket, owner).await;
        matches!(read, Ok(Seen::Present(Abac::Enabled)))
    }
}
