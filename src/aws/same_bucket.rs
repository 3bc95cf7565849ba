//! Checks that a bucket is still the bucket that the plan saw or the run created. After a bucket is deleted, its name
//! can be taken again.

use crate::model::{AccountId, BucketName, Moment, Region, RunToken, Seen};
use crate::producer::Destination;

use super::connect::Aws;
use super::create_bucket::carries;
use super::creation_dates::has_true_dates;
use super::read_bucket::{self, Head};
use super::write::{BucketChange, WriteError};

/// The properties that distinguish a bucket from another bucket with the same name.
#[derive(Clone, Copy, Debug, Default)]
pub struct BucketMark<'a> {
    /// The bucket's creation date according to S3, if the caller may list buckets.
    pub created: Option<Moment>,
    /// The run's token in the bucket's tags, if this run created the bucket.
    pub token: Option<&'a RunToken>,
}

impl Aws {
    /// Fails if the bucket no longer exists, belongs to another account or was created again. A failed read is ignored,
    /// since each write names the expected owner anyway.
    pub async fn is_same_bucket(&self, destination: &Destination, mark: BucketMark<'_>) -> Result<(), WriteError> {
        let Destination { bucket, partition, .. } = destination;
        let changed = |change| Err(WriteError::Appeared { bucket: bucket.clone(), change });
        match (self.bucket_created(bucket, *partition).await, mark.created) {
            (Ok(Seen::Present(now)), Some(then)) if now != then && has_true_dates(*partition) => {
                changed(BucketChange::Recreated)
            }
            (Ok(Seen::Present(_)), Some(_)) => Ok(()),
            (Ok(Seen::Present(_)), None) => match mark.token {
                Some(token) => self.carries_token(destination, token).await,
                None => Ok(()),
            },
            // The list may lag behind a new bucket.
            (Ok(Seen::Absent | Seen::Denied(_)) | Err(_), _) => match mark.token {
                Some(token) => self.carries_token(destination, token).await,
                None => match self.head_of(bucket, &destination.region, &destination.owner).await {
                    Some(Head::Absent) => changed(BucketChange::Deleted),
                    Some(Head::Refused(_)) => changed(BucketChange::Taken),
                    Some(Head::There(_)) | None => Ok(()),
                },
            },
        }
    }

    async fn carries_token(&self, destination: &Destination, token: &RunToken) -> Result<(), WriteError> {
        let client = self.destination.s3(&destination.region);
        match carries(&client, &destination.bucket, &destination.owner, token).await {
            Ok(Seen::Present(false)) => {
                Err(WriteError::Appeared { bucket: destination.bucket.clone(), change: BucketChange::Recreated })
            }
            Ok(Seen::Present(true) | Seen::Absent | Seen::Denied(_)) | Err(_) => Ok(()),
        }
    }

    async fn head_of(&self, bucket: &BucketName, region: &Region, owner: &AccountId) -> Option<Head> {
        read_bucket::head(&self.destination.s3(region), region, bucket, owner).await.ok()
    }
}
