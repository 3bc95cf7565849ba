//! Lists of the live account, for somebody who chooses: what there is, and how it is set up today.
//!
//! Reads only, and a list that may not be read is told as such. Judging is for `plan`.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::model::{AccountId, BucketName, Denial, KeyArn, Partition, Region, Seen, Unread};
use crate::producer::{Kind, LoadBalancer, Source, SourceBucket, SourceName};
use crate::request::Request;
use crate::state::{Identity, KeyManager, ListedKey, Observed};

use super::account::BUCKETS;
use super::connect::Aws;
use super::error::AwsError;
use super::listing::Next;
use super::observe_error::ObserveError;
use super::read_bucket::{self, Head};
use super::{read_identity, read_key, read_load_balancers, source_tags};

/// Keys described at once: `DescribeKey` has a quota of 2,000 a second or less, shared by the account
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html>).
const KEYS_AT_ONCE: usize = 5;

/// How long the account's alias is waited for: IAM is not reached from everywhere that S3 is.
const ALIAS: Duration = Duration::from_secs(2);

/// What of a run is known before there is a destination.
#[derive(Clone, Debug)]
pub struct SourceSide {
    /// Who is calling.
    pub caller: Identity,
    /// The Region of the sources.
    pub region: Region,
    /// The sources.
    pub sources: Vec<Source>,
}

impl Aws {
    /// Who is calling.
    pub async fn caller(&self, region: &Region) -> Result<Identity, AwsError> {
        read_identity::identity(&self.source, region).await
    }

    /// The account's alias: a name for people, so nothing where it can't be read, or not soon.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListAccountAliases.html>
    pub async fn account_alias(&self, partition: Partition) -> Option<String> {
        let client = self.source.iam(partition);
        let answer = tokio::time::timeout(ALIAS, client.list_account_aliases().send()).await.ok()?.ok()?;
        answer.account_aliases().first().cloned()
    }

    /// Every load balancer of the Region that can be a source of `kind`, with its attributes and listeners.
    pub async fn load_balancers(&self, region: &Region, kind: &Kind) -> Result<Seen<Vec<LoadBalancer>>, AwsError> {
        let client = self.source.elb(region);
        match read_load_balancers::all(&client, kind.producer()).await? {
            Seen::Present(listed) => {
                let complete = read_load_balancers::complete(&client, kind.producer(), listed).await?;
                Ok(Seen::Present(complete))
            }
            other @ (Seen::Absent | Seen::Denied(_)) => Ok(other),
        }
    }

    /// The names of the caller's buckets in a Region.
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
            // Who answers without Regions did not hear the filter.
            let here = |of: Option<&str>| of.is_none_or(|of| of == region.as_str());
            let listed = page.buckets.unwrap_or_default().into_iter().filter(|bucket| here(bucket.bucket_region()));
            names.extend(listed.filter_map(|bucket| bucket.name?.parse().ok()));
            Next::by_token(page.continuation_token)
        });
        let read = read.await?;
        Ok(read.map(|()| names))
    }

    /// The buckets of a list as sources, with what they log today; how one logs that refuses this caller is not known.
    pub async fn listed_buckets(
        &self,
        region: &Region,
        names: Vec<BucketName>,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<Vec<Source>, ObserveError> {
        let reads = names.into_iter().map(|name| async move {
            match self.source_bucket(region, &name, caller, kind).await {
                Ok(bucket) => Ok(Some(Source::Bucket(bucket))),
                Err(ObserveError::SourceLockedOut { name, .. } | ObserveError::SourceRefused { name, .. }) => {
                    let denial = Denial { action: "s3:ListBucket", resource: name.to_string(), why: Unread::Denied };
                    let (logging, inventory) = (Seen::Denied(denial.clone()), Seen::Denied(denial));
                    Ok(Some(Source::Bucket(SourceBucket { name, region: region.clone(), logging, inventory })))
                }
                // Deleted since it was listed.
                Err(ObserveError::NoBucket { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        });
        let reads: Vec<_> = reads.collect();
        let sources: Vec<Option<Source>> = stream::iter(reads).buffered(super::observe::AT_ONCE).try_collect().await?;
        Ok(sources.into_iter().flatten().collect())
    }

    /// Buckets as sources, with what they log today.
    pub async fn source_buckets(
        &self,
        region: &Region,
        names: Vec<BucketName>,
        caller: &Identity,
        kind: &Kind,
    ) -> Result<Vec<Source>, ObserveError> {
        let reads: Vec<_> = names.iter().map(|name| self.source_bucket(region, name, caller, kind)).collect();
        stream::iter(reads).buffered(super::observe::AT_ONCE).map_ok(Source::Bucket).try_collect().await
    }

    /// The sources that are named, with what they log today. An ARN's Region counts, else `home`.
    pub async fn source_side(
        &self,
        home: &Region,
        names: &[SourceName],
        caller: &Identity,
        kind: &Kind,
    ) -> Result<SourceSide, ObserveError> {
        let buckets: Vec<BucketName> = names
            .iter()
            .filter_map(|name| match name {
                SourceName::Bucket(name) => Some(name.clone()),
                SourceName::LoadBalancer(_) | SourceName::LoadBalancerArn(_) => None,
            })
            .collect();
        let sources = if buckets.is_empty() {
            let region = read_load_balancers::region_by_arn(names).unwrap_or_else(|| home.clone());
            let client = self.source.elb(&region);
            let described = match read_load_balancers::describe(&client, names).await {
                Ok(described) => described,
                Err(why) => return Err(self.no_load_balancers(why, &region, caller.account.clone()).await),
            };
            let complete = read_load_balancers::complete(&client, kind.producer(), described).await?;
            complete.into_iter().map(Source::LoadBalancer).collect()
        } else {
            self.source_buckets(home, buckets, caller, kind).await?
        };
        let region = sources.first().map_or(home, Source::region).clone();
        Ok(SourceSide { caller: caller.clone(), region, sources })
    }

    /// What stands where a bucket of this name would: only its presence, no setting.
    pub async fn presence(&self, region: &Region, name: &BucketName, owner: &AccountId) -> Result<Presence, AwsError> {
        Ok(match read_bucket::head(&self.destination.s3(region), region, name, owner).await? {
            Head::There(there) => Presence::There(there),
            Head::Absent => Presence::Absent,
            Head::Refused(_) => Presence::Refused,
        })
    }

    /// The customer managed keys of a Region, each with an alias where it has one.
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
        // The names of AWS managed keys begin so, which tells where the key itself may not be looked at.
        let of_aws = |listed: &ListedKey| match &listed.key {
            Seen::Present(key) => key.manager == KeyManager::Aws,
            Seen::Absent | Seen::Denied(_) => listed.alias.as_ref().is_some_and(|name| name.starts_with("alias/aws/")),
        };
        Ok(Seen::Present(described.into_iter().filter(|listed| !of_aws(listed)).collect()))
    }

    /// Everything that a plan depends on, where the sources are known already.
    pub async fn observe_beside(&self, request: &Request, side: &SourceSide) -> Result<Observed, ObserveError> {
        let SourceSide { caller, region, sources } = side;
        let tags = source_tags::of(&self.source, caller, sources);
        let (rest, tags) = tokio::join!(Box::pin(self.destination_side(request, region, caller)), tags);
        Ok(rest?.observed(caller.clone(), region.clone(), sources.clone(), tags?))
    }
}

/// What stands where a bucket would.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Presence {
    /// A bucket that the caller may use, in this Region.
    There(Region),
    /// Nothing: the name is free.
    Absent,
    /// A bucket that the caller may not use.
    Refused,
}
