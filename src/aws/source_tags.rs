//! The tags of sources, by which it is known who else manages them.
//!
//! They are for a warning: what can't be read, for whatever reason that isn't the caller's, is as good as denied and stops
//! no run.

use std::collections::BTreeMap;

use aws_sdk_elasticloadbalancingv2::Client as LoadBalancers;
use aws_sdk_s3::Client as S3;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::model::{AccountId, BucketName, Seen};
use crate::producer::{LoadBalancer, Source};
use crate::state::{Identity, SourceTags};

use super::error::AwsError;
use super::observe::AT_ONCE;
use super::read_load_balancers::or_denied;
use super::session::Session;
use super::{read_destination, read_load_balancers};

type Tags = BTreeMap<String, String>;

/// The tags of load balancers of one Region.
pub(super) async fn of_load_balancers(
    client: &LoadBalancers,
    balancers: &[LoadBalancer],
) -> Result<SourceTags, AwsError> {
    let resource = balancers.first().map(|balancer| balancer.arn.to_string()).unwrap_or_default();
    let read = read_load_balancers::tags(client, balancers).await;
    let read = or_denied(read, "elasticloadbalancing:DescribeTags", &resource)?;
    let of_one = |balancer: &LoadBalancer| match &read {
        Seen::Present(all) => {
            all.get(&balancer.arn.to_string()).map_or(Seen::Absent, |tags| Seen::Present(tags.clone()))
        }
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial.clone()),
    };
    Ok(balancers.iter().map(|balancer| (balancer.name.clone(), of_one(balancer))).collect())
}

/// The tags of a bucket.
pub(super) async fn of_bucket(client: &S3, name: &BucketName, owner: &AccountId) -> Result<Seen<Tags>, AwsError> {
    or_denied(read_destination::tags(client, name, owner).await, "s3:GetBucketTagging", name.as_str())
}

/// The tags of sources that are known already: load balancers of one Region, or buckets.
pub(super) async fn of(session: &Session, caller: &Identity, sources: &[Source]) -> Result<SourceTags, AwsError> {
    let balancers: Vec<LoadBalancer> = sources
        .iter()
        .filter_map(|source| match source {
            Source::LoadBalancer(balancer) if balancer.account == caller.account => Some(balancer.clone()),
            Source::Bucket(_) | Source::LoadBalancer(_) => None,
        })
        .collect();
    if let Some(first) = balancers.first() {
        return of_load_balancers(&session.elb(&first.region), &balancers).await;
    }
    let buckets = sources.iter().filter_map(|source| match source {
        Source::Bucket(bucket) => Some(bucket),
        Source::LoadBalancer(_) => None,
    });
    let reads: Vec<_> = buckets
        .map(|bucket| async {
            let tags = of_bucket(&session.s3(&bucket.region), &bucket.name, &caller.account).await?;
            Ok::<_, AwsError>((bucket.name.to_string(), tags))
        })
        .collect();
    stream::iter(reads).buffered(AT_ONCE).try_collect().await
}
