//! The diagnosis of one attachment: does anything arrive, and if not, the one cause, with what else was found below it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{EncryptionKind, Moment, Seen};
use crate::plan::{Cure, Finding, FindingId, Plan, Severity, Weight, failing_default_key, plan};
use crate::producer::encryption::Outcome;
use crate::producer::{Attachment, InventoryEncryption, Layout, Loops, Place, Target};
use crate::state::{Bucket, DeliverySource, Destination, Found, KeyManager, Looked, Newest, Observed, Origin, OwnKeys};

use super::cure::{Cured, mending};
use super::evidence::{Evidence, age, has_its_encryption, shown};
use super::last_change::LastChange;
use super::question::Question;
use super::relevance::{is_about_encryption, weight};

const DISABLE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-access-logging.html";
const LIFECYCLE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html";
const LIFECYCLE_DATES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html";
const S3_ACCESS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";

/// What is said of an object that speaks against AWS's documents.
pub(super) const AGAINST_DOCUMENTS: &str = "; its name, time and encryption are those of the service's own files, against what AWS documents. \
                                 S3 doesn't say who wrote it: anyone who may write there could have";

/// What is said of an object that the service can't have written as the bucket is set up today.
const NOT_ITS_ENCRYPTION: &str =
    "; it proves nothing of today: its encryption is not the one that the service would use now";

/// What is said of an object that settles a doubt.
const SETTLES: &str =
    "; it is newer than the last change of the policy in CloudTrail's history, so the policy lets the service in";

/// The same where the event history could not be read.
const SETTLES_WHILE_FRESH: &str =
    "; it is recent, so the policy lets the service in (CloudTrail's history could not be read)";

/// A lifecycle rule that deletes within fewer days than this leaves nobody time to read.
const DAYS_TO_READ: u32 = 2;

/// Whether a log arrives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Health {
    /// It does: its newest object is as young as the producer's rhythm lets expect.
    Delivering,
    /// Nothing stands in its way; what it delivered was not looked for.
    Permitted,
    /// Nothing stands in its way, and nothing new is there yet: until when, in words.
    Pending(String),
    /// It is not turned on.
    Off,
    /// It never does, for the first of the findings.
    Dead,
    /// What could not be looked at, or is not known of AWS.
    CannotKnow(Vec<String>),
}

/// What came of looking at one attachment.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// What was looked at.
    pub attachment: Arc<Attachment>,
    /// Whether it arrives.
    pub health: Health,
    /// What explains it, the root cause first, then what else matters.
    pub findings: Vec<Finding>,
    /// The newest object of its own, in a sentence.
    pub newest: Option<String>,
    /// What mends it, where `init` can.
    pub cure: Option<Box<Cured>>,
    /// The delivery source of `CloudWatch` vended logs that stands for it, where its own setting is off.
    pub vended: Option<Box<DeliverySource>>,
}

impl Diagnosis {
    /// What makes it a problem: why nothing arrives or nothing is known, or that what arrives is logged again, without end.
    pub fn problem(&self) -> Option<&Finding> {
        match self.health {
            Health::Dead | Health::CannotKnow(_) => self.findings.first(),
            Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => {
                self.findings.iter().find(|finding| finding.id == FindingId::LogLoop)
            }
        }
    }

    /// Whether its own setting is off, and `CloudWatch` vended logs delivers it.
    pub fn is_vended(&self) -> bool {
        self.vended.as_ref().is_some_and(|source| source.delivers() == Some(true))
    }

    /// Whether the log is on and logged again, without end.
    pub fn is_loop(&self) -> bool {
        self.findings.iter().any(|finding| finding.id == FindingId::LogLoop)
    }

    /// Whether an object could change the verdict, whatever it is: something is not known, or AWS's documents on encryption alone say
    /// that nothing arrives. A plan of `init` looks for one then, as `check` did.
    pub fn may_be_settled(&self) -> bool {
        match self.health {
            Health::CannotKnow(_) => true,
            Health::Dead => self.findings.iter().any(is_about_encryption),
            Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => false,
        }
    }

    /// Whether an object may speak against the verdict: what AWS documents of encryption is all the cause, and the key names the
    /// service, or may; or a policy leaves open whether the service is let in.
    pub fn is_doubtful(&self, looked: &Looked) -> bool {
        if matches!(self.health, Health::CannotKnow(_)) {
            return self.findings.iter().any(|finding| finding.is_settled_by_logs() || is_about_encryption(finding));
        }
        let principal = self.attachment.producer().facts().principal;
        let named = match &looked.default_key {
            Seen::Present(key) if key.manager == KeyManager::Customer => {
                key.policy.present().is_none_or(|policy| policy.contains(principal))
            }
            Seen::Denied(_) => true,
            Seen::Present(_) | Seen::Absent => false,
        };
        self.health == Health::Dead && self.findings.first().is_some_and(is_about_encryption) && named
    }
}

/// The diagnosis of an attachment. `looked` is what was seen where it points to, nothing where it is off; `evidence` its newest
/// object, `now` the moment by AWS's clock.
pub fn diagnose(attachment: &Arc<Attachment>, looked: Option<&Looked>, evidence: &Evidence, now: Moment) -> Diagnosis {
    let none = Newest::None;
    let sought = match evidence {
        Evidence::Sought(sought) => Some(sought),
        Evidence::NotSought => None,
    };
    let newest = sought.map_or(&none, |sought| &sought.newest);
    let bare = |health| Diagnosis {
        attachment: Arc::clone(attachment),
        health,
        findings: Vec::new(),
        newest: sought.and_then(|sought| sought.told(now)),
        cure: None,
        vended: None,
    };
    let target = match (&attachment.target, looked) {
        (Seen::Absent, _) => return bare(Health::Off),
        (Seen::Denied(denial), _) => return bare(Health::CannotKnow(vec![denial.to_string()])),
        (Seen::Present(_), None) => {
            return bare(Health::CannotKnow(vec!["the destination was not looked at".to_owned()]));
        }
        (Seen::Present(target), Some(looked)) => (target, looked),
    };
    let (target, looked) = target;
    let Question { request, prefix, mended } = match Question::of(attachment, target, &looked.region) {
        Ok(question) => question,
        Err(what) => return bare(Health::CannotKnow(vec![format!("{what} is not understood")])),
    };
    let bucket = looked.destination.bucket();
    let mut observed = Observed { moment: Some(now), ..observed(attachment, looked) };
    let in_doubt = plan(&request, &observed);
    let shown = sought.and_then(|sought| shown(attachment, looked, sought, now));
    observed.shown.extend(shown.map(|shown| (0, shown)));
    let planned = if shown.is_some() { plan(&request, &observed) } else { in_doubt.clone() };
    let is_in_doubt = |plan: &Plan| plan.findings.iter().any(Finding::is_doubt);
    let settled = is_in_doubt(&in_doubt) && !is_in_doubt(&planned);
    let is_refused =
        |plan: &Plan| plan.findings.iter().any(|found| is_about_encryption(found) && !found.steps().is_empty());
    let is_against_documents = is_refused(&in_doubt) && !is_refused(&planned);
    let mut weighed: Vec<(Weight, Finding)> = prefix
        .into_iter()
        .chain(of_destination(&planned, attachment, looked))
        .chain(bucket.into_iter().flat_map(|bucket| of_bucket(attachment, target, bucket, &planned, now)))
        .map(|finding| (weight(&finding, attachment, bucket), finding))
        .collect();
    if sought.zip(bucket).is_some_and(|(sought, bucket)| sought.is_overdue(attachment, bucket, now)) {
        what_is_likely_has_stopped_it(&mut weighed);
    }
    let foreign =
        newest.found().is_some_and(|found| bucket.is_some_and(|bucket| !has_its_encryption(found, target, bucket)));
    let change = sought.map(|sought| sought.change).unwrap_or_default();
    let fresh = newest.found().filter(|found| {
        let written = Moment(found.stamp.last_modified);
        !foreign && age(found, now) <= attachment.fresh_for() && change.is_before(written, i64::MAX, now)
    });
    let settles = if change == LastChange::NotKnown { SETTLES_WHILE_FRESH } else { SETTLES };
    let how_sure = foreign
        .then_some(NOT_ITS_ENCRYPTION)
        .or(is_against_documents.then_some(AGAINST_DOCUMENTS))
        .or(settled.then_some(settles));
    weighed.extend(newest.found().and_then(|found| unreadable(found, target, looked)));
    let unseen = match newest {
        Newest::Denied(denial) => Some(denial.to_string()),
        Newest::NotFurther(why) => Some(why.clone()),
        Newest::Found(_) | Newest::None => None,
    };
    if let Some(why) = unseen {
        let what = format!("what was delivered is not known: {why}");
        weighed
            .push((Weight::Hides, remark(FindingId::ObjectUnreadable, target, what, "no object, no proof", S3_ACCESS)));
    }
    weighed.retain(|(weight, _)| *weight < Weight::Nothing);
    weighed.sort_by_key(|(weight, _)| *weight);
    let heaviest = weighed.first().map(|(weight, _)| *weight);
    // Only a log that shows the default encryption settles a doubt about it, and then none is left.
    let is_encryption_in_doubt =
        weighed.iter().any(|(weight, found)| *weight == Weight::Hides && found.id == FindingId::EncryptionNotWritable);
    let health = match (heaviest, fresh) {
        (Some(Weight::Stops), _) => Health::Dead,
        (_, Some(_)) if !is_encryption_in_doubt => Health::Delivering,
        (Some(Weight::Hides), _) => Health::CannotKnow(
            weighed
                .iter()
                .filter(|(weight, _)| *weight == Weight::Hides)
                .map(|(_, found)| found.what.clone())
                .collect(),
        ),
        (_, _) if sought.is_none() => Health::Permitted,
        (_, _) => Health::Pending(attachment.producer().facts().until.to_owned()),
    };
    if attachment.facts().destination.loops == Loops::Endless
        && target.bucket == attachment.source.name()
        && let Some((Weight::Stops, cause)) = weighed.first_mut()
    {
        cause.cure = Cure::Impossible(elsewhere(&target.bucket));
    }
    let cure = if health == Health::Dead { mending(&mended, &observed, &mut weighed) } else { None };
    let bare = bare(health);
    let newest = bare.newest.map(|newest| [&newest, how_sure.unwrap_or_default()].concat());
    Diagnosis { findings: weighed.into_iter().map(|(_, finding)| finding).collect(), cure, newest, ..bare }
}

/// Of a log that is overdue, what very likely stops the service has stopped it.
fn what_is_likely_has_stopped_it(weighed: &mut [(Weight, Finding)]) {
    for (weight, _) in weighed.iter_mut().filter(|(_, finding)| finding.id == FindingId::PolicyDenyLikely) {
        *weight = Weight::Stops;
    }
}

/// What is to be done about a bucket that logs to itself.
fn elsewhere(name: &str) -> String {
    format!(
        "name another bucket, `logbucket init s3-access --source {name} --bucket OTHER`: one that logs to itself logs its own logs"
    )
}

/// Where an attachment's own objects lie; nothing where there is no bucket to look into.
pub fn whereabouts(attachment: &Attachment, looked: &Looked) -> Option<(Place, Layout)> {
    looked.destination.bucket()?;
    let question = Question::of(attachment, attachment.target.present()?, &looked.region).ok()?;
    let place = plan(&question.request, &observed(attachment, looked)).place;
    let layout = attachment.layout(&place);
    Some((place, layout))
}

pub(super) fn observed(attachment: &Attachment, looked: &Looked) -> Observed {
    let Looked { caller, region, destination, default_key, report_key } = looked.clone();
    // A plan compares the configuration of the id that it is asked about.
    let (sources, test_files) = (vec![attachment.source_as_configured()], BTreeMap::new());
    // Who else manages a source explains no log that is missing.
    let source_tags = BTreeMap::new();
    Observed {
        caller,
        region,
        sources,
        source_tags,
        destination,
        origin: Origin::Unknown,
        own_keys: OwnKeys::default(),
        default_key,
        report_key,
        shown: BTreeMap::new(),
        unread_history: None,
        moment: None,
        test_files,
    }
}

/// The plan's findings, or the one that matters where there is no bucket, or where the bucket's key fails.
fn of_destination(planned: &Plan, attachment: &Attachment, looked: &Looked) -> Vec<Finding> {
    if looked.destination != Destination::Absent {
        let is_told = planned.findings.iter().any(|finding| finding.id == FindingId::KeyUnusable);
        let failing = failing_key(attachment, looked).filter(|_| !is_told);
        // A plan would give the key up, which is no cure of it.
        let given_up = |finding: &&Finding| failing.is_some() && finding.id == FindingId::EncryptionNotWritable;
        let others = planned.findings.iter().filter(|finding| !given_up(finding)).cloned();
        return failing.clone().into_iter().chain(others).collect();
    }
    let bucket = &planned.place.bucket;
    let mut findings: Vec<Finding> =
        planned.findings.iter().filter(|finding| finding.is_about_a_source()).cloned().collect();
    findings.push(Finding {
        id: FindingId::DestinationAbsent,
        severity: Severity::Stops,
        subject: bucket.to_string(),
        what: format!("there is no bucket `{bucket}`"),
        why: "nothing can be delivered, and whoever makes a bucket of that name may get the logs".to_owned(),
        page: DISABLE,
        cure: Cure::Nothing,
    });
    findings
}

/// The key of the default encryption, where the producer could use one and this one fails: it is the cause, not the setting.
fn failing_key(attachment: &Attachment, looked: &Looked) -> Option<Finding> {
    let producer = attachment.producer();
    let bucket = looked.destination.bucket()?;
    let by_key = bucket.encryption.present().is_some_and(|default| default.kind() == EncryptionKind::SseKmsCustomer);
    let able = producer.encryption(EncryptionKind::SseKmsCustomer).outcome == Outcome::WorksWithKeyPolicy;
    let own = attachment.target.present().and_then(|target| target.inventory.as_ref());
    let by_default = own.is_none_or(|own| own.encryption == InventoryEncryption::BucketDefault);
    // A configuration that names SSE-S3 is the cure where the key is gone.
    looked.default_key.present().filter(|_| by_key && able && by_default)?;
    failing_default_key(producer, bucket, &looked.region, &looked.default_key)
}

/// What a plan does not ask of a destination that is set up already.
fn of_bucket(attachment: &Attachment, target: &Target, bucket: &Bucket, planned: &Plan, now: Moment) -> Vec<Finding> {
    let mut findings = Vec::new();
    let layout = attachment.layout(&planned.place);
    let folder = layout.folder();
    let rules = bucket.lifecycle.present().into_iter().flatten();
    for rule in rules.filter(|rule| rule.enabled && !rule.narrower && folder.starts_with(&rule.prefix)) {
        if let Some(days) = rule.days.filter(|days| *days < DAYS_TO_READ) {
            let what = format!("lifecycle rule `{}` of `{}` deletes logs after {days} day", rule.id, bucket.name);
            let why = "a log that comes late is gone before anybody reads it";
            findings.push(remark(FindingId::ExpiresEarly, target, what, why, LIFECYCLE));
        }
        if let Some(date) = rule.date {
            let (what, why) = if date.until(now) >= 0 {
                (
                    format!("lifecycle rule `{}` of `{}` deletes all logs, since {date}", rule.id, bucket.name),
                    "a date that has passed holds on: whatever comes later is deleted as well",
                )
            } else {
                (
                    format!("lifecycle rule `{}` of `{}` will delete all logs from {date} on", rule.id, bucket.name),
                    "a date is no single day: whatever comes later is deleted as well",
                )
            };
            findings.push(remark(FindingId::ExpiresEarly, target, what, why, LIFECYCLE_DATES));
        }
    }
    // Of S3 access logs the plan says so already.
    let loops = bucket.logging.present().filter(|logging| logging.bucket == bucket.name.as_str());
    if let Some(logging) = loops.filter(|_| attachment.facts().destination.loops == Loops::Harmless) {
        let what = format!("`{}` writes its own access logs to `{}`", bucket.name, logging.bucket);
        findings.push(remark(FindingId::DestinationLogged, target, what, "each delivery makes more logs", S3_ACCESS));
    }
    findings
}

fn remark(id: FindingId, target: &Target, what: String, why: &str, page: &'static str) -> Finding {
    let (subject, why) = (target.bucket.clone(), why.to_owned());
    Finding { id, severity: Severity::Warns, subject, what, why, page, cure: Cure::Nothing }
}

/// An object that came and can't be read. Nobody of the account can where its key is somebody else's that no setting of
/// today names; whatever else it is says nothing of new ones, or of other readers.
fn unreadable(found: &Found, target: &Target, looked: &Looked) -> Option<(Weight, Finding)> {
    let why_not = found.unreadable.as_ref()?;
    let owner = looked.caller.account.as_str();
    let foreign = found.kms_key.as_deref().filter(|key| key.split(':').nth(4).is_some_and(|of| of != owner));
    let default = looked.destination.bucket().and_then(|bucket| bucket.encryption.present());
    let by_kms = default.is_some_and(|default| default.kind() != EncryptionKind::SseS3);
    let named = |key: &str| {
        let by_default = default.and_then(|default| default.key.as_deref()) == Some(key);
        let today = target.inventory.as_ref().map(|today| &today.encryption);
        by_default || today == Some(&InventoryEncryption::SseKms(key.to_owned()))
    };
    let finding = |severity, what, why: &str| Finding {
        id: FindingId::ObjectUnreadable,
        severity,
        subject: found.key.clone(),
        what,
        why: why.to_owned(),
        page: S3_ACCESS,
        cure: Cure::Nothing,
    };
    Some(match foreign {
        Some(key) if by_kms && !named(key) => (
            Weight::Stops,
            finding(
                Severity::Stops,
                format!("`{}` arrived, encrypted with `{key}`, and can't be read: {why_not}", found.key),
                "the key belongs to another account, and no setting of yours names it",
            ),
        ),
        Some(_) | None => (
            Weight::Remark,
            finding(
                Severity::Warns,
                format!("`{}` arrived, and these credentials can't read it: {why_not}", found.key),
                "that says nothing of whoever reads the logs, nor of objects under another encryption",
            ),
        ),
    })
}
