//! Are the tags there that were asked for?

use std::collections::BTreeMap;

use crate::plan::world::World;
use crate::plan::{Cure, Finding, FindingId, PlannedStep, Severity, Step};
use crate::state::Seen;

const TAGGING: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html";

/// Tags of AWS's own (`aws:cloudformation:...`) are sent along as they were read. S3 takes a whole set, and answers one that
/// lacks them with `InvalidTag`, *System tags cannot be removed by requester*; one that has them unchanged was seen to be taken
/// (<https://github.com/cloud-custodian/cloud-custodian/issues/2834>, and its fix 2861; Terraform's provider sends them, too).
/// No page of AWS says either, and before August 2018 it was the other way around.
pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    // A new bucket gets its tags from the call that creates it.
    let Some(bucket) = world.bucket() else { return Vec::new() };
    let asked = world.request.tags.clone().into_iter();
    let finding = |what: String, cure| Finding {
        id: FindingId::Tags,
        severity: Severity::Wanted,
        subject: world.place.bucket.to_string(),
        what,
        why: "`--tag` asks for it".to_owned(),
        page: TAGGING,
        cure,
    };
    let put = |before: BTreeMap<String, String>, tags: BTreeMap<String, String>| Step::PutBucketTags {
        bucket: world.place.bucket.clone(),
        before,
        tags,
    };
    let present = match &bucket.tags {
        Seen::Present(tags) => tags.clone(),
        Seen::Absent => BTreeMap::new(),
        Seen::Denied(_) if world.request.tags.is_empty() => return Vec::new(),
        Seen::Denied(denial) => {
            let hint = format!("allow `{}`, or leave `--tag` out", denial.action);
            return vec![finding(format!("the tags are not known: {denial}"), Cure::Impossible(hint))];
        }
    };
    let (replaced, missing): (BTreeMap<String, String>, BTreeMap<String, String>) = world
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
    let risk = format!("whatever goes by {} finds another value: policies, bills, reports", listed(&today));
    let step = PlannedStep::sets(put(present, all), risk);
    let bucket = &world.place.bucket;
    let what = match (missing.is_empty(), today.is_empty()) {
        (false, true) => format!("`{bucket}` lacks {}", listed(&missing)),
        (true, _) => format!("`{bucket}` has {}", listed(&today)),
        (false, false) => format!("`{bucket}` lacks {} and has {}", listed(&missing), listed(&today)),
    };
    vec![finding(what, Cure::Steps(vec![step]))]
}

fn listed(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("`{key}={value}`")).collect::<Vec<_>>().join(", ")
}
