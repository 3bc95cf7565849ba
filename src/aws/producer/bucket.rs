//! Buckets as sources: their Region, tags and logs.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::connect::Aws;
use crate::aws::error::AwsError;
use crate::aws::observe::AT_ONCE;
use crate::aws::observe_error::ObserveError;
use crate::aws::outcome::or_denied;
use crate::aws::read_bucket::{self, Head};
use crate::aws::read_destination;
use crate::model::{AccountId, BucketName, Denial, Region, Seen, Unread, suggest};
use crate::producer::{Attachment, Kind, Source, SourceBucket};
use crate::state::{BucketState, Identity, SourceTags};

use super::inventory;

type Tags = BTreeMap<String, String>;

/// Returns the tags of a bucket, for a warning only. Any failure that is not the caller's fault counts as denied.
pub(super) async fn tags(client: &Client, name: &BucketName, owner: &AccountId) -> Result<Seen<Tags>, AwsError> {
    or_denied(read_destination::tags(client, name, owner).await, "s3:GetBucketTagging", name.as_str())
}

impl Aws {
    /// Returns the Region of a source bucket.
    pub(in crate::aws) async fn located(
        &self,
        home: &Region,
        name: &BucketName,
        caller: &Identity,
    ) -> Result<Region, ObserveError> {
        match read_bucket::head(&self.source.s3(home), home, name, &caller.account).await? {
            Head::There(region) => Ok(region),
            Head::Absent => {
                let suggestions = suggest(name.as_str(), read_bucket::names(&self.source.s3(home)).await, 3);
                Err(ObserveError::NoBucket { name: name.clone(), suggestions })
            }
            Head::Refused(error) => {
                let is_own = self.refused(name, home).await == BucketState::LockedOut;
                let (name, account, error) = (name.clone(), caller.account.clone(), Box::new(error));
                Err(if is_own {
                    ObserveError::SourceLockedOut { name, account, error }
                } else {
                    ObserveError::SourceRefused { name, account, error }
                })
            }
        }
    }

    /// Returns a bucket as a source, with its Region only.
    pub async fn source_located(
        &self,
        home: &Region,
        name: &BucketName,
        caller: &Identity,
    ) -> Result<SourceBucket, ObserveError> {
        Ok(SourceBucket::located(name.clone(), self.located(home, name, caller).await?))
    }

    /// Returns a source bucket with its current logs.
    async fn source_bucket(
        &self,
        home: &Region,
        name: &BucketName,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<SourceBucket, ObserveError> {
        let bucket = self.source_located(home, name, caller).await?;
        Ok(self.configured(bucket, caller, kind).await?)
    }

    /// Returns source buckets with their current logs.
    pub(super) async fn source_buckets(
        &self,
        home: &Region,
        names: &[BucketName],
        caller: &Identity,
        kind: &Kind,
    ) -> Result<Vec<SourceBucket>, ObserveError> {
        let reads: Vec<_> = names.iter().map(|name| self.source_bucket(home, name, caller, kind)).collect();
        stream::iter(reads).buffered(AT_ONCE).try_collect().await
    }

    /// Returns source buckets with their current logs and their tags, both read in parallel.
    pub(super) async fn tagged_buckets(
        &self,
        home: &Region,
        names: &[BucketName],
        caller: &Identity,
        kind: &Kind,
    ) -> Result<(Vec<Source>, SourceTags), ObserveError> {
        let reads: Vec<_> = names
            .iter()
            .map(|name| async {
                let bucket = self.source_located(home, name, caller).await?;
                let client = self.source.s3(&bucket.region);
                let (bucket, tags) =
                    tokio::join!(self.configured(bucket, caller, kind), tags(&client, name, &caller.account));
                Ok::<_, ObserveError>((Source::Bucket(bucket?), (name.to_string(), tags?)))
            })
            .collect();
        let read: Vec<_> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(read.into_iter().unzip())
    }

    /// Returns listed buckets as sources, with their current logs. The logs of a bucket that refuses the caller are
    /// unknown.
    pub(super) async fn listed_buckets(
        &self,
        region: &Region,
        names: Vec<BucketName>,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<Vec<SourceBucket>, ObserveError> {
        let reads = names.into_iter().map(|name| async move {
            match self.source_bucket(region, &name, caller, kind).await {
                Ok(bucket) => Ok(Some(bucket)),
                Err(ObserveError::SourceLockedOut { name, .. } | ObserveError::SourceRefused { name, .. }) => {
                    let denial = Denial { action: "s3:ListBucket", resource: name.to_string(), why: Unread::Denied };
                    let (logging, inventory) = (Seen::Denied(denial.clone()), Seen::Denied(denial));
                    Ok(Some(SourceBucket { name, region: region.clone(), logging, inventory }))
                }
                // The bucket was deleted after it was listed.
                Err(ObserveError::NoBucket { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let reads: Vec<_> = reads.collect();
        let buckets: Vec<Option<SourceBucket>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        Ok(buckets.into_iter().flatten().collect())
    }

    /// Returns the inventories of a bucket.
    pub(super) async fn inventories(
        &self,
        bucket: &SourceBucket,
        caller: &Identity,
    ) -> Result<Vec<Attachment>, AwsError> {
        let listed = inventory::inventories(&self.source.s3(&bucket.region), &bucket.name, &caller.account).await?;
        Ok(Attachment::for_inventories(bucket, &listed))
    }
}
