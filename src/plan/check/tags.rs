//! Does the bucket have the requested tags?

use std::collections::BTreeMap;
use std::ffi::OsStr;

use serde_json::{Value, json};

use crate::model::Seen;
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, PlannedStep, Severity, Step};
use crate::request::shell_word;
use crate::state::Abac;

/// The maximum number of tags of a bucket, without AWS's own tags
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html>).
const MOST_TAGS: usize = 50;

const ABAC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAbac.html";
const TAGS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html";
const TAGGING: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html";

/// Sends AWS's own tags (`aws:cloudformation:...`) unchanged with the others, because S3 replaces the whole set. S3
/// refuses a set without AWS's own tags with `InvalidTag`, *System tags cannot be removed by requester*. S3 was seen to
/// accept a set that contains them unchanged (<https://github.com/cloud-custodian/cloud-custodian/issues/2834>, and its
/// fix 2861). Terraform's provider also sends them. No AWS page documents this behavior. Before August 2018, S3 behaved
/// the other way around.
pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let finding = |what: String, fix| Finding {
        id: FindingId::Tags,
        severity: Severity::Info,
        subject: world.place.bucket.to_string(),
        what,
        why: "`--tag` asks for it".to_owned(),
        page: TAGGING,
        fix,
    };
    let too_many = |count: usize| {
        let hint = format!("omit some `--tag`, or remove unused tags from `{}`", world.place.bucket);
        let what = format!("the bucket would have {count} tags; the limit is {MOST_TAGS}");
        vec![Finding { page: TAGS, why: "S3 rejects more".to_owned(), ..finding(what, Fix::Impossible(hint)) }]
    };
    // A new bucket gets its tags from the call that creates it, including the run's own tag.
    let Some(bucket) = world.bucket() else {
        let count = world.request.tags.len() + 1;
        return if count > MOST_TAGS { too_many(count) } else { Vec::new() };
    };
    let asked = world.request.tags.clone().into_iter();
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
            let hint = format!("allow `{}`, or omit `--tag`", denial.action);
            return vec![finding(format!("the tags are unknown: {denial}"), Fix::Impossible(hint))];
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
    if bucket.abac.present() == Some(&Abac::Enabled) {
        let what = format!(
            "attribute-based access control (ABAC) is on for `{}`, so S3 rejects `PutBucketTagging`",
            bucket.name
        );
        let why =
            "tags can only be added to such a bucket with S3 Control's `s3:TagResource`, which logbucket does not call";
        let hint = format!("add them with {}, or omit `--tag`", tag_resource(world, &all, &present));
        return vec![Finding { page: ABAC, why: why.to_owned(), ..finding(what, Fix::Impossible(hint)) }];
    }
    let count = all.keys().filter(|key| !key.starts_with("aws:")).count();
    if count > MOST_TAGS {
        return too_many(count);
    }
    let risk = format!("anything that relies on {} sees the new value: policies, bills, reports", listed(&today));
    let step = PlannedStep::sets(put(present, all), risk);
    let bucket = &world.place.bucket;
    let what = match (missing.is_empty(), today.is_empty()) {
        (false, true) => format!("`{bucket}` lacks {}", listed(&missing)),
        (true, _) => format!("`{bucket}` has {}", listed(&today)),
        (false, false) => format!("`{bucket}` lacks {} and has {}", listed(&missing), listed(&today)),
    };
    vec![finding(what, Fix::Steps(vec![step]))]
}

/// Returns the command that adds the missing tags.
fn tag_resource(world: &World<'_>, all: &BTreeMap<String, String>, present: &BTreeMap<String, String>) -> String {
    let new: Vec<Value> = all
        .iter()
        .filter(|(key, value)| present.get(*key) != Some(*value))
        .map(|(key, value)| json!({ "Key": key, "Value": value }))
        .collect();
    let tags = Value::Array(new).to_string();
    let tags = shell_word(OsStr::new(&tags)).unwrap_or(tags);
    let (owner, region, arn) = (&world.place.owner, &world.place.region, world.place.bucket_arn());
    format!("`aws s3control tag-resource --account-id {owner} --region {region} --resource-arn {arn} --tags {tags}`")
}

fn listed(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("`{key}={value}`")).collect::<Vec<_>>().join(", ")
}
