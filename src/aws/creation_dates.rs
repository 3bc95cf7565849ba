//! When buckets were created: what distinguishes a bucket from another of its name.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt as _};

use crate::model::{BucketName, Moment, Partition, Seen};
use crate::plan::Plan;
use crate::producer::{Source, SourceKind};

use super::account::BUCKETS;
use super::connect::Aws;
use super::error::AwsError;
use super::listing::Next;
use super::observe::AT_ONCE;

impl Aws {
    /// When a bucket of the caller's account was created; absent where the account has none of that name.
    ///
    /// The Region that is asked matters: in us-east-1 `CreationDate` is when the bucket was created, elsewhere it may be when
    /// it was last changed (<https://github.com/aws/aws-cli/issues/3597>, <https://github.com/nccgroup/ScoutSuite/pull/926>;
    /// AWS says only that it "can change", <https://docs.aws.amazon.com/AmazonS3/latest/API/API_Bucket.html>). What the other
    /// partitions do is not documented.
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

    /// When the sources were created that are buckets and that the plan attaches; without those that can't be listed.
    pub async fn sources_created(&self, plan: &Plan, sources: &[Source]) -> BTreeMap<String, Moment> {
        if !plan.steps.iter().any(|planned| planned.step.attaches()) {
            return BTreeMap::new();
        }
        let buckets = sources.iter().filter(|source| source.kind() == SourceKind::Bucket);
        let names = buckets.filter_map(|source| source.name().parse::<BucketName>().ok());
        self.created_at(names, plan.caller.partition).await
    }

    /// The buckets of these that were created again since: another bucket has the name.
    pub async fn created_again(&self, then: &BTreeMap<String, Moment>, partition: Partition) -> Vec<String> {
        if !has_true_dates(partition) {
            return Vec::new();
        }
        let names = then.keys().filter_map(|name| name.parse().ok());
        let now = self.created_at(names, partition).await;
        let is_another = |(name, then): &(&String, &Moment)| now.get(*name).is_some_and(|now| now != *then);
        then.iter().filter(is_another).map(|(name, _)| name.clone()).collect()
    }

    /// When these buckets were created; without those that can't be listed.
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

/// Whether the creation date stays as it is when somebody changes the bucket: true in us-east-1, not documented of the other
/// partitions (see [`Aws::bucket_created`]).
pub(super) fn has_true_dates(partition: Partition) -> bool {
    partition == Partition::Aws
}
