//! Do other settings of the destination stand against delivery?

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
            format!("a setting is not known: {denial}"),
            "it may stand against delivery, or the bucket may be one that an earlier run left unfinished",
            S3_ACCESS,
            Fix::Nothing,
        )
    }));
    findings.extend(bucket.abac.denial().map(|denial| {
        finding(
            bucket,
            FindingId::SettingUnreadable,
            Severity::Warning,
            format!("whether the bucket has attribute-based access control is not known: {denial}"),
            "where it does, S3 rejects `PutBucketTagging`, and tags are added with `s3:TagResource`",
            ABAC,
            Fix::Nothing,
        )
    }));
    findings.extend(bucket.versioning.denial().map(|denial| {
        finding(
            bucket,
            FindingId::SettingUnreadable,
            Severity::Warning,
            format!("whether the bucket keeps versions is not known: {denial}"),
            "where it does, logs that expire stay as noncurrent versions",
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
            "an object of the service proves that it is allowed only if it is newer than the last change",
            EVENTS,
            Fix::Nothing,
        )
    }));
    findings
}

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
        what: format!("prefix `{prefix}` has no `/` at its end"),
        why: "keys then begin with it as plain text, beside those of any other prefix that begins alike".to_owned(),
        page: S3_ACCESS,
        fix: Fix::Nothing,
    })
}

/// Where AWS says nothing of Object Lock, an upload that a default
/// retention applies to needs a checksum, and whether the services send one is not documented.
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
            "an upload under a default retention needs a checksum; that the service sends one is not documented",
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
            Fix::Steps(vec![PlannedStep::sets(step, "requests of others to the bucket are then charged to its owner")]),
        ),
        None => finding(
            bucket,
            FindingId::RequesterPays,
            Severity::Warning,
            what,
            "whether the log service agrees to pay is not documented",
            REQUESTER,
            Fix::Nothing,
        ),
    })
}

/// Logs arrive nevertheless, and the log of the destination is somebody's: it is not turned off. What goes round already is left as it
/// is, and nothing is made to go round.
fn logged(world: &World<'_>, bucket: &Bucket) -> Option<Finding> {
    let logging = bucket.logging.present().filter(|_| world.facts().destination.loops == Loops::Endless)?;
    if let Some(source) = world.observed.sources.iter().find(|source| source.name() == logging.bucket) {
        let logs = Attachment::asked_of(source, &world.request.kind);
        let goes_round =
            logs.iter().any(|log| log.target.present().is_some_and(|target| target.bucket == bucket.name.as_str()));
        let looped = looped(bucket, &logging.bucket);
        if goes_round {
            return Some(looped);
        }
        let hint = format!("name a bucket that does not log to `{}`", source.name());
        return Some(Finding { severity: Severity::Error, fix: Fix::Impossible(hint), ..looped });
    }
    Some(finding(
        bucket,
        FindingId::DestinationLogged,
        Severity::Warning,
        format!("`{}` itself writes access logs to `{}`", bucket.name, logging.bucket),
        "AWS advises against logging a destination of S3 access logs: each delivery makes more logs",
        S3_ACCESS,
        Fix::Nothing,
    ))
}

/// A source that logs to the destination is where the destination logs to: itself, or the other of two.
fn looped(bucket: &Bucket, source: &str) -> Finding {
    let name = bucket.name.as_str();
    let (what, other) = if name == source {
        (format!("`{name}` logs to itself"), "it")
    } else {
        (format!("`{source}` and `{name}` log to each other"), "one of them")
    };
    let why = format!(
        "each delivered log creates another log, endlessly, and you pay for all of them: let {other} log to a bucket that does not log back"
    );
    finding(bucket, FindingId::LogLoop, Severity::Warning, what, &why, S3_ACCESS, Fix::Nothing)
}

/// Grants to others in the configuration of a log, which S3 takes only for a bucket with ACLs. Whether logs stop is not documented.
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
            "such a bucket does not support target grants: grant readers access by the bucket policy instead",
            PUT_LOGGING,
            Fix::Nothing,
        )
    };
    world.observed.sources.iter().filter(has_grants).map(told).collect()
}

/// Without owner enforcement an object could belong to the service's account; the services say otherwise by ACL, so this is
/// worth a word and no change.
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
            format!("`{}` lets writers own their objects", bucket.name),
            "logs belong to the log service's account; the bucket's owner may read them only by the ACL that the service sets",
            OWNERSHIP,
            Fix::Nothing,
        )
    })
}
