//! The producer's newest object, and what the object proves.

use crate::model::{Moment, Seen, span};
use crate::plan::FindingId;
use crate::producer::{Attachment, ConfiguredDestination, InventoryEncryption, Overdue};
use crate::state::{Bucket, DestinationState, ExpirationRule, FoundObject, Newest, Shown, TrailEvent};

use super::diagnosis::Diagnosis;
use super::last_change::{LastChange, last_change};

#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Evidence {
    Searched(Box<EvidenceResult>),
    /// The bucket was not searched for objects.
    NotSearched,
}

/// The result of a search for delivered objects.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct EvidenceResult {
    pub newest: Newest,
    /// The file that AWS writes when a load balancer's log is enabled, if it was searched for and found.
    pub test_file: Option<FoundObject>,
    /// The last change to the setting in doubt.
    pub change: LastChange,
    /// When the log was enabled, according to the event history.
    pub attached: Option<Moment>,
}

impl EvidenceResult {
    /// Returns what the objects prove about a setting in doubt.
    pub(super) fn shows(
        &self,
        attachment: &Attachment,
        target: &ConfiguredDestination,
        bucket: &Bucket,
        now: Moment,
    ) -> Option<Shown> {
        let counts = |found: &&FoundObject| {
            has_its_encryption(found, target, bucket)
                && self.change.is_before(Moment(found.stamp.last_modified), attachment.fresh_for(), now)
        };
        let log = self.newest.found().filter(counts).map(|found| {
            let is_recent = age(found, now) <= attachment.fresh_for() && found.unreadable.is_none();
            if is_recent && shows_the_default(found, bucket) { Shown::LogByDefault } else { Shown::Log }
        });
        // AWS may have written this file for another load balancer.
        let may_be_its_own = match self.change {
            LastChange::At(change) => self.attached.is_some_and(|attached| change.until(attached) >= 0),
            LastChange::NotInHistory | LastChange::NotKnown => true,
            LastChange::Unseen => false,
        };
        log.or_else(|| self.test_file.as_ref().filter(|_| may_be_its_own).filter(counts).map(|_| Shown::TestFile))
    }

    /// Returns the newest object as text.
    pub(super) fn newest_text(&self, now: Moment) -> Option<String> {
        let test_file = || self.test_file.as_ref().map(|found| test_file_text(found, now));
        self.newest.found().map(|found| object_text(found, now)).or_else(test_file)
    }

    /// Returns whether an object is overdue. AWS writes the test file of an ALB's or CLB's log during the call that
    /// enables the log, and a report arrives on its schedule. Other logs need traffic and are never overdue. Nothing is
    /// overdue if a lifecycle rule may have deleted the object.
    pub(super) fn is_overdue(&self, attachment: &Attachment, bucket: &Bucket, now: Moment) -> bool {
        let deletes = |rule: &ExpirationRule| rule.enabled && (rule.days.is_some() || rule.date.is_some());
        let may_have_been = match &bucket.lifecycle {
            Seen::Absent => false,
            Seen::Present(rules) => rules.iter().any(deletes),
            Seen::Denied(_) => true,
        };
        let nothing = self.newest == Newest::None && self.test_file.is_none();
        nothing
            && !may_have_been
            && match attachment.facts().overdue {
                // The file was written, and then deleted, if AWS accepted the log before the setting changed.
                Overdue::AtOnce => !self.change.is_after(self.attached),
                Overdue::ByRhythm => self.attached.is_some_and(|attached| attached.until(now) > attachment.fresh_for()),
                Overdue::Never => false,
            }
    }

    /// Returns the search result, completed from the event history: the last change to the setting in doubt, and the
    /// time when the log was enabled. `settings` is the diagnosis without objects. `events` are the events of
    /// [`Diagnosis::operations_in_doubt`]. `cut` are the operations for which only the newest events were read.
    #[must_use]
    pub(crate) fn since_the_last_change(
        self,
        settings: &Diagnosis,
        state: &DestinationState,
        events: &[TrailEvent],
        cut: &[String],
    ) -> Self {
        let (change, attached) = last_change(settings, state, events, cut);
        Self { change, attached, ..self }
    }
}

/// Returns what the objects prove for an enabled log. `None` if there is no bucket.
pub(crate) fn shown(
    attachment: &Attachment,
    state: &DestinationState,
    searched: &EvidenceResult,
    now: Moment,
) -> Option<Shown> {
    searched.shows(attachment, attachment.target.present()?, state.destination.bucket()?, now)
}

/// Returns whether the unread event history could change the verdict. It could show that an object counts, or that a
/// missing report is overdue. `settings` is the diagnosis without objects.
pub(crate) fn needs_history(
    settings: &Diagnosis,
    state: &DestinationState,
    searched: &EvidenceResult,
    now: Moment,
) -> bool {
    let attachment = &settings.attachment;
    let Some(bucket) = state.destination.bucket().filter(|_| settings.is_doubtful(state)) else { return false };
    let best = EvidenceResult { change: LastChange::NotInHistory, attached: Some(Moment(0)), ..searched.clone() };
    let is_likely_denied = settings.findings.iter().any(|finding| finding.id() == FindingId::PolicyDenyLikely);
    let is_overdue = |searched: &EvidenceResult| searched.is_overdue(attachment, bucket, now);
    shown(attachment, state, &best, now).is_some() || is_likely_denied && is_overdue(&best) != is_overdue(searched)
}

/// Returns the object's age in seconds.
pub(super) fn age(found: &FoundObject, now: Moment) -> i64 {
    Moment(found.stamp.last_modified).until(now)
}

fn object_text(found: &FoundObject, now: Moment) -> String {
    let at = Moment(found.stamp.last_modified);
    format!("`{}`, {} ago ({at})", found.key, span(age(found, now)))
}

/// AWS's test file is not a log, but it shows that the service could write at that time.
fn test_file_text(found: &FoundObject, now: Moment) -> String {
    format!("no log; AWS's test file is {}", object_text(found, now))
}

/// Returns whether the object has the encryption that the service would use today. Otherwise the object is older than
/// the setting or comes from another writer. An unknown encryption counts as matching.
pub(super) fn has_its_encryption(found: &FoundObject, target: &ConfiguredDestination, bucket: &Bucket) -> bool {
    let Some(algorithm) = found.algorithm.as_deref() else { return true };
    let by_key = |named: Option<&str>| {
        // S3 reports an object's key as an ARN, even if the setting names the key by ID or alias.
        let same = named.filter(|name| name.starts_with("arn:") && name.contains(":key/"));
        same.is_none_or(|name| found.kms_key.as_deref().is_none_or(|key| key == name))
    };
    match target.inventory.as_ref().map(|today| &today.encryption) {
        Some(InventoryEncryption::SseKms(key)) => algorithm == "aws:kms" && by_key(Some(key)),
        Some(InventoryEncryption::SseS3) => algorithm == "AES256",
        Some(InventoryEncryption::BucketDefault) | None => match &bucket.encryption {
            Seen::Present(default) => algorithm == default.algorithm && by_key(default.key.as_deref()),
            Seen::Absent => algorithm == "AES256",
            Seen::Denied(_) => true,
        },
    }
}

/// Returns whether the object's encryption equals the bucket's current default. The object then proves that the service
/// can use this encryption.
fn shows_the_default(found: &FoundObject, bucket: &Bucket) -> bool {
    let Some(algorithm) = found.algorithm.as_deref() else { return false };
    match &bucket.encryption {
        Seen::Present(encryption) => {
            let key = encryption.key_arn().map(|arn| arn.to_string());
            encryption.algorithm == algorithm && (algorithm == "AES256" || (key.is_some() && key == found.kms_key))
        }
        Seen::Absent => algorithm == "AES256",
        Seen::Denied(_) => false,
    }
}
