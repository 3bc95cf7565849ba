//! What an undo asks and does beside settings: whether something is still there, and the end of a bucket that was made.

use crate::model::{AccountId, BucketName, Region};
use crate::plan::{Setting, Slot};
use crate::receipt::{Change, Look};
use crate::state::{Denial, Seen};

use super::connect::Aws;
use super::error::AwsError;
use super::outcome::seen;
use super::read_bucket::{self, Head};

const LIST: &str = "s3:ListBucket";

impl Aws {
    /// What is there now where a run changed something. `owner` and `region` are the destination's.
    pub async fn look(&self, change: &Change, owner: &AccountId, region: &Region) -> Result<Look, AwsError> {
        match change {
            Change::MadeBucket { bucket, region } => self.contents(bucket, owner, region).await,
            Change::Setting { slot, .. } => match self.setting(slot, owner, region).await {
                // A key without a policy is one that is not there.
                Ok(Ok(Setting::Policy(None))) if matches!(slot, Slot::KeyPolicy { .. }) => Ok(Look::Gone),
                Ok(Ok(now)) => Ok(Look::Setting(now)),
                Ok(Err(denial)) => Ok(Look::Denied(denial)),
                Err(error) if error.is_of_something_gone() => Ok(Look::Gone),
                Err(error) => Err(error),
            },
            Change::BlockedPublicAccess { .. } | Change::MadeAlias { .. } | Change::MadeKey { .. } => Ok(Look::Nothing),
        }
    }

    async fn contents(&self, bucket: &BucketName, owner: &AccountId, region: &Region) -> Result<Look, AwsError> {
        let client = self.destination.s3(region);
        match read_bucket::head(&client, region, bucket, owner).await? {
            Head::Absent => return Ok(Look::Gone),
            Head::Refused(_) => return Ok(Look::Denied(Denial { action: LIST, resource: bucket.to_string() })),
            Head::There(_) => {}
        }
        let request =
            client.list_objects_v2().bucket(bucket.as_str()).max_keys(1).expected_bucket_owner(owner.as_str());
        Ok(match seen(LIST, bucket.as_str(), &["NoSuchBucket"], request.send().await)? {
            Seen::Present(answer) if answer.contents().is_empty() => Look::Empty,
            Seen::Present(_) => Look::Holds,
            Seen::Absent => Look::Gone,
            Seen::Denied(denial) => Look::Denied(denial),
        })
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
}
