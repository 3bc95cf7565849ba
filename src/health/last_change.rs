//! Finds the last change to a setting in doubt in the event history, and compares the age of an object with it.
//!
//! The event history can lag by about 15 minutes
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html>), so a more
//! recent change may not be visible yet. An event contains the policy that it set, so a different policy today shows
//! that there was such a change.

use std::collections::BTreeSet;

use crate::model::{Moment, Seen};
use crate::plan::{FindingId, FindingMark, is_other_policy};
use crate::producer::{Attachment, DestinationJudged, Overdue, Turned};
use crate::state::{DestinationState, TrailEvent};

use super::diagnosis::Diagnosis;
use super::story::names_key;

/// How far the event history goes back, in seconds
/// (<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html>).
const HISTORY: i64 = 90 * 24 * 60 * 60;

const OF_BUCKET: [&str; 4] = ["PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutBucketOwnershipControls"];

const OF_KEY: &str = "PutKeyPolicy";

/// The operations whose events contain a policy.
const OF_POLICIES: [&str; 3] = ["PutBucketPolicy", "DeleteBucketPolicy", OF_KEY];

const OF_ENCRYPTION: [&str; 2] = ["PutBucketEncryption", "DeleteBucketEncryption"];

/// The last change to the setting in doubt.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum LastChange {
    /// The event history was not read, or not read far enough back.
    #[default]
    NotKnown,
    /// The event history contains no change.
    NotInHistory,
    /// Today's policy is not the one that the last event set: a later change is not in the event history yet.
    Unseen,
    At(Moment),
}

impl LastChange {
    /// Returns whether an object written at `written` is newer than the change. Without a history, an object counts as
    /// newer for `fresh_for` seconds.
    pub(super) fn is_before(self, written: Moment, fresh_for: i64, now: Moment) -> bool {
        match self {
            Self::NotKnown => written.until(now) <= fresh_for,
            Self::NotInHistory => written.until(now) < HISTORY,
            Self::At(change) => change.until(written) >= 0,
            Self::Unseen => false,
        }
    }

    /// Returns whether the setting changed after a log was enabled at `attached`.
    pub(super) fn is_after(self, attached: Option<Moment>) -> bool {
        match self {
            Self::At(change) => attached.is_some_and(|attached| attached.until(change) > 0),
            Self::Unseen => true,
            Self::NotInHistory | Self::NotKnown => false,
        }
    }
}

impl Diagnosis {
    /// Returns the operations whose events show when the setting in doubt was last changed and when the log was
    /// enabled. Empty if nothing is in doubt.
    pub fn operations_in_doubt(&self) -> Vec<&'static str> {
        let doubts = self.findings.iter().filter(|finding| self.is_settled_by_logs(finding));
        let mut operations = Vec::new();
        for doubt in doubts {
            let is_of_key = doubt.id().is(FindingMark::OfKeyPolicy);
            operations.extend(is_of_key.then_some(OF_KEY));
            if is_of_key || doubt.id() == FindingId::EncryptionUnreadable {
                operations.extend(OF_ENCRYPTION);
            } else {
                operations.extend(OF_BUCKET);
            }
        }
        let mut seen = BTreeSet::new();
        operations.retain(|operation| seen.insert(*operation));
        let facts = self.attachment.facts();
        // The time when the log was enabled matters if AWS checks the destination at that time, or if a log can be
        // overdue.
        let matters =
            facts.attachment.destination_judged == DestinationJudged::InTheCall || facts.overdue != Overdue::Never;
        if matters && !operations.is_empty() {
            operations.push(facts.attachment.operation());
        }
        operations
    }
}

/// Returns when the setting in doubt was last changed, and when the log was enabled. `cut` are the operations for which
/// only the newest events were read.
pub(super) fn last_change(
    diagnosis: &Diagnosis,
    state: &DestinationState,
    events: &[TrailEvent],
    cut: &[String],
) -> (LastChange, Option<Moment>) {
    let attaches = diagnosis.attachment.facts().attachment.operation();
    let mut operations = diagnosis.operations_in_doubt();
    operations.retain(|operation| *operation != attaches);
    let target = diagnosis.attachment.target.present();
    let key = key(diagnosis, state);
    let bucket = target.map(|target| target.bucket.as_str());
    // An event names a key by its ID. This code can't resolve an alias, so a change to any key may be a change to the
    // alias's key.
    let may_be_key = |event: &TrailEvent, key: &str| {
        names_key(&event.subject, key) || (key.contains("alias/") && event.name == OF_KEY)
    };
    let is_of = |event: &&TrailEvent| {
        event.error.is_none()
            && operations.contains(&event.name.as_str())
            && (Some(event.subject.as_str()) == bucket || key.as_ref().is_some_and(|key| may_be_key(event, key)))
    };
    let last = events.iter().filter(is_of).map(|event| event.at).max();
    let is_unseen = operations.iter().any(|operation| OF_POLICIES.contains(operation))
        && differs_today(state, &|event| is_of(&event), events);
    // The unread events are older than the events that were read.
    let is_cut = operations.iter().any(|operation| cut.iter().any(|name| name == operation));
    let change = match last {
        _ if is_unseen => LastChange::Unseen,
        Some(at) => LastChange::At(at),
        None if is_cut => LastChange::NotKnown,
        None => LastChange::NotInHistory,
    };
    (change, attached_at(&diagnosis.attachment, events))
}

/// Returns whether today's bucket policy or key policy differs from the policy that the last event about it set.
fn differs_today(state: &DestinationState, is_of: &dyn Fn(&TrailEvent) -> bool, events: &[TrailEvent]) -> bool {
    let last = |operations: &[&str]| {
        let of_policy = events.iter().filter(|event| is_of(event) && operations.contains(&event.name.as_str()));
        of_policy.max_by_key(|event| event.at)
    };
    let differs = |event: &TrailEvent, today: &Seen<String>| {
        let then = match event.name.as_str() {
            "DeleteBucketPolicy" => Some(Seen::Absent),
            _ => event.policy.clone().map(Seen::Present),
        };
        then.is_some_and(|then| is_other_policy(&then, today))
    };
    let bucket = state.destination.bucket();
    let of_bucket = last(&["PutBucketPolicy", "DeleteBucketPolicy"]).zip(bucket);
    let of_keys = last(&[OF_KEY]).into_iter().flat_map(|event| {
        let keys = [&state.default_key, &state.report_key].into_iter().filter_map(Seen::present);
        keys.filter(|key| names_key(&event.subject, &key.arn.to_string())).map(move |key| (event, &key.policy))
    });
    of_bucket.is_some_and(|(event, bucket)| differs(event, &bucket.policy))
        || of_keys.into_iter().any(|(event, policy)| differs(event, policy))
}

/// Returns the ARN of the key that encrypts the logs, or the configured name if the key could not be read.
fn key(diagnosis: &Diagnosis, state: &DestinationState) -> Option<String> {
    let target = diagnosis.attachment.target.present();
    let own = target.and_then(|target| target.inventory.as_ref()?.own_key()).map(str::to_owned);
    let (read, named) = match own {
        Some(own) => (&state.report_key, Some(own)),
        None => {
            (&state.default_key, state.destination.bucket().and_then(|bucket| bucket.encryption.present()?.key.clone()))
        }
    };
    read.present().map(|key| key.arn.to_string()).or(named)
}

/// Returns when the log was last enabled or pointed at its destination.
fn attached_at(attachment: &Attachment, events: &[TrailEvent]) -> Option<Moment> {
    let attaches =
        |event: &&TrailEvent| event.error.is_none() && attachment.turned_by(&event.call()) == Some(Turned::On);
    events.iter().filter(attaches).map(|event| event.at).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_counts_if_it_is_newer_than_the_last_change() {
        let now = Moment(1_000_000_000);
        let ago = |seconds: i64| Moment(now.0 - seconds);
        let fresh = 3600;
        for (change, written, counts) in [
            (LastChange::At(ago(100)), ago(99), true),
            (LastChange::At(ago(100)), ago(100), true),
            (LastChange::At(ago(100)), ago(101), false),
            (LastChange::At(ago(HISTORY)), ago(HISTORY / 2), true),
            (LastChange::NotInHistory, ago(HISTORY - 1), true),
            (LastChange::NotInHistory, ago(HISTORY), false),
            (LastChange::Unseen, ago(1), false),
            (LastChange::NotKnown, ago(fresh), true),
            (LastChange::NotKnown, ago(fresh + 1), false),
        ] {
            assert_eq!(change.is_before(written, fresh, now), counts, "{change:?} {written:?}");
        }
    }
}
