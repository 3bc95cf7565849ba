//! Do other settings of the destination block delivery?

use crate::model::Seen;
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, PlannedStep, Severity, Step};
use crate::producer::{AclWay, Attachment, Loops, ObjectOwner, PrefixRule, Source};
use crate::state::{Bucket, Ownership, Payer};

const S3_ACCESS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";
const PUT_LOGGING: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html";
const PUT_OBJECT: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html";
const REQUESTER: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html";
const ABAC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html";
const VERSIONS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html";
const EVENTS: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html";
const KEYS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html";
const OWNERSHIP: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html";

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = prefix(world).into_iter().collect();
    let Some(bucket) = world.bucket() else { return findings };
    findings.extend(
        [lock(world, bucket), payer(world, bucket), logged(world, bucket), ownership(world, bucket)]
            .into_iter()
            .flatten(),
    );
    findings.extend(target_grants(world, bucket));
    let denials = [
        bucket.object_lock.denial(),
        bucket.payer.denial(),
        bucket.ownership.denial(),
        bucket.tags.denial(),
        bucket.logging.denial().filter(|_| world.facts().destination.loops == Loops::Endless),
    ];
    findings.extend(denials.into_iter().flatten().map(|denial| {
        finding(
            bucket,
            FindingId::SettingUnreadable,
            Severity::Warning,
            format!("a setting is unknown: {denial}"),
            "the setting may block delivery, or show that an earlier run did not finish setting up this bucket",
            S3_ACCESS,
            Fix::Nothing,
        )
    }));
    findings.extend(bucket.abac.denial().map(|denial| {
        finding(
            bucket,
            FindingId::SettingUnreadable,
            Severity::Warning,
            format!("could not tell whether the bucket has attribute-based access control (ABAC): {denial}"),
            "if it does, S3 rejects `PutBucketTagging`, and tags must be added with `s3:TagResource`",
            ABAC,
            Fix::Nothing,
        )
    }));
    findings.extend(bucket.versioning.denial().map(|denial| {
        finding(
            bucket,
            FindingId::SettingUnreadable,
            Severity::Warning,
            format!("could not tell whether the bucket is versioned: {denial}"),
            "if it is, expired logs stay as noncurrent versions",
            VERSIONS,
            Fix::Nothing,
        )
    }));
    findings.extend(world.observed.unread_history.as_ref().map(|why| {
        finding(
            bucket,
            FindingId::SettingUnreadable,
            Severity::Warning,
            why.clone(),
            "an object from the service proves that the service is allowed only if the object is newer than the last \
             change",
            EVENTS,
            Fix::Nothing,
        )
    }));
    findings
}

#[expect(clippy::too_many_arguments, reason = "the fields of a finding")]
fn finding(
    bucket: &Bucket,
    id: FindingId,
    severity: Severity,
    what: String,
    why: &str,
    page: &'static str,
    fix: Fix,
) -> Finding {
    Finding { id, severity, subject: bucket.name.to_string(), what, why: why.to_owned(), page, fix }
}

fn prefix(world: &World<'_>) -> Option<Finding> {
    let prefix = world.place.prefix.as_str();
    if world.facts().prefix != PrefixRule::Text {
        return None;
    }
    if prefix.starts_with('/') || prefix.contains("//") {
        let where_to = if prefix.starts_with('/') { "begins with `/`" } else { "contains `//`" };
        let rest: Vec<&str> = prefix.split('/').filter(|part| !part.is_empty()).collect();
        let slash = if prefix.ends_with('/') && !rest.is_empty() { "/" } else { "" };
        return Some(Finding {
            id: FindingId::PrefixUnnamedFolder,
            severity: Severity::Warning,
            subject: world.place.bucket.to_string(),
            what: format!("prefix `{prefix}` {where_to}"),
            why: format!(
                "S3 keeps the prefix literally: the console shows a folder with an empty name, and `s3://BUCKET/logs/` does not find the logs; use `{}{slash}`",
                rest.join("/")
            ),
            page: KEYS,
            fix: Fix::Nothing,
        });
    }
    let bare = !prefix.is_empty() && !prefix.ends_with('/');
    bare.then(|| Finding {
        id: FindingId::PrefixNoFolder,
        severity: Severity::Warning,
        subject: world.place.bucket.to_string(),
        what: format!("prefix `{prefix}` does not end with `/`"),
        why: "such a prefix is not a folder: its keys mix with the keys of longer prefixes that begin with it"
            .to_owned(),
        page: S3_ACCESS,
        fix: Fix::Nothing,
    })
}

/// If AWS says nothing about Object Lock for these logs, a default retention may block them. Uploads then need a
/// checksum, and AWS does not document whether the services send one.
fn lock(world: &World<'_>, bucket: &Bucket) -> Option<Finding> {
    let lock = bucket.object_lock.present()?;
    let retention = lock.default_retention.as_deref();
    let what = format!(
        "`{}` has Object Lock{}",
        bucket.name,
        retention.map(|words| format!(" ({words})")).unwrap_or_default()
    );
    match (world.facts().destination.object_lock, retention) {
        (Some(refusal), _) => Some(finding(
            bucket,
            FindingId::ObjectLock,
            Severity::Error,
            what,
            refusal.why,
            refusal.page,
            Fix::Impossible("name another bucket".to_owned()),
        )),
        (None, Some(_)) => Some(finding(
            bucket,
            FindingId::ObjectLock,
            Severity::Warning,
            what,
            "with a default retention, each upload needs a checksum; AWS does not document whether the service sends one",
            PUT_OBJECT,
            Fix::Nothing,
        )),
        (None, None) => None,
    }
}

fn payer(world: &World<'_>, bucket: &Bucket) -> Option<Finding> {
    if bucket.payer.present() != Some(&Payer::Requester) {
        return None;
    }
    let what = format!("`{}` is a Requester Pays bucket", bucket.name);
    let step = Step::LetOwnerPay { bucket: bucket.name.clone() };
    Some(match world.facts().destination.requester_pays {
        Some(refusal) => finding(
            bucket,
            FindingId::RequesterPays,
            Severity::Error,
            what,
            refusal.why,
            refusal.page,
            Fix::Steps(vec![PlannedStep::sets(step, "the bucket's owner then pays for everyone's requests to it")]),
        ),
        None => finding(
            bucket,
            FindingId::RequesterPays,
            Severity::Warning,
            what,
            "AWS does not document whether the log service pays for its requests",
            REQUESTER,
            Fix::Nothing,
        ),
    })
}

/// The destination's own log stays on, because logs still arrive and someone turned it on. An existing loop stays as it
/// is, and no new loop is created.
fn logged(world: &World<'_>, bucket: &Bucket) -> Option<Finding> {
    let logging = bucket.logging.present().filter(|_| world.facts().destination.loops == Loops::Endless)?;
    // The chain was not read again if the destination's own log was changed since.
    let chain = Some(&logging.bucket).into_iter().chain(bucket.logs_on.iter().filter(|next| **next != logging.bucket));
    let chain: Vec<&str> = chain.map(String::as_str).collect();
    let leads_to = |source: &&Source| chain.contains(&source.name());
    if let Some(source) = world.observed.sources.iter().find(leads_to) {
        let logs = Attachment::asked_of(source, &world.request.kind);
        let goes_round =
            logs.iter().any(|log| log.target.present().is_some_and(|target| target.bucket == bucket.name.as_str()));
        let looped = looped(bucket, source.name(), &chain);
        if goes_round {
            return Some(looped);
        }
        let hint = format!("name a bucket whose own access logs don't lead to `{}`", source.name());
        return Some(Finding { severity: Severity::Error, fix: Fix::Impossible(hint), ..looped });
    }
    Some(finding(
        bucket,
        FindingId::DestinationLogged,
        Severity::Warning,
        format!("`{}` itself writes access logs to `{}`", bucket.name, logging.bucket),
        "AWS advises against logging a destination of S3 access logs: each delivery creates more logs",
        S3_ACCESS,
        Fix::Nothing,
    ))
}

/// The destination's access logs lead to one of its sources: to itself, to another bucket that logs to the destination,
/// or through other buckets.
fn looped(bucket: &Bucket, source: &str, chain: &[&str]) -> Finding {
    let name = bucket.name.as_str();
    let between: Vec<String> =
        chain.iter().take_while(|next| **next != source).map(|next| format!("`{next}`")).collect();
    let (what, other) = if name == source {
        (format!("`{name}` logs to itself"), "it")
    } else if between.is_empty() {
        (format!("`{source}` and `{name}` log to each other"), "one of them")
    } else {
        let steps = between.join(", which logs to ");
        let what = format!(
            "access logs form a loop: `{source}` logs to `{name}`, which logs to {steps}, which logs to `{source}`"
        );
        (what, "one of them")
    };
    let why = format!(
        "each delivered log creates another log, endlessly, and you pay for all of them; make {other} log to a bucket that does not log back"
    );
    finding(bucket, FindingId::LogLoop, Severity::Warning, what, &why, S3_ACCESS, Fix::Nothing)
}

/// Finds target grants in a log's configuration. S3 only accepts target grants for a bucket with ACLs enabled. AWS does
/// not document whether logs stop if ACLs are disabled.
fn target_grants(world: &World<'_>, bucket: &Bucket) -> Vec<Finding> {
    let by_acl = world.facts().destination.acl == AclWay::LogDeliveryGroup;
    if !by_acl || bucket.ownership != Seen::Present(Ownership::BucketOwnerEnforced) {
        return Vec::new();
    }
    let has_grants = |source: &&Source| source.has_target_grants(bucket.name.as_str());
    let told = |source: &Source| {
        finding(
            bucket,
            FindingId::TargetGrants,
            Severity::Warning,
            format!(
                "`{}` logs with target grants, and `{}` has ACLs disabled (BucketOwnerEnforced)",
                source.name(),
                bucket.name
            ),
            "such a bucket does not support target grants: grant readers access in the bucket policy instead",
            PUT_LOGGING,
            Fix::Nothing,
        )
    };
    world.observed.sources.iter().filter(has_grants).map(told).collect()
}

/// Without owner enforcement, an object could belong to the service's account. The services set an ACL that lets the
/// bucket's owner read the object, so this is only a warning.
fn ownership(world: &World<'_>, bucket: &Bucket) -> Option<Finding> {
    let writer_owns = match &bucket.ownership {
        Seen::Present(ownership) => *ownership == Ownership::ObjectWriter,
        Seen::Absent => true,
        Seen::Denied(_) => false,
    };
    let keeps_it = world.facts().destination.owner == ObjectOwner::Writer;
    (writer_owns && keeps_it).then(|| {
        finding(
            bucket,
            FindingId::Ownership,
            Severity::Warning,
            format!("in `{}`, writers own their objects", bucket.name),
            "logs belong to the log service's account; the bucket's owner can only read them through the ACL that the service sets",
            OWNERSHIP,
            Fix::Nothing,
        )
    })
}
