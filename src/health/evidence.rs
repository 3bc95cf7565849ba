//! What the producer itself delivered last, and what that says.

use crate::model::{Moment, Seen, span};
use crate::plan::FindingId;
use crate::producer::{Attachment, InventoryEncryption, Overdue, Target};
use crate::state::{Bucket, ExpirationRule, Found, Looked, Newest, Shown, TrailEvent};

use super::diagnosis::Diagnosis;
use super::last_change::{LastChange, last_change};

/// What was delivered, as far as that was looked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Evidence {
    /// Somebody looked.
    Sought(Box<Sought>),
    /// Nobody looked.
    NotSought,
}

/// What was looked for and found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sought {
    /// The newest object.
    pub newest: Newest,
    /// The file that AWS wrote when a load balancer's log was turned on, where it was looked for.
    pub test_file: Option<Found>,
    /// The last change to what is in doubt.
    pub change: LastChange,
    /// When the log was turned on, as far as the event history tells.
    pub attached: Option<Moment>,
}

impl Sought {
    /// What it shows of a policy that leaves open whether the service is let in.
    pub(super) fn shows(
        &self,
        attachment: &Attachment,
        target: &Target,
        bucket: &Bucket,
        now: Moment,
    ) -> Option<Shown> {
        let counts = |found: &&Found| {
            has_its_encryption(found, target, bucket)
                && self.change.is_before(Moment(found.stamp.last_modified), attachment.fresh_for(), now)
        };
        let log = self.newest.found().filter(counts).map(|found| {
            let is_recent = age(found, now) <= attachment.fresh_for() && found.unreadable.is_none();
            if is_recent && shows_the_default(found, bucket) { Shown::LogByDefault } else { Shown::Log }
        });
        // Another load balancer may have made AWS write the file.
        let is_of_its_own = match self.change {
            LastChange::At(change) => self.attached.is_some_and(|attached| change.until(attached) >= 0),
            LastChange::NotInHistory | LastChange::NotKnown => true,
        };
        log.or_else(|| self.test_file.as_ref().filter(|_| is_of_its_own).filter(counts).map(|_| Shown::TestFile))
    }

    /// What was found, in a sentence.
    pub(super) fn told(&self, now: Moment) -> Option<String> {
        let test_file = || self.test_file.as_ref().map(|found| told_test_file(found, now));
        self.newest.found().map(|found| told(found, now)).or_else(test_file)
    }

    /// Whether something must be there by now and is not: AWS writes an ALB's test file in the very call that turns its log on, and
    /// a report comes within its rhythm. Where there is no traffic, no other log is overdue; where a lifecycle rule deletes objects,
    /// what is not there may have been.
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
                Overdue::AtOnce => true,
                Overdue::ByRhythm => self.attached.is_some_and(|attached| attached.until(now) > attachment.fresh_for()),
                Overdue::Never => false,
            }
    }

    /// The same with the last change to what is in doubt, and when the log was turned on. `settings` is the diagnosis by the settings
    /// alone, `events` are those of [`Diagnosis::operations_in_doubt`], and `cut` the operations of which only the newest were read.
    #[must_use]
    pub fn since_the_last_change(
        self,
        settings: &Diagnosis,
        looked: &Looked,
        events: &[TrailEvent],
        cut: &[String],
    ) -> Self {
        let (change, attached) = last_change(settings, looked, events, cut);
        Self { change, attached, ..self }
    }
}

/// What the findings show of a log that is on: nothing where there is no bucket to write to.
pub fn shown(attachment: &Attachment, looked: &Looked, sought: &Sought, now: Moment) -> Option<Shown> {
    sought.shows(attachment, attachment.target.present()?, looked.destination.bucket()?, now)
}

/// Whether the event history, which could not be read, might change the verdict: an object is there that it could make count, or a
/// report is missing that it could show to be overdue. `settings` is the diagnosis by the settings alone.
pub fn needs_history(settings: &Diagnosis, looked: &Looked, sought: &Sought, now: Moment) -> bool {
    let attachment = &settings.attachment;
    let Some(bucket) = looked.destination.bucket().filter(|_| settings.is_doubtful(looked)) else { return false };
    let best = Sought { change: LastChange::NotInHistory, attached: Some(Moment(0)), ..sought.clone() };
    let is_likely_denied = settings.findings.iter().any(|finding| finding.id == FindingId::PolicyDenyLikely);
    let is_overdue = |sought: &Sought| sought.is_overdue(attachment, bucket, now);
    shown(attachment, looked, &best, now).is_some() || is_likely_denied && is_overdue(&best) != is_overdue(sought)
}

/// The age of an object in seconds.
pub(super) fn age(found: &Found, now: Moment) -> i64 {
    Moment(found.stamp.last_modified).until(now)
}

/// The newest object in a sentence.
fn told(found: &Found, now: Moment) -> String {
    let at = Moment(found.stamp.last_modified);
    format!("`{}`, {} ago ({at})", found.key, span(age(found, now)))
}

/// The file that AWS writes when an ALB's log is turned on, in a sentence: no log, and a sign that one could be written then.
fn told_test_file(found: &Found, now: Moment) -> String {
    format!("no log; AWS's test file is {}", told(found, now))
}

/// Whether the object is encrypted as the service would encrypt it today. One that is not is older than the setting, or was
/// written by somebody else; what can't be told contradicts nothing.
pub(super) fn has_its_encryption(found: &Found, target: &Target, bucket: &Bucket) -> bool {
    let Some(algorithm) = found.algorithm.as_deref() else { return true };
    let by_key = |named: Option<&str>| {
        // A key that is named by an id or an alias shows as an ARN.
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

/// Whether the object was encrypted as the bucket's default says today: that very setting then lets the service write.
fn shows_the_default(found: &Found, bucket: &Bucket) -> bool {
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
