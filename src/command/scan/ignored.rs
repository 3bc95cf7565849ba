//! Sources that say by a tag that they are to be ignored.
//!
//! Tags cost requests, so they are read only of the sources whose logs make something to report; `--tag` and `--not-tag` read
//! them of every source before.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};

use crate::aws::{Aws, AwsError};
use crate::cli::FailOn;
use crate::command::verdict::fails_on;
use crate::health::{Diagnosis, Health, Ignored};
use crate::model::{BucketName, Region, Seen};
use crate::producer::{LoadBalancer, Source};
use crate::state::Identity;

use super::scope::is_ignored;
use super::so_far::SoFar;

/// Requests for tags at once, as many as the pace of the run lets through.
const AT_ONCE: usize = 16;

/// Takes the sources that are to be ignored out of what is reported, and counts them. What can't be read ignores nothing.
pub(super) async fn leave_out_ignored(
    aws: &Aws,
    caller: &Identity,
    fail_on: &[FailOn],
    so_far: &SoFar,
) -> Result<(), AwsError> {
    let is_reported = |diagnosis: &Diagnosis| {
        let is_wrong = matches!(diagnosis.health, Health::Dead | Health::CannotKnow(_)) || diagnosis.is_loop();
        is_wrong || fails_on(fail_on, diagnosis)
    };
    let (mut balancers, mut buckets) = (BTreeMap::<Region, Vec<LoadBalancer>>::new(), Vec::new());
    for source in so_far.sources(is_reported) {
        match source {
            Source::LoadBalancer(balancer) => balancers.entry(balancer.region.clone()).or_default().push(balancer),
            Source::Bucket(bucket) => buckets.push(bucket),
        }
    }
    let of_balancers = stream::iter(balancers).map(|(region, balancers)| async move {
        let tags = known(aws.load_balancer_tags(&region, &balancers).await)?.unwrap_or_default();
        let ignored = tags.into_iter().filter(|(_, tags)| is_ignored(tags)).map(|(arn, _)| arn);
        Ok::<_, AwsError>(ignored.collect::<BTreeSet<_>>())
    });
    let of_buckets = stream::iter(buckets).map(|bucket| async move {
        let name: &BucketName = &bucket.name;
        let tags = known(aws.bucket_tags(&bucket.region, name, &caller.account).await)?.unwrap_or_default();
        Ok::<_, AwsError>(is_ignored(&tags).then(|| Source::Bucket(bucket).arn()).into_iter().collect::<BTreeSet<_>>())
    });
    let of_balancers: Vec<BTreeSet<String>> = of_balancers.buffer_unordered(AT_ONCE).try_collect().await?;
    let of_buckets: Vec<BTreeSet<String>> = of_buckets.buffer_unordered(AT_ONCE).try_collect().await?;
    let arns: BTreeSet<String> = of_balancers.into_iter().chain(of_buckets).flatten().collect();
    so_far.forget(&arns);
    so_far.ignored(Ignored { by_own_tag: arns.len(), ..Ignored::default() });
    Ok(())
}

/// What was read; a failure that does not lie with the caller is the trouble of this one read.
fn known<T>(read: Result<Seen<T>, AwsError>) -> Result<Option<T>, AwsError> {
    match read {
        Ok(Seen::Present(read)) => Ok(Some(read)),
        Err(error) if error.cause.is_of_the_caller() => Err(error),
        Ok(Seen::Absent | Seen::Denied(_)) | Err(_) => Ok(None),
    }
}
