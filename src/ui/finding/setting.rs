//! Sentences about the destination's other settings.

use crate::plan::SettingFinding;

use super::{Sentences, listed};

pub(super) fn sentences(kind: &SettingFinding, bucket: &str) -> Sentences {
    match kind {
        SettingFinding::UnnamedFolder { prefix } => unnamed_folder(prefix),
        SettingFinding::NoFolder { prefix } => Sentences::new(
            format!("prefix `{prefix}` does not end with `/`"),
            "such a prefix is not a folder: its keys mix with the keys of longer prefixes that begin with it",
        ),
        SettingFinding::ObjectLock { retention, refusal } => {
            let retention = retention.as_ref().map(|words| format!(" ({words})")).unwrap_or_default();
            let undocumented = "with a default retention, each upload needs a checksum; AWS does not document whether the service sends one";
            Sentences::new(
                format!("`{bucket}` has Object Lock{retention}"),
                refusal.map_or(undocumented, |refusal| refusal.why),
            )
            .hinted("name another bucket")
        }
        SettingFinding::RequesterPays { refusal } => Sentences::new(
            format!("`{bucket}` is a Requester Pays bucket"),
            refusal
                .map_or("AWS does not document whether the log service pays for its requests", |refusal| refusal.why),
        ),
        SettingFinding::Logged { to } => Sentences::new(
            format!("`{bucket}` itself writes access logs to `{to}`"),
            "AWS advises against logging a destination of S3 access logs: each delivery creates more logs",
        ),
        SettingFinding::LogsToItself => Sentences::new(
            format!("`{bucket}` writes its own access logs to `{bucket}`"),
            "each delivery creates more logs",
        ),
        SettingFinding::Loop { source, between } | SettingFinding::NewLoop { source, between } => {
            looped(bucket, source, between)
        }
        SettingFinding::Circle { buckets } => circle(buckets),
        SettingFinding::TargetGrants { source } => Sentences::new(
            format!("`{source}` logs with target grants, and `{bucket}` has ACLs disabled (BucketOwnerEnforced)"),
            "such a bucket does not support target grants: grant readers access in the bucket policy instead",
        ),
        SettingFinding::Ownership => Sentences::new(
            format!("in `{bucket}`, writers own their objects"),
            "logs belong to the log service's account; the bucket's owner can only read them through the ACL that the service sets",
        ),
        SettingFinding::PublicPolicy { statements } => {
            let Public { noun, names, allow } = Public::new(statements);
            Sentences::new(
                format!("`{bucket}` has `BlockPublicPolicy` on, and {noun} {names} of its policy {allow} public access"),
                PUBLIC,
            )
            .hinted(format!(
                "remove {noun} {names} from the bucket policy, or restrict access, for example to `aws:SourceAccount`; then run again"
            ))
        }
        SettingFinding::BlockUnreadable { statements, denial } => {
            let Public { noun, names, allow } = Public::new(statements);
            Sentences::new(
                format!(
                    "{noun} {names} of the bucket policy {allow} public access, and Block Public Access is unknown: {denial}"
                ),
                PUBLIC,
            )
        }
        SettingFinding::Unreadable(denial) => Sentences::new(
            format!("a setting is unknown: {denial}"),
            "the setting may block delivery, or show that an earlier run did not finish setting up this bucket",
        ),
        SettingFinding::AbacUnreadable(denial) => Sentences::new(
            format!("could not tell whether the bucket has attribute-based access control (ABAC): {denial}"),
            "if it does, S3 rejects `PutBucketTagging`, and tags must be added with `s3:TagResource`",
        ),
        SettingFinding::VersioningUnreadable(denial) => Sentences::new(
            format!("could not tell whether the bucket is versioned: {denial}"),
            "if it is, expired logs stay as noncurrent versions",
        ),
        SettingFinding::HistoryUnreadable(why) => Sentences::new(
            why.as_str(),
            "an object from the service proves that the service is allowed only if the object is newer than the last \
             change",
        ),
    }
}

const PUBLIC: &str = "S3 rejects every new bucket policy that allows public access while `BlockPublicPolicy` is on";

/// Public statements, as parts of a sentence.
struct Public {
    noun: &'static str,
    names: String,
    allow: &'static str,
}

impl Public {
    fn new(statements: &[String]) -> Self {
        let (noun, allow) = if statements.len() == 1 { ("statement", "allows") } else { ("statements", "allow") };
        Self { noun, names: listed(statements), allow }
    }
}

fn unnamed_folder(prefix: &str) -> Sentences {
    let place = if prefix.starts_with('/') { "begins with `/`" } else { "contains `//`" };
    let rest: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
    let slash = if prefix.ends_with('/') && !rest.is_empty() { "/" } else { "" };
    Sentences::new(
        format!("prefix `{prefix}` {place}"),
        format!(
            "S3 keeps the prefix literally: the console shows a folder with an empty name, and `s3://BUCKET/logs/` does not find the logs; use `{}{slash}`",
            rest.join("/")
        ),
    )
}

fn looped(bucket: &str, source: &str, between: &[String]) -> Sentences {
    let (what, other) = if bucket == source {
        (format!("`{bucket}` logs to itself"), "it")
    } else if between.is_empty() {
        (format!("`{source}` and `{bucket}` log to each other"), "one of them")
    } else {
        let steps: Vec<String> = between.iter().map(|next| format!("`{next}`")).collect();
        let steps = steps.join(", which logs to ");
        let what = format!(
            "access logs form a loop: `{source}` logs to `{bucket}`, which logs to {steps}, which logs to `{source}`"
        );
        (what, "one of them")
    };
    let why = format!(
        "each delivered log creates another log, endlessly, and you pay for all of them; make {other} log to a bucket that does not log back"
    );
    Sentences::new(what, why).hinted(format!("name a bucket whose own access logs don't lead to `{source}`"))
}

/// The maximum number of buckets of a circle that are named.
const NAMED: usize = 6;

fn circle(buckets: &[String]) -> Sentences {
    let next = buckets.iter().skip(1).chain(buckets.first());
    let steps: Vec<String> = next.take(NAMED).map(|name| format!("`{name}`")).collect();
    let rest = match buckets.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(", and so on ({more} more)"),
    };
    let source = buckets.first().map(String::as_str).unwrap_or_default();
    Sentences::new(
        format!("access logs form a loop: `{source}` logs to {}{rest}", steps.join(", which logs to ")),
        "each delivered log creates another log, endlessly, and you pay for all of them; make one of the buckets \
         log to a bucket that has no access logs",
    )
}
