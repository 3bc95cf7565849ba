//! The creation dates of buckets. A date distinguishes a bucket from another bucket with the same name.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _};

use crate::model::{AccountId, BucketName, Moment, Partition, Region, Seen};
use crate::plan::{Plan, Setting};
use crate::producer::Source;

use super::account::BUCKETS;
use super::connect::Aws;
use super::error::AwsError;
use super::listing::Next;
use super::observe::AT_ONCE;
use super::survey::Presence;

/// The facts known about a run's source buckets, and about the buckets that its sources logged to before.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KnownBuckets {
    /// The creation dates, according to S3, of the buckets in the caller's account.
    pub created: BTreeMap<String, Moment>,
    /// The buckets that belong to another account, or refuse access to the caller's account.
    pub foreign: BTreeSet<String>,
}

/// Whether a bucket is still the same bucket as when a run recorded it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BucketIdentity {
    Same,
    /// The bucket was deleted, or another bucket has its name.
    Lost,
    /// Neither the list of the account's buckets nor the bucket itself could be read.
    Unknown,
}

impl Aws {
    /// Returns when a bucket of the caller's account was created. `Absent` if the account has no bucket with that name.
    ///
    /// The Region of the request matters. In us-east-1, `CreationDate` is when the bucket was created. Elsewhere, it
    /// may be when the bucket was last changed (<https://github.com/aws/aws-cli/issues/3597>,
    /// <https://github.com/nccgroup/ScoutSuite/pull/926>). AWS says only that the date "can change"
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html>). The behavior in other partitions is not
    /// documented.
    pub async fn bucket_created(&self, bucket: &BucketName, partition: Partition) -> Result<Seen<Moment>, AwsError> {
        let Ok(home) = partition.home_of_iam().parse() else { return Ok(Seen::Absent) };
        let client = self.destination.s3(&home);
        let ask = |token| {
            let request = client.list_buckets().prefix(bucket.as_str()).max_buckets(1000);
            request.set_continuation_token(token).send()
        };
        let mut created = None;
        let read = BUCKETS.read(ask, |page| {
            let it = page.buckets().iter().find(|of| of.name() == Some(bucket.as_str()));
            created = created.or(it.and_then(|of| of.creation_date()).map(|date| Moment(date.secs())));
            if created.is_some() { Next::End } else { Next::by_token(page.continuation_token) }
        });
        Ok(match read.await? {
            Seen::Present(()) => created.map_or(Seen::Absent, Seen::Present),
            Seen::Absent => Seen::Absent,
            Seen::Denied(denial) => Seen::Denied(denial),
        })
    }

    /// Returns the facts known about the plan's source buckets, and about the buckets that its sources log to today.
    pub async fn known_buckets(&self, plan: &Plan, sources: &[Source]) -> KnownBuckets {
        if !plan.steps.iter().any(|planned| planned.step.attaches()) {
            return KnownBuckets::default();
        }
        let buckets = sources.iter().filter_map(Source::bucket).map(BucketName::as_str);
        let overwrites = plan.steps.iter().filter_map(|planned| planned.step.overwrites(None));
        let former: Vec<Setting> = overwrites.map(|overwrite| overwrite.before).collect();
        let former = former.iter().filter_map(|setting| match setting {
            Setting::Source(_, value) => Some(value.targets()),
            Setting::BucketEncryption(..)
            | Setting::BucketPolicy(..)
            | Setting::BucketTags(..)
            | Setting::KeyPolicy(..)
            | Setting::LifecycleRules { .. }
            | Setting::Payer(..) => None,
        });
        let names: BTreeSet<BucketName> =
            buckets.chain(former.flatten()).filter_map(|name| name.parse().ok()).collect();
        let (region, owner) = (&plan.destination.region, &plan.caller.account);
        let looks = names.into_iter().map(|name| async move {
            let created = self.bucket_created(&name, plan.caller.partition).await.ok()?;
            let is_foreign =
                created == Seen::Absent && matches!(self.presence(region, &name, owner).await, Ok(Presence::Refused));
            Some((name.to_string(), created, is_foreign))
        });
        let looks: Vec<_> = looks.collect();
        let looks: Vec<_> =
            stream::iter(looks).buffer_unordered(AT_ONCE).filter_map(|look| async { look }).collect().await;
        let mut known = KnownBuckets::default();
        for (name, created, is_foreign) in looks {
            if is_foreign {
                known.foreign.insert(name);
            } else if let Seen::Present(created) = created {
                known.created.insert(name, created);
            }
        }
        known
    }

    /// Returns whether each of these buckets is still the same bucket as when a run recorded it. `created` has the
    /// dates of the buckets that the account could list. `foreign` has the buckets that belonged to another account. A
    /// foreign bucket counts as lost only if it no longer exists.
    pub async fn recognized(
        &self,
        names: BTreeSet<String>,
        (created, foreign): (&BTreeMap<String, Moment>, &BTreeSet<String>),
        (region, owner): (&Region, &AccountId),
    ) -> Vec<(String, BucketIdentity)> {
        let partition = region.partition();
        let looks = names.into_iter().map(|text| async move {
            let name: BucketName = text.parse().ok()?;
            // A source logs only to a bucket in its own Region.
            let is_there = || async {
                matches!(self.presence(region, &name, owner).await, Ok(Presence::There(there)) if there == *region)
            };
            if foreign.contains(&text) {
                let presence = self.presence(region, &name, owner).await;
                let is_lost = matches!(presence, Ok(Presence::Absent));
                return Some((text, if is_lost { BucketIdentity::Lost } else { BucketIdentity::Same }));
            }
            let recognized = match (created.get(&text), self.bucket_created(&name, partition).await) {
                (Some(then), Ok(Seen::Present(now))) if now != *then && has_true_dates(partition) => {
                    BucketIdentity::Lost
                }
                (_, Ok(Seen::Present(_))) => BucketIdentity::Same,
                (_, _) if is_there().await => BucketIdentity::Same,
                (_, Ok(Seen::Absent)) => BucketIdentity::Lost,
                (_, Ok(Seen::Denied(_)) | Err(_)) => BucketIdentity::Unknown,
            };
            Some((text, recognized))
        });
        let looks: Vec<_> = looks.collect();
        stream::iter(looks).buffered(AT_ONCE).filter_map(|look| async { look }).collect().await
    }
}

/// Returns whether the creation date stays the same when the bucket is changed. This is true in us-east-1, and not
/// documented for other partitions (see [`Aws::bucket_created`]).
pub(super) fn has_true_dates(partition: Partition) -> bool {
    partition == Partition::Aws
}
