//! Are the tags there that were asked for?

use std::collections::BTreeMap;

use crate::plan::step::TARGET_TAG;
use crate::plan::world::World;
use crate::plan::{Cure, Finding, FindingId, PlannedStep, Severity, Step};
use crate::state::Seen;

const TAGGING: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html";

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let ours = (TARGET_TAG.to_owned(), "destination".to_owned());
    let asked = world.request.tags.clone().into_iter();
    let finding = |what: String, cure| Finding {
        id: FindingId::Tags,
        severity: Severity::Wanted,
        subject: world.place.bucket.to_string(),
        what,
        why: "tags say whose a bucket is, and mark it as a log destination".to_owned(),
        page: TAGGING,
        cure,
    };
    let put = |before: Option<BTreeMap<String, String>>, tags: BTreeMap<String, String>| Step::PutBucketTags {
        bucket: world.place.bucket.clone(),
        before,
        tags,
    };
    let Some(bucket) = world.bucket() else {
        let all: BTreeMap<String, String> = asked.chain([ours]).collect();
        let step = PlannedStep::adds(put(None, all), "none");
        return vec![finding("a new bucket is tagged".to_owned(), Cure::Steps(vec![step]))];
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
    let replaced: Vec<&String> = world
        .request
        .tags
        .iter()
        .filter(|(key, value)| present.get(*key).is_some_and(|old| old != *value))
        .map(|(key, _)| key)
        .collect();
    let mut all = present.clone();
    all.extend(asked);
    if all == present {
        return Vec::new();
    }
    let step = if replaced.is_empty() {
        PlannedStep::adds(put(Some(present), all), "none: the other tags stay")
    } else {
        let keys: Vec<&str> = replaced.into_iter().map(String::as_str).collect();
        PlannedStep::replaces(put(Some(present), all), format!("the value of {} is another today", keys.join(", ")))
    };
    vec![finding("tags that were asked for are missing".to_owned(), Cure::Steps(vec![step]))]
}
