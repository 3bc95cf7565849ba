//! Does the bucket have the requested tags?

use std::collections::BTreeMap;

use crate::model::Seen;
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, Hint, PlannedStep, Risk, Step, TagCommand, TagFinding};
use crate::state::Abac;

/// The maximum number of tags of a bucket, without AWS's own tags
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html>).
const MOST_TAGS: usize = 50;

/// Sends AWS's own tags (`aws:cloudformation:...`) unchanged with the others, because S3 replaces the whole set. S3
/// refuses a set without AWS's own tags with `InvalidTag`, *System tags cannot be removed by requester*. S3 was seen to
/// accept a set that contains them unchanged (<https://github.com/cloud-custodian/cloud-custodian/issues/2834>, and its
/// fix 2861). Terraform's provider also sends them. No AWS page documents this behavior. Before August 2018, S3 behaved
/// the other way around.
pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let refuse =
        |kind: TagFinding| vec![Finding::new(context.destination.bucket.as_str(), kind, Fix::Impossible(Hint::OfKind))];
    let too_many = |count: usize| refuse(TagFinding::TooMany { count, limit: MOST_TAGS });
    // A new bucket gets its tags from the call that creates it, including the run's own tag.
    let Some(bucket) = context.bucket() else {
        let count = context.request.tags.len() + 1;
        return if count > MOST_TAGS { too_many(count) } else { Vec::new() };
    };
    let asked = context.request.tags.clone().into_iter();
    let put = |before: BTreeMap<String, String>, tags: BTreeMap<String, String>| Step::PutBucketTags {
        bucket: context.destination.bucket.clone(),
        before,
        tags,
    };
    let present = match &bucket.tags {
        Seen::Present(tags) => tags.clone(),
        Seen::Absent => BTreeMap::new(),
        Seen::Denied(_) if context.request.tags.is_empty() => return Vec::new(),
        Seen::Denied(denial) => return refuse(TagFinding::Unreadable(denial.clone())),
    };
    let (replaced, missing): (BTreeMap<String, String>, BTreeMap<String, String>) = context
        .request
        .tags
        .clone()
        .into_iter()
        .filter(|(key, value)| present.get(key) != Some(value))
        .partition(|(key, _)| present.contains_key(key));
    let today: BTreeMap<String, String> =
        present.clone().into_iter().filter(|(key, _)| replaced.contains_key(key)).collect();
    let mut all = present.clone();
    all.extend(asked);
    if all == present {
        return Vec::new();
    }
    if bucket.abac.present() == Some(&Abac::Enabled) {
        let new = all.into_iter().filter(|(key, value)| present.get(key) != Some(value)).collect();
        return refuse(TagFinding::Abac(TagCommand {
            account: context.destination.owner.clone(),
            region: context.destination.region.clone(),
            bucket_arn: context.destination.bucket_arn(),
            tags: new,
        }));
    }
    let count = all.keys().filter(|key| !key.starts_with("aws:")).count();
    if count > MOST_TAGS {
        return too_many(count);
    }
    let step = PlannedStep::sets(put(present, all), Risk::Tags { replaced: today.clone() });
    let kind = TagFinding::Differ { missing, present: today };
    vec![Finding::new(context.destination.bucket.as_str(), kind, Fix::Steps(vec![step]))]
}
