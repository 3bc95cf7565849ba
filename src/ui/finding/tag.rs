//! Sentences about the requested tags.

use std::collections::BTreeMap;
use std::ffi::OsStr;

use serde_json::{Value, json};

use crate::plan::{TagCommand, TagFinding};
use crate::request::shell_word;

use super::{Audience, Sentences};

pub(super) fn sentences(kind: &TagFinding, bucket: &str, audience: Audience) -> Sentences {
    // The wizard asks for no tags, so they come from flags in any case.
    let asked = audience.pick("`--tag` asks for it", "you asked for it when you started the wizard");
    match kind {
        TagFinding::Unreadable(denial) => Sentences::new(format!("the tags are unknown: {denial}"), asked)
            .hinted(format!("allow `{}`, or omit `--tag`", denial.action)),
        TagFinding::TooMany { count, limit } => {
            Sentences::new(format!("the bucket would have {count} tags; the limit is {limit}"), "S3 rejects more")
                .hinted(format!("omit some `--tag`, or remove unused tags from `{bucket}`"))
        }
        TagFinding::Abac(command) => Sentences::new(
            format!("attribute-based access control (ABAC) is on for `{bucket}`, so S3 rejects `PutBucketTagging`"),
            "tags can only be added to such a bucket with S3 Control's `s3:TagResource`, which logbucket does not call",
        )
        .hinted(format!("add them with {}, or omit `--tag`", tag_resource(command))),
        TagFinding::Differ { missing, present } => {
            let what = match (missing.is_empty(), present.is_empty()) {
                (false, true) => format!("`{bucket}` lacks {}", listed(missing)),
                (true, _) => format!("`{bucket}` has {}", listed(present)),
                (false, false) => format!("`{bucket}` lacks {} and has {}", listed(missing), listed(present)),
            };
            Sentences::new(what, asked)
        }
    }
}

/// Returns the command that adds the missing tags.
fn tag_resource(command: &TagCommand) -> String {
    let TagCommand { account, region, bucket_arn, tags } = command;
    let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    let tags = Value::Array(tags).to_string();
    let tags = shell_word(OsStr::new(&tags)).unwrap_or(tags);
    format!(
        "`aws s3control tag-resource --account-id {account} --region {region} --resource-arn {bucket_arn} --tags {tags}`"
    )
}

pub(in crate::ui) fn listed(tags: &BTreeMap<String, String>) -> String {
    tags.iter().map(|(key, value)| format!("`{key}={value}`")).collect::<Vec<_>>().join(", ")
}
