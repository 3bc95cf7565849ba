//! Do other settings of the destination block delivery?

use crate::model::{Denial, Seen};
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, Hint, PlannedStep, Risk, SettingFinding, Step};
use crate::producer::{AclWay, Attachment, Loops, ObjectOwner, PrefixRule, Source};
use crate::state::{Bucket, Ownership, Payer};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = prefix(context).into_iter().collect();
    let Some(bucket) = context.bucket() else { return findings };
    findings.extend(
        [lock(context, bucket), payer(context, bucket), logged(context, bucket), ownership(context, bucket)]
            .into_iter()
            .flatten(),
    );
    findings.extend(target_grants(context, bucket));
    let denials = [
        bucket.object_lock.denial(),
        bucket.payer.denial(),
        bucket.ownership.denial(),
        bucket.tags.denial(),
        bucket.logging.denial().filter(|_| context.facts().destination.loops == Loops::Endless),
    ];
    let note = |kind: SettingFinding| Finding::new(bucket.name.as_str(), kind, Fix::Nothing);
    let of = |denial: Option<&Denial>, kind: fn(Denial) -> SettingFinding| denial.cloned().map(kind).map(note);
    findings.extend(denials.into_iter().filter_map(|denial| of(denial, SettingFinding::Unreadable)));
    findings.extend(of(bucket.abac.denial(), SettingFinding::AbacUnreadable));
    findings.extend(of(bucket.versioning.denial(), SettingFinding::VersioningUnreadable));
    findings.extend(context.observed.unread_history.clone().map(SettingFinding::HistoryUnreadable).map(note));
    findings
}

fn prefix(context: &PlanContext<'_>) -> Option<Finding> {
    let prefix = context.destination.prefix.as_str();
    if context.facts().prefix != PrefixRule::Text {
        return None;
    }
    let is_bare = !prefix.is_empty() && !prefix.ends_with('/');
    let kind = if prefix.starts_with('/') || prefix.contains("//") {
        SettingFinding::UnnamedFolder { prefix: prefix.to_owned() }
    } else if is_bare {
        SettingFinding::NoFolder { prefix: prefix.to_owned() }
    } else {
        return None;
    };
    Some(Finding::new(context.destination.bucket.as_str(), kind, Fix::Nothing))
}

/// If AWS says nothing about Object Lock for these logs, a default retention may block them. Uploads then need a
/// checksum, and AWS does not document whether the services send one.
fn lock(context: &PlanContext<'_>, bucket: &Bucket) -> Option<Finding> {
    let retention = bucket.object_lock.present()?.default_retention.clone();
    let refusal = context.facts().destination.object_lock;
    let fix = match (refusal, &retention) {
        (Some(_), _) => Fix::Impossible(Hint::OfKind),
        (None, Some(_)) => Fix::Nothing,
        (None, None) => return None,
    };
    Some(Finding::new(bucket.name.as_str(), SettingFinding::ObjectLock { retention, refusal }, fix))
}

fn payer(context: &PlanContext<'_>, bucket: &Bucket) -> Option<Finding> {
    if bucket.payer.present() != Some(&Payer::Requester) {
        return None;
    }
    let refusal = context.facts().destination.requester_pays;
    let fix = if refusal.is_some() {
        let step = Step::LetOwnerPay { bucket: bucket.name.clone() };
        Fix::Steps(vec![PlannedStep::sets(step, Risk::OwnerPays)])
    } else {
        Fix::Nothing
    };
    Some(Finding::new(bucket.name.as_str(), SettingFinding::RequesterPays { refusal }, fix))
}

/// The destination's own log stays on, because logs still arrive and someone turned it on. An existing loop stays as it
/// is, and no new loop is created.
fn logged(context: &PlanContext<'_>, bucket: &Bucket) -> Option<Finding> {
    let logging = bucket.logging.present().filter(|_| context.facts().destination.loops == Loops::Endless)?;
    // The chain was not read again if the destination's own log was changed since.
    let chain = Some(&logging.bucket).into_iter().chain(bucket.logs_on.iter().filter(|next| **next != logging.bucket));
    let chain: Vec<&str> = chain.map(String::as_str).collect();
    let leads_to = |source: &&Source| chain.contains(&source.name());
    if let Some(source) = context.observed.sources.iter().find(leads_to) {
        let logs = Attachment::selected_by(source, &context.request.kind);
        let goes_round =
            logs.iter().any(|log| log.target.present().is_some_and(|target| target.bucket == bucket.name.as_str()));
        let name = source.name().to_owned();
        let between = chain.iter().take_while(|next| **next != name).map(|next| (*next).to_owned()).collect();
        let (kind, fix) = if goes_round {
            (SettingFinding::Loop { source: name, between }, Fix::Nothing)
        } else {
            (SettingFinding::NewLoop { source: name, between }, Fix::Impossible(Hint::OfKind))
        };
        return Some(Finding::new(bucket.name.as_str(), kind, fix));
    }
    let kind = SettingFinding::Logged { to: logging.bucket.clone() };
    Some(Finding::new(bucket.name.as_str(), kind, Fix::Nothing))
}

/// Finds target grants in a log's configuration. S3 only accepts target grants for a bucket with ACLs enabled. AWS does
/// not document whether logs stop if ACLs are disabled.
fn target_grants(context: &PlanContext<'_>, bucket: &Bucket) -> Vec<Finding> {
    let by_acl = context.facts().destination.acl == AclWay::LogDeliveryGroup;
    if !by_acl || bucket.ownership != Seen::Present(Ownership::BucketOwnerEnforced) {
        return Vec::new();
    }
    let has_grants = |source: &&Source| source.has_target_grants(bucket.name.as_str());
    let noted = |source: &Source| {
        let kind = SettingFinding::TargetGrants { source: source.name().to_owned() };
        Finding::new(bucket.name.as_str(), kind, Fix::Nothing)
    };
    context.observed.sources.iter().filter(has_grants).map(noted).collect()
}

/// Without owner enforcement, an object could belong to the service's account. The services set an ACL that lets the
/// bucket's owner read the object, so this is only a warning.
fn ownership(context: &PlanContext<'_>, bucket: &Bucket) -> Option<Finding> {
    let writer_owns = match &bucket.ownership {
        Seen::Present(ownership) => *ownership == Ownership::ObjectWriter,
        Seen::Absent => true,
        Seen::Denied(_) => false,
    };
    let keeps_it = context.facts().destination.owner == ObjectOwner::Writer;
    (writer_owns && keeps_it).then(|| Finding::new(bucket.name.as_str(), SettingFinding::Ownership, Fix::Nothing))
}
