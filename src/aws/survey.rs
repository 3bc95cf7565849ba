//! Lists the account's resources and their setup for the wizard.
//!
//! This module only reads. A list that can't be read is reported as such. `plan` interprets the lists.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::model::{AccountId, BucketName, KeyArn, Partition, Region, Seen};
use crate::request::Request;
use crate::state::{Identity, KeyManager, ListedKey, Observed, OwnKeys};

use super::account::BUCKETS;
use super::connect::Aws;
use super::error::AwsError;
use super::listing::Next;
use super::observe::{AT_ONCE, AccountKeys};
use super::observe_error::ObserveError;
use super::producer::SourceSide;
use super::read_bucket::{self, Head};
use super::{read_destination, read_identity, read_key};

/// The number of keys described in parallel. `DescribeKey` has a quota of 2,000 calls a second or less, shared by the
/// account (<https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html>).
const KEYS_AT_ONCE: usize = 5;

/// How long to wait for the account's alias: some networks reach S3 but not IAM.
const ALIAS: Duration = Duration::from_secs(2);

impl Aws {
    pub async fn caller(&self, region: &Region) -> Result<Identity, AwsError> {
        read_identity::identity(&self.source, region).await
    }

    /// Returns the account's alias, or `None` if it can't be read in time. The alias is only shown.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>
    pub async fn account_alias(&self, partition: Partition) -> Option<String> {
        let client = self.source.iam(partition);
        let answer = tokio::time::timeout(ALIAS, client.list_account_aliases().send()).await.ok()?.ok()?;
        answer.account_aliases().first().cloned()
    }

    /// Returns the names of the caller's buckets in a Region.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>
    pub async fn bucket_names(&self, region: &Region) -> Result<Seen<Vec<BucketName>>, AwsError> {
        let client = self.destination.s3(region);
        let mut names = Vec::new();
        let ask = |token| {
            let request = client.list_buckets().bucket_region(region.as_str()).max_buckets(1000);
            request.set_continuation_token(token).send()
        };
        let read = BUCKETS.read(ask, |page| {
            // An endpoint that omits Regions has ignored the filter.
            let here = |of: Option<&str>| of.is_none_or(|of| of == region.as_str());
            let listed = page.buckets.unwrap_or_default().into_iter().filter(|bucket| here(bucket.bucket_region()));
            names.extend(listed.filter_map(|bucket| bucket.name?.parse().ok()));
            Next::by_token(page.continuation_token)
        });
        let read = read.await?;
        Ok(read.map(|()| names))
    }

    /// Returns the caller's buckets in a Region whose default encryption uses this key, or may use it. A default
    /// encryption that names an alias or could not be read may use the key.
    pub async fn buckets_under(
        &self,
        key: &KeyArn,
        region: &Region,
        owner: &AccountId,
    ) -> Result<Seen<Vec<BucketName>>, AwsError> {
        let names = match self.bucket_names(region).await? {
            Seen::Present(names) => names,
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
        };
        let client = &self.destination.s3(region);
        let reads = names.into_iter().map(|name| async move {
            let default = match read_destination::encryption(client, &name, owner).await {
                Ok(Seen::Present(default)) => default.key?,
                Ok(Seen::Absent) => return None,
                Ok(Seen::Denied(_)) | Err(_) => return Some(name),
            };
            (default == key.to_string() || default == key.id() || default.contains("alias/")).then_some(name)
        });
        let reads: Vec<_> = reads.collect();
        let under = stream::iter(reads).buffered(AT_ONCE).filter_map(|name| async { name });
        Ok(Seen::Present(under.collect().await))
    }

    /// Returns whether a bucket with this name exists, and in which Region; reads no settings.
    pub async fn presence(&self, region: &Region, name: &BucketName, owner: &AccountId) -> Result<Presence, AwsError> {
        Ok(match read_bucket::head(&self.destination.s3(region), region, name, owner).await? {
            Head::There(there) => Presence::There(there),
            Head::Absent => Presence::Absent,
            Head::Refused(_) => Presence::Refused,
        })
    }

    /// Returns the customer managed keys of a Region, each with an alias if it has one.
    pub async fn keys(&self, region: &Region) -> Result<Seen<Vec<ListedKey>>, AwsError> {
        let client = self.destination.kms(region);
        let (keys, aliases) = tokio::join!(read_key::listed(&client), read_key::aliases(&client));
        let arns: Vec<KeyArn> = match keys? {
            Seen::Present(keys) => keys.iter().filter_map(|key| key.key_arn()?.parse().ok()).collect(),
            Seen::Absent => Vec::new(),
            Seen::Denied(denial) => return Ok(Seen::Denied(denial)),
        };
        // A key without a name can still be chosen.
        let names: BTreeMap<String, String> = match aliases? {
            Seen::Present(names) => names,
            Seen::Absent | Seen::Denied(_) => BTreeMap::new(),
        };
        let described = stream::iter(arns).map(|arn| async {
            let key = read_key::described(&client, &arn.to_string()).await?;
            Ok::<_, AwsError>(ListedKey { alias: names.get(arn.id()).cloned(), arn, key })
        });
        let described: Vec<ListedKey> = described.buffered(KEYS_AT_ONCE).try_collect().await?;
        // The aliases of AWS managed keys have this prefix, which identifies such a key even if the key can't be read.
        let of_aws = |listed: &ListedKey| match &listed.key {
            Seen::Present(key) => key.manager == KeyManager::Aws,
            Seen::Absent | Seen::Denied(_) => listed.alias.as_ref().is_some_and(|name| name.starts_with("alias/aws/")),
        };
        Ok(Seen::Present(described.into_iter().filter(|listed| !of_aws(listed)).collect()))
    }

    /// Reads everything that a plan depends on besides the sources, which are already known.
    pub async fn observe_beside(
        &self,
        request: &Request,
        side: &SourceSide,
        own: &OwnKeys,
    ) -> Result<Observed, ObserveError> {
        let SourceSide { caller, region, sources } = side;
        let tags = self.source_tags(caller, sources);
        let prefix = request.prefix_of(sources);
        let keys = AccountKeys { account: &caller.account, own };
        let (rest, tags) = tokio::join!(Box::pin(self.destination_side(request, &prefix, region, keys)), tags);
        Ok(rest?.observed(caller.clone(), region.clone(), sources.clone(), tags?))
    }
}

/// What exists under a bucket name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Presence {
    /// A bucket that the caller can access, in this Region.
    There(Region),
    /// Nothing: the name is free.
    Absent,
    /// A bucket that the caller can't access.
    Refused,
}
