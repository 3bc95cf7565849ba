//! The story of a log that does not arrive, according to `CloudTrail`: who changed what, and when the log stopped.

use crate::iam::Truth;
use crate::model::{Moment, Seen, span};
use crate::plan::{Finding, FindingId, FindingMark, Severity};
use crate::producer::{Attachment, DestinationJudged, Turned};
use crate::state::{BucketState, DestinationState, TrailEvent};

use super::diagnosis::{Diagnosis, Health, diagnose};
use super::evidence::Evidence;

/// A load balancer without traffic writes nothing for hours, so any change within a day after its last object may have
/// stopped the log.
const DAY: i64 = 24 * 60 * 60;

/// Returns the operations whose events can explain a diagnosis.
pub fn operations(diagnosis: &Diagnosis) -> Vec<&'static str> {
    // AWS may have refused the call that attaches, if it checks the destination during that call.
    let may_be_refused = attaches(&diagnosis.attachment, DestinationJudged::InTheCall);
    match diagnosis.health {
        Health::Dead => {
            let causes = causes(diagnosis);
            let of_causes = causes.iter().flat_map(|cause| cause.operations().iter().copied());
            let of_source = causes.iter().filter_map(|cause| moving(*cause, &diagnosis.attachment));
            of_causes.chain(of_source).chain(may_be_refused).collect()
        }
        Health::Off => may_be_refused.into_iter().collect(),
        Health::Unknown(_) | Health::Delivering | Health::Pending(_) | Health::Permitted => Vec::new(),
    }
}

/// Returns the first finding and, for each setting not yet covered, the first that blocks the log. Events about one
/// setting say nothing about another.
fn causes(diagnosis: &Diagnosis) -> Vec<FindingId> {
    let mut causes: Vec<FindingId> = Vec::new();
    for finding in diagnosis.findings.iter().enumerate().filter(|(at, of)| *at == 0 || of.severity() == Severity::Error)
    {
        let new = finding.1.id().operations();
        let is_known = |cause: &FindingId| cause.operations().iter().any(|operation| new.contains(operation));
        if causes.is_empty() || !new.is_empty() && !causes.iter().any(is_known) {
            causes.push(finding.1.id());
        }
    }
    causes
}

/// Returns the operation that attaches the log's source, if AWS checks the destination at the time `judged`.
fn attaches(attachment: &Attachment, judged: DestinationJudged) -> Option<&'static str> {
    let facts = attachment.facts().attachment;
    (facts.destination_judged == judged).then(|| facts.operation())
}

/// Returns the operation that points a source at a destination whose policy does not allow it. `None` if AWS checks the
/// destination during that call: the call would have failed.
fn moving(cause: FindingId, attachment: &Attachment) -> Option<&'static str> {
    attaches(attachment, DestinationJudged::AtDelivery).filter(|_| cause.is(FindingMark::Refusal))
}

/// Explains a diagnosis in a sentence, if the events allow it. `events` are those of the Region, in any order;
/// `delivered` is when the newest object arrived.
pub fn story(
    diagnosis: &Diagnosis,
    state: Option<&DestinationState>,
    events: &[TrailEvent],
    delivered: Option<Moment>,
    now: Moment,
) -> Option<String> {
    let ago = |event: &TrailEvent| format!("{} ago ({})", span(event.at.until(now)), event.at);
    let silent = matches!(diagnosis.health, Health::Dead | Health::Off);
    if let Some(refused) = refused(&diagnosis.attachment, events, delivered).filter(|_| silent) {
        let error = refused.error.as_deref().unwrap_or_default();
        let by = by(refused);
        return Some(format!("{by} tried to turn the log on {}, but AWS refused: {error}", ago(refused)));
    }
    if diagnosis.health != Health::Dead {
        return None;
    }
    let suspects = |cause| {
        let changes = changes(cause, diagnosis, state, events, delivered);
        // The change that blocked the service. If that is uncertain, all changes that could have blocked it.
        let culprit = state.and_then(|state| culprit(cause, diagnosis, state, &changes, delivered));
        culprit.map_or_else(|| suspects(changes), |culprit| vec![culprit])
    };
    let what = |event: &TrailEvent| format!("{} called {} on `{}`", by(event), event.name, event.subject);
    let causes = causes(diagnosis);
    if causes.len() > 1 {
        // Each cause stops the log, so no single event is to blame.
        let last = causes.into_iter().filter_map(|cause| suspects(cause).last().copied());
        let last: Vec<String> = last.map(|event| format!("{} {}", what(event), ago(event))).collect();
        return (!last.is_empty()).then(|| format!("several settings block it; last changes: {}", last.join("; ")));
    }
    let changes = suspects(*causes.first()?);
    let (first, last) = (*changes.first()?, *changes.last()?);
    let fits = |delivered: Moment| delivered.until(first.at) <= diagnosis.attachment.fresh_for().max(DAY);
    Some(match delivered {
        Some(delivered) if fits(delivered) => {
            let until = format!("it worked until {}, when {}", ago(first), what(first));
            // If there are several changes, the events don't show which one stopped the log.
            match changes.len() - 1 {
                0 => until,
                1 => format!("{until}; the next change, by {} {}, could also be the cause", by(last), ago(last)),
                more => {
                    format!(
                        "{until}; one of {more} later changes could also be the cause, the last by {} {}",
                        by(last),
                        ago(last)
                    )
                }
            }
        }
        Some(delivered) => {
            let after = span(delivered.until(last.at));
            format!("{} {}, {after} after its newest object", what(last), ago(last))
        }
        None => format!("{} {}", what(last), ago(last)),
    })
}

/// Returns the user who made a change, with a note if logbucket made it.
fn by(event: &TrailEvent) -> String {
    let tool = if event.by_logbucket { " (by logbucket)" } else { "" };
    format!("`{}`{tool}", event.user)
}

/// Returns the change that blocked the service, according to the policies in the events. `None` if that is uncertain: a
/// policy version is missing or can't be evaluated, or the service may have been blocked before the first change.
fn culprit<'a>(
    cause: FindingId,
    diagnosis: &Diagnosis,
    state: &DestinationState,
    changes: &[&'a TrailEvent],
    delivered: Option<Moment>,
) -> Option<&'a TrailEvent> {
    // The order of two events in the same second is unknown.
    let is_ordered = changes.windows(2).all(|two| matches!(two, [one, other] if one.at < other.at));
    let blocked: Option<Vec<bool>> =
        changes.iter().map(|event| is_blocked_by(cause, diagnosis, state, event)).collect();
    let blocked = blocked.filter(|_| is_ordered)?;
    let before = blocked.iter().rposition(|blocked| !blocked);
    match before {
        Some(at) => changes.get(at + 1).copied(),
        // The newest object arrived before the first change, so the service was not blocked by then.
        None => changes.first().copied().filter(|_| delivered.is_some()),
    }
}

/// Returns whether the policy set by an event blocks the service. `None` if that is uncertain.
fn is_blocked_by(
    cause: FindingId,
    diagnosis: &Diagnosis,
    state: &DestinationState,
    event: &TrailEvent,
) -> Option<bool> {
    let then = with_policy_of(state, event)?;
    let judged = diagnose(&diagnosis.attachment, Some(&then), &Evidence::NotSearched, event.at);
    let bearing = cause.operations();
    let truth = |finding: &Finding| {
        let is_of_cause = finding.id().operations().iter().any(|operation| bearing.contains(operation));
        match finding.severity() {
            _ if finding.id().is(FindingMark::Undecided) => Truth::Unknown,
            _ if !is_of_cause => Truth::False,
            Severity::Error => Truth::True,
            Severity::Info | Severity::Warning => Truth::Unknown,
        }
    };
    let truths = judged.findings.iter().map(truth);
    match truths.fold(Truth::False, Truth::or) {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// Returns the observed state with the current policy replaced by the policy that an event set. `None` if the event set
/// no policy, or does not contain it.
fn with_policy_of(state: &DestinationState, event: &TrailEvent) -> Option<DestinationState> {
    let mut then = state.clone();
    let policy = match event.name.as_str() {
        "PutBucketPolicy" | "PutKeyPolicy" => Seen::Present(event.policy.clone()?),
        "DeleteBucketPolicy" => Seen::Absent,
        _ => return None,
    };
    if event.name == "PutKeyPolicy" {
        for key in [&mut then.default_key, &mut then.report_key] {
            if let Seen::Present(key) = key
                && names_key(&event.subject, &key.arn.to_string())
            {
                key.policy = policy.clone();
            }
        }
        return Some(then);
    }
    let BucketState::Bucket(bucket) = &mut then.destination else { return None };
    bucket.policy = policy;
    Some(then)
}

/// Returns the changes to suspect. logbucket only removes statements that it added, so its own policy changes are
/// suspects only if there are no other changes.
fn suspects(mut changes: Vec<&TrailEvent>) -> Vec<&TrailEvent> {
    let is_own = |event: &TrailEvent| event.by_logbucket && event.name.ends_with("Policy");
    if changes.iter().any(|event| !is_own(event)) {
        changes.retain(|event| !is_own(event));
    }
    changes
}

/// Returns the changes to the setting behind the cause since the newest object arrived, oldest first.
fn changes<'a>(
    cause: FindingId,
    diagnosis: &Diagnosis,
    state: Option<&DestinationState>,
    events: &'a [TrailEvent],
    delivered: Option<Moment>,
) -> Vec<&'a TrailEvent> {
    let Some(target) = diagnosis.attachment.target.present() else { return Vec::new() };
    let bucket = state.and_then(|state| state.destination.bucket());
    let default = bucket.and_then(|bucket| bucket.encryption.present()).and_then(|encryption| encryption.key.clone());
    let named = target.inventory.as_ref().and_then(|today| today.own_key().map(str::to_owned));
    let keys: Vec<String> = default.into_iter().chain(named).collect();
    let of_destination = |event: &TrailEvent| {
        cause.operations().contains(&event.name.as_str())
            && (event.subject == target.bucket || keys.iter().any(|key| names_key(&event.subject, key)))
    };
    let of_source = |event: &TrailEvent| {
        moving(cause, &diagnosis.attachment) == Some(event.name.as_str())
            && diagnosis.attachment.turned_by(&event.call()) == Some(Turned::On)
    };
    let mut changes: Vec<&TrailEvent> = events
        .iter()
        .filter(|event| event.error.is_none() && (of_destination(event) || of_source(event)))
        .filter(|event| delivered.is_none_or(|delivered| event.at > delivered))
        .collect();
    changes.sort_by_key(|event| event.at);
    changes
}

/// Returns the last attempt to turn the log on, if AWS refused it and no object has arrived since.
fn refused<'a>(attachment: &Attachment, events: &'a [TrailEvent], delivered: Option<Moment>) -> Option<&'a TrailEvent> {
    attaches(attachment, DestinationJudged::InTheCall)?;
    let turned = |event: &'a TrailEvent| Some((event, attachment.turned_by(&event.call())?));
    let (last, turned) = events.iter().filter_map(turned).max_by_key(|(event, _)| event.at)?;
    let since = delivered.is_some_and(|delivered| delivered > last.at);
    (last.error.is_some() && !since && turned != Turned::Off).then_some(last)
}

/// Returns whether two names, each an ARN or an ID, mean the same key.
pub(super) fn names_key(one: &str, other: &str) -> bool {
    let id = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    id(one) == id(other)
}
