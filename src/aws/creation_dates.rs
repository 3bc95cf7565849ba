//! When buckets were created, which distinguishes a bucket from another with its name.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _};

use crate::model::{AccountId, BucketName, Moment, Partition, Region, Seen};
use crate::plan::{Plan, Setting};
use crate::producer::{Source, SourceKind};

use super::account::BUCKETS;
use super::connect::Aws;
use super::error::AwsError;
use super::listing::Next;
use super::observe::AT_ONCE;
use super::survey::Presence;

impl Aws {
    /// Returns when a bucket of the caller's account was created. `Absent` if the account has no bucket with that name.
    ///
    /// The Region of the request matters: in us-east-1, `CreationDate` is when the bucket was created; elsewhere it may
    /// be when it was last changed (<https://github.com/aws/aws-cli/issues/3597>,
    /// <https://github.com/nccgroup/ScoutSuite/pull/926>; AWS says only that it "can change",
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html>). The behavior in other partitions is not
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

    /// Returns when the source buckets that the plan attaches, and the buckets that they logged to before, were
    /// created. Omits those that can't be listed.
    pub async fn buckets_created(&self, plan: &Plan, sources: &[Source]) -> BTreeMap<String, Moment> {
        if !plan.steps.iter().any(|planned| planned.step.attaches()) {
            return BTreeMap::new();
        }
        let buckets = sources.iter().filter(|source| source.kind() == SourceKind::Bucket);
        let overwrites = plan.steps.iter().filter_map(|planned| planned.step.overwrites(None));
        let former: Vec<Setting> = overwrites.filter_map(|overwrite| overwrite.before).collect();
        let former = former.iter().filter_map(|value| match value {
            Setting::Source(value) => Some(value.targets()),
            Setting::Encryption(_)
            | Setting::Expiration(_)
            | Setting::Payer(_)
            | Setting::Policy(_)
            | Setting::Tags(_) => None,
        });
        let names: BTreeSet<BucketName> =
            buckets.map(Source::name).chain(former.flatten()).filter_map(|name| name.parse().ok()).collect();
        self.created_at(names.into_iter(), plan.caller.partition).await
    }

    /// Returns those of these buckets whose name now belongs to another bucket: it was created again, or refuses the
    /// account.
    pub async fn created_again(
        &self,
        then: &BTreeMap<String, Moment>,
        (region, owner): (&Region, &AccountId),
    ) -> Vec<String> {
        let partition = region.partition();
        let looks = then.iter().map(|(text, then)| async move {
            let name: BucketName = text.parse().ok()?;
            let is_another = match self.bucket_created(&name, partition).await.ok()? {
                Seen::Present(now) => now != *then && has_true_dates(partition),
                Seen::Absent => matches!(self.presence(region, &name, owner).await, Ok(Presence::Refused)),
                Seen::Denied(_) => false,
            };
            is_another.then(|| text.clone())
        });
        let looks: Vec<_> = looks.collect();
        stream::iter(looks).buffered(AT_ONCE).filter_map(|name| async { name }).collect().await
    }

    /// Returns when these buckets were created. Omits those that can't be listed.
    async fn created_at(
        &self,
        names: impl Iterator<Item = BucketName>,
        partition: Partition,
    ) -> BTreeMap<String, Moment> {
        let reads = names.map(|name| async move {
            let created = self.bucket_created(&name, partition).await.ok()?;
            Some((name.to_string(), *created.present()?))
        });
        let reads: Vec<_> = reads.collect();
        stream::iter(reads).buffer_unordered(AT_ONCE).filter_map(|read| async { read }).collect().await
    }
}

/// Returns whether the creation date stays the same when the bucket is changed: true in us-east-1, not documented for
/// other partitions (see [`Aws::bucket_created`]).
pub(super) fn has_true_dates(partition: Partition) -> bool {
    partition == Partition::Aws
}
