//! Diagnoses one attachment: do logs arrive, and if not, what is the root cause?

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{EncryptionKind, Moment, Seen};
use crate::plan::{
    DeliveryFinding, DestinationFinding, Finding, FindingId, FindingKind, FindingMark, Fix, Hint, NoObject, Plan,
    ProblemCause, SettingFinding, Severity, Weight, failing_default_key, plan,
};
use crate::producer::encryption::EncryptionOutcome;
use crate::producer::{Attachment, ConfiguredDestination, Destination, InventoryEncryption, Layout, Loops};
use crate::request::Request;
use crate::state::{
    Bucket, BucketOrigin, BucketState, DeliverySource, DestinationState, FoundObject, KeyManager, Newest, Observed,
    OwnKeys, Shown,
};

use super::configuration_request::ConfigurationRequest;
use super::evidence::{Evidence, age, has_its_encryption, shown};
use super::fix::{FixRun, find_fix};
use super::last_change::LastChange;
use super::relevance::{is_about_encryption, weight};

/// Appended to the text of an object that contradicts AWS's documentation.
pub(super) const AGAINST_DOCUMENTS: &str = "; its name, time and encryption match the service's own files, \
     which contradicts AWS's documentation. S3 doesn't show who wrote the object: anyone with write access could have";

/// Appended to the text of an object that the service could not have written with the bucket's current settings.
const NOT_ITS_ENCRYPTION: &str =
    "; it proves nothing about the current settings: the service would use a different encryption now";

/// Appended to the text of an object that settles a doubt.
const SETTLES: &str =
    "; it is newer than the last policy change in CloudTrail's history, so the policy allows the service";

/// Appended to the text of an object that settles a doubt when the event history could not be read.
const SETTLES_WHILE_FRESH: &str =
    "; it is recent, so the policy allows the service (could not read CloudTrail's history)";

/// The text instead of an object for a log that AWS reports as delivered.
const REPORTED: &str = "AWS reports that the latest delivery succeeded";

/// A lifecycle rule that deletes in fewer days than this leaves too little time to read the logs.
const DAYS_TO_READ: u32 = 2;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Health {
    /// The newest object is as recent as the producer's schedule requires.
    Delivering,
    /// Nothing is known to block the log. Objects were not searched.
    Permitted,
    /// Nothing is known to block the log, and there is no recent object yet. The text says when to expect one.
    Pending(String),
    /// Logging is not enabled.
    Off,
    /// Logs never arrive; the first finding is the cause.
    Dead,
    /// It could not be determined, for these reasons.
    Unknown(Vec<ProblemCause>),
}

/// The diagnosis of one attachment.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub attachment: Arc<Attachment>,
    pub health: Health,
    /// The root cause first, then other relevant findings.
    pub findings: Vec<Finding>,
    /// The findings about refusals that are only inferred, because AWS does not document what the service sends. A log
    /// that arrives disproves them.
    pub inferred: Vec<FindingId>,
    /// The log's newest object, as text.
    pub newest: Option<String>,
    /// The run of `init` that fixes the log, if there is one.
    pub fix: Option<Box<FixRun>>,
    /// The `CloudWatch` vended logs delivery source that delivers the log instead, if the log's own setting is off.
    pub vended: Option<Box<DeliverySource>>,
}

impl Diagnosis {
    /// Returns the finding that explains a dead or unknown log, or that reports an endless loop.
    pub fn problem(&self) -> Option<&Finding> {
        match self.health {
            Health::Dead | Health::Unknown(_) => self.findings.first(),
            Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => {
                self.findings.iter().find(|finding| finding.id() == FindingId::LogLoop)
            }
        }
    }

    /// Returns whether the log's own setting is off and `CloudWatch` vended logs delivers the log instead.
    pub fn is_vended(&self) -> bool {
        self.vended.as_ref().is_some_and(|source| source.delivers() == Some(true))
    }

    /// Returns whether the log is on and part of an endless loop.
    pub fn is_loop(&self) -> bool {
        self.findings.iter().any(|finding| finding.id() == FindingId::LogLoop)
    }

    /// Returns whether a log that is newer than the last change to the setting in doubt would settle the finding.
    pub(super) fn is_settled_by_logs(&self, finding: &Finding) -> bool {
        finding.is_settled_by_logs() || self.is_inferred(finding)
    }

    fn is_inferred(&self, finding: &Finding) -> bool {
        finding.severity() == Severity::Error && self.inferred.contains(&finding.id())
    }

    /// Returns whether the log is dead only because of an inference about the service's requests.
    pub(super) fn is_dead_by_inference(&self) -> bool {
        self.health == Health::Dead && self.findings.first().is_some_and(|cause| self.is_inferred(cause))
    }

    /// Returns whether an object could change the verdict. It can if something is unknown, or if the log is dead only
    /// because of an inference or AWS's documentation on encryption. In these cases `init` searches for an object, as
    /// `check` does.
    pub fn may_be_settled(&self) -> bool {
        match self.health {
            Health::Unknown(_) => true,
            Health::Dead => self.findings.iter().any(|found| is_about_encryption(found) || self.is_inferred(found)),
            Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => false,
        }
    }

    /// Returns whether an object can contradict the verdict. It can in two cases:
    /// * The verdict rests on AWS's documentation on encryption, and the key policy names the service or may name it.
    /// * A policy's decision is unknown, or is a refusal that is only inferred.
    pub fn is_doubtful(&self, state: &DestinationState) -> bool {
        if matches!(self.health, Health::Unknown(_)) {
            return self.findings.iter().any(|finding| finding.is_settled_by_logs() || is_about_encryption(finding));
        }
        let is_reported = self.findings.first().is_some_and(|cause| cause.id().is(FindingMark::Reported));
        if self.is_dead_by_inference() || is_reported {
            return true;
        }
        let principal = self.attachment.producer().facts().principal;
        let named = match &state.default_key {
            Seen::Present(key) if key.manager == KeyManager::Customer => {
                key.policy.present().is_none_or(|policy| policy.contains(principal))
            }
            Seen::Denied(_) => true,
            Seen::Present(_) | Seen::Absent => false,
        };
        self.health == Health::Dead && self.findings.first().is_some_and(is_about_encryption) && named
    }
}

/// Diagnoses an attachment. `state` is the state of the destination (`None` if logging is off), `evidence` is the
/// newest object, and `now` is the time by AWS's clock.
pub(crate) fn diagnose(
    attachment: &Arc<Attachment>,
    state: Option<&DestinationState>,
    evidence: &Evidence,
    now: Moment,
) -> Diagnosis {
    let none = Newest::None;
    let searched = match evidence {
        Evidence::Searched(searched) => Some(searched),
        Evidence::NotSearched => None,
    };
    let newest = searched.map_or(&none, |searched| &searched.newest);
    let bare = |health| Diagnosis {
        attachment: Arc::clone(attachment),
        health,
        findings: Vec::new(),
        inferred: Vec::new(),
        newest: searched.and_then(|searched| searched.newest_text(now)),
        fix: None,
        vended: None,
    };
    let target = match (&attachment.target, state) {
        (Seen::Absent, _) => return bare(Health::Off),
        (Seen::Denied(denial), _) => return bare(Health::Unknown(vec![ProblemCause::Other(denial.to_string())])),
        (Seen::Present(_), None) => {
            return bare(Health::Unknown(vec![ProblemCause::Other("the destination was not read".to_owned())]));
        }
        (Seen::Present(target), Some(state)) => (target, state),
    };
    let (target, state) = target;
    let ConfigurationRequest { request, prefix, fix_request } =
        match ConfigurationRequest::for_attachment(attachment, target, &state.region) {
            Ok(question) => question,
            Err(what) => return bare(Health::Unknown(vec![ProblemCause::Other(format!("{what} is not understood"))])),
        };
    let bucket = state.destination.bucket();
    let mut observed = Observed { moment: Some(now), ..observed(attachment, state) };
    let in_doubt = plan(&request, &observed);
    let inferred = settled_by_a_log(&request, &observed, &in_doubt);
    let shown = searched.and_then(|searched| shown(attachment, state, searched, now));
    observed.shown.extend(shown.map(|shown| (0, shown)));
    let planned = if shown.is_some() { plan(&request, &observed) } else { in_doubt.clone() };
    let is_in_doubt =
        |plan: &Plan| refusals(plan).any(|id| inferred.contains(&id)) || plan.findings.iter().any(Finding::is_doubt);
    let settled = is_in_doubt(&in_doubt) && !is_in_doubt(&planned);
    let is_refused =
        |plan: &Plan| plan.findings.iter().any(|found| is_about_encryption(found) && !found.steps().is_empty());
    let is_against_documents = is_refused(&in_doubt) && !is_refused(&planned);
    let mut weighed: Vec<(Weight, Finding)> = prefix
        .into_iter()
        .chain(destination_findings(&planned, attachment, state))
        .chain(bucket.into_iter().flat_map(|bucket| bucket_findings(attachment, target, bucket, &planned, now)))
        .map(|finding| (weight(&finding, attachment, bucket), finding))
        .collect();
    if searched.zip(bucket).is_some_and(|(searched, bucket)| searched.is_overdue(attachment, bucket, now)) {
        treat_likely_deny_as_cause(&mut weighed);
    }
    let foreign =
        newest.found().is_some_and(|found| bucket.is_some_and(|bucket| !has_its_encryption(found, target, bucket)));
    let change = searched.map(|searched| searched.change).unwrap_or_default();
    let fresh = newest.found().filter(|found| {
        let written = Moment(found.stamp.last_modified);
        !foreign && age(found, now) <= attachment.fresh_for() && change.is_before(written, i64::MAX, now)
    });
    let settles = if change == LastChange::NotKnown { SETTLES_WHILE_FRESH } else { SETTLES };
    let how_sure = foreign
        .then_some(NOT_ITS_ENCRYPTION)
        .or(is_against_documents.then_some(AGAINST_DOCUMENTS))
        .or(settled.then_some(settles));
    weighed.extend(newest.found().and_then(|found| unreadable(found, target, state)));
    weighed.extend(unseen(newest, target).map(|finding| (Weight::Hides, finding)));
    weighed.retain(|(weight, _)| *weight < Weight::Nothing);
    sort_by_weight(&mut weighed, fresh);
    let heaviest = weighed.first().map(|(weight, _)| *weight);
    // Findings that a log settles are already removed. The remaining doubts are about other files, or about an
    // encryption that the log doesn't have.
    let is_in_doubt = weighed.iter().any(|(weight, found)| {
        let is_open = found.id() == FindingId::EncryptionNotWritable || found.id().is(FindingMark::Reported);
        *weight == Weight::Hides && (found.is_doubt() || is_open)
    });
    let health = match (heaviest, fresh) {
        (Some(Weight::Stops), _) => Health::Dead,
        (_, Some(_)) if !is_in_doubt => Health::Delivering,
        (Some(Weight::Hides), _) => Health::Unknown(
            weighed
                .iter()
                .filter(|(weight, _)| *weight == Weight::Hides)
                .map(|(_, found)| ProblemCause::from(found))
                .collect(),
        ),
        (_, _) if attachment.is_reported_delivered(now) => Health::Delivering,
        (_, _) if searched.is_none() => Health::Permitted,
        (_, _) => Health::Pending(attachment.producer().facts().until.to_owned()),
    };
    advise(attachment, target, &mut weighed);
    let fix = if health == Health::Dead { find_fix(&fix_request, &observed, &mut weighed) } else { None };
    let bare = bare(health);
    let newest = bare.newest.map(|newest| [&newest, how_sure.unwrap_or_default()].concat());
    let none = if searched.is_some() { "none found, but " } else { "" };
    let newest = newest.or_else(|| (bare.health == Health::Delivering).then(|| format!("{none}{REPORTED}")));
    Diagnosis { findings: weighed.into_iter().map(|(_, finding)| finding).collect(), inferred, fix, newest, ..bare }
}

/// Puts the heaviest finding first. A recent log outweighs AWS's report of a failed delivery. The report names no cause,
/// so any other finding comes first.
fn sort_by_weight(weighed: &mut [(Weight, Finding)], fresh: Option<&FoundObject>) {
    for (weight, finding) in &mut *weighed {
        if finding.id().is(FindingMark::Reported) && (fresh.is_some() || !finding.is_refusal_by_report()) {
            *weight = Weight::Hides;
        }
    }
    weighed.sort_by_key(|(weight, finding)| (*weight, finding.id().is(FindingMark::Reported)));
}

/// Says what a person can do about a cause that no run of `init` fixes.
fn advise(attachment: &Attachment, target: &ConfiguredDestination, weighed: &mut [(Weight, Finding)]) {
    let Some((Weight::Stops, cause)) = weighed.first_mut() else { return };
    if attachment.facts().destination.loops == Loops::Endless && target.bucket == attachment.source.name() {
        cause.fix = Fix::Impossible(Hint::OtherBucket { source: target.bucket.clone() });
    } else if cause.id().is(FindingMark::Reported) {
        cause.fix = Fix::Impossible(Hint::OfKind);
    }
}

/// Returns a finding if the delivered objects can't be determined.
fn unseen(newest: &Newest, target: &ConfiguredDestination) -> Option<Finding> {
    let none = match newest {
        Newest::Denied(denial) => NoObject::Denied(denial.clone()),
        Newest::NotFurther(why) => NoObject::NotFurther(why.clone()),
        Newest::Found(_) | Newest::None => return None,
    };
    Some(remark(target, DeliveryFinding::Unseen(none)))
}

/// Returns the errors that say that the bucket policy refuses the service.
fn refusals(plan: &Plan) -> impl Iterator<Item = FindingId> {
    let refuses = |found: &&Finding| found.severity() == Severity::Error && found.id().is(FindingMark::Refusal);
    plan.findings.iter().filter(refuses).map(Finding::id)
}

/// Returns the policy's refusals that a log would settle. They are inferred, because AWS does not document the request.
fn settled_by_a_log(request: &Request, observed: &Observed, in_doubt: &Plan) -> Vec<FindingId> {
    let mut ids: Vec<FindingId> = refusals(in_doubt).collect();
    if !ids.is_empty() {
        let with_log = Observed { shown: BTreeMap::from([(0, Shown::Log)]), ..observed.clone() };
        let certain: Vec<FindingId> = refusals(&plan(request, &with_log)).collect();
        ids.retain(|id| !certain.contains(id));
    }
    ids
}

/// If a log is overdue, treats a Deny that very likely blocks the service as the cause.
fn treat_likely_deny_as_cause(weighed: &mut [(Weight, Finding)]) {
    for (weight, _) in weighed.iter_mut().filter(|(_, finding)| finding.id() == FindingId::PolicyDenyLikely) {
        *weight = Weight::Stops;
    }
}

/// Returns the destination and layout of an attachment's own objects. `None` without a bucket.
pub(crate) fn whereabouts(attachment: &Attachment, state: &DestinationState) -> Option<(Destination, Layout)> {
    state.destination.bucket()?;
    let question =
        ConfigurationRequest::for_attachment(attachment, attachment.target.present()?, &state.region).ok()?;
    let destination = plan(&question.request, &observed(attachment, state)).destination;
    let layout = attachment.layout(&destination);
    Some((destination, layout))
}

pub(super) fn observed(attachment: &Attachment, state: &DestinationState) -> Observed {
    let DestinationState { caller, region, destination, default_key, report_key } = state.clone();
    // A plan compares the configuration with the requested ID.
    let (sources, test_files) = (vec![attachment.source_as_configured()], BTreeMap::new());
    // A tool that manages the source can't be the cause of missing logs.
    let source_tags = BTreeMap::new();
    Observed {
        caller,
        region,
        sources,
        source_tags,
        destination,
        origin: BucketOrigin::Unknown,
        own_keys: OwnKeys::default(),
        default_key,
        report_key,
        shown: BTreeMap::new(),
        unread_history: None,
        moment: None,
        test_files,
    }
}

/// Returns the plan's findings. If the bucket does not exist or its key fails, a finding about this cause replaces the
/// findings that the cause explains.
fn destination_findings(planned: &Plan, attachment: &Attachment, state: &DestinationState) -> Vec<Finding> {
    if state.destination != BucketState::Absent {
        let is_reported = planned.findings.iter().any(|finding| finding.id() == FindingId::KeyUnusable);
        let failing = failing_key(attachment, state).filter(|_| !is_reported);
        // A plan would replace the encryption, but the failing key is the cause.
        let given_up = |finding: &&Finding| failing.is_some() && finding.id() == FindingId::EncryptionNotWritable;
        let others = planned.findings.iter().filter(|finding| !given_up(finding)).cloned();
        return failing.clone().into_iter().chain(others).collect();
    }
    let bucket = &planned.destination.bucket;
    let mut findings: Vec<Finding> =
        planned.findings.iter().filter(|finding| finding.is_about_a_source()).cloned().collect();
    findings.push(Finding::new(bucket.as_str(), DestinationFinding::Absent, Fix::Nothing));
    findings
}

/// Returns a finding for the key of the default encryption if the producer supports customer managed keys but this key
/// fails. The cause is then the key, not the encryption setting.
fn failing_key(attachment: &Attachment, state: &DestinationState) -> Option<Finding> {
    let producer = attachment.producer();
    let bucket = state.destination.bucket()?;
    let by_key = bucket.encryption.present().is_some_and(|default| default.kind() == EncryptionKind::SseKmsCustomer);
    let able = producer.encryption(EncryptionKind::SseKmsCustomer).outcome == EncryptionOutcome::WorksWithKeyPolicy;
    let own = attachment.target.present().and_then(|target| target.inventory.as_ref());
    let by_default = own.is_none_or(|own| own.encryption == InventoryEncryption::BucketDefault);
    // If the key is gone, a configuration that uses SSE-S3 is the fix.
    state.default_key.present().filter(|_| by_key && able && by_default)?;
    failing_default_key(producer, bucket, &state.region, &state.default_key)
}

/// Returns findings about an existing destination that a plan doesn't check.
fn bucket_findings(
    attachment: &Attachment,
    target: &ConfiguredDestination,
    bucket: &Bucket,
    planned: &Plan,
    now: Moment,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let layout = attachment.layout(&planned.destination);
    let folder = layout.folder();
    let rules = bucket.lifecycle.present().into_iter().flatten();
    for rule in rules.filter(|rule| rule.enabled && !rule.narrower && folder.starts_with(&rule.prefix)) {
        if let Some(days) = rule.days.filter(|days| *days < DAYS_TO_READ) {
            findings.push(remark(target, DeliveryFinding::ExpiresEarly { rule: rule.id.clone(), days }));
        }
        if let Some(date) = rule.date {
            let rule = rule.id.clone();
            let kind = if date.until(now) >= 0 {
                DeliveryFinding::ExpiredSince { rule, date }
            } else {
                DeliveryFinding::ExpiresFrom { rule, date }
            };
            findings.push(remark(target, kind));
        }
    }
    // For S3 access logs, the plan already reports this loop.
    let loops = bucket.logging.present().filter(|logging| logging.bucket == bucket.name.as_str());
    if loops.is_some() && attachment.facts().destination.loops == Loops::Harmless {
        findings.push(remark(target, SettingFinding::LogsToItself));
    }
    findings
}

fn remark(target: &ConfiguredDestination, kind: impl Into<FindingKind>) -> Finding {
    Finding::new(target.bucket.as_str(), kind, Fix::Nothing)
}

/// Returns a finding for a delivered object that can't be read. If the object's key belongs to another account and no
/// current setting uses that key, no one in this account can read the object. Otherwise the failed read proves nothing
/// about new objects or other readers.
fn unreadable(
    found: &FoundObject,
    target: &ConfiguredDestination,
    state: &DestinationState,
) -> Option<(Weight, Finding)> {
    let error = found.unreadable.clone()?;
    let owner = state.caller.account.as_str();
    let foreign = found.kms_key.as_deref().filter(|key| key.split(':').nth(4).is_some_and(|of| of != owner));
    let default = state.destination.bucket().and_then(|bucket| bucket.encryption.present());
    let by_kms = default.is_some_and(|default| default.kind() != EncryptionKind::SseS3);
    let named = |key: &str| {
        let by_default = default.and_then(|default| default.key.as_deref()) == Some(key);
        let today = target.inventory.as_ref().map(|today| &today.encryption);
        by_default || today == Some(&InventoryEncryption::SseKms(key.to_owned()))
    };
    let (weight, kind) = match foreign {
        Some(key) if by_kms && !named(key) => {
            (Weight::Stops, DeliveryFinding::ForeignKey { key: key.to_owned(), error })
        }
        Some(_) | None => (Weight::Remark, DeliveryFinding::Unreadable { error }),
    };
    Some((weight, Finding::new(found.key.as_str(), kind, Fix::Nothing)))
}
