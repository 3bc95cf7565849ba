//! Finds reports whose configuration names no encryption although the bucket policy requires one. AWS documents that
//! such reports fail. The new configuration names an encryption that the policy allows.

use crate::iam::{Decision, Document, PolicyAnswer};
use crate::model::{KeySlot, Seen};
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, FindingId, Fix, RefusedReport, ReportFinding};
use crate::producer::{self, OwnEncryption, OwnToday, Probe, ReportKey, Source};
use crate::state::Shown;

use super::reports::{ByDefault, by_default, today};

type ReportEncryption = OwnEncryption<ReportKey>;

/// The policy's decisions on reports with an encryption.
struct ReportDecisions {
    decisions: Vec<Decision>,
}

impl ReportDecisions {
    fn is(&self, answer: PolicyAnswer) -> bool {
        self.decisions.iter().any(|decision| decision.answer == answer)
    }

    /// Returns whether the policy accepts this encryption and refuses the other encryption. A grant that is missing for
    /// both encryptions does not matter.
    fn is_better_than(&self, other: &Self) -> bool {
        let (denied, missing) = (PolicyAnswer::ExplicitlyDenied, PolicyAnswer::ImplicitlyDenied);
        !self.is(denied) && (other.is(denied) || other.is(missing) && !self.is(missing))
    }

    /// Returns the refusing statements.
    fn refused_by(&self) -> RefusedReport {
        let is_denied = self.is(PolicyAnswer::ExplicitlyDenied);
        let answer = if is_denied { PolicyAnswer::ExplicitlyDenied } else { PolicyAnswer::ImplicitlyDenied };
        let refusing = self.decisions.iter().find(|decision| decision.answer == answer);
        let by = refusing.map(Decision::deciding).unwrap_or_default().into_iter().cloned().collect();
        if is_denied { RefusedReport::Denied(by) } else { RefusedReport::NotAllowed(by) }
    }
}

fn probes(context: &PlanContext<'_>, source: &Source, encryption: &ReportEncryption) -> Vec<Probe> {
    let log_source = source.log_source(context.destination.partition);
    let kind = context.request.kind.for_source(source);
    context.dated(producer::bucket_probes_encrypted(&kind, encryption, &log_source, &context.destination))
}

/// Returns the policy's decisions on a source's reports without an encryption. Returns `None` if delivered reports show
/// that the policy allows such reports.
fn judged_without(context: &PlanContext<'_>, source: &Source, policy: &Document) -> Option<ReportDecisions> {
    let probes = probes(context, source, &OwnEncryption::BucketDefault);
    let index = context.observed.sources.iter().position(|other| other == source)?;
    let may_be_refused = |probe: Probe| {
        let decision = probe.judged(policy);
        decision.differs_between_requests()
            || matches!(decision.answer, PolicyAnswer::ExplicitlyDenied | PolicyAnswer::ImplicitlyDenied)
    };
    let is_shown = context.observed.shown.get(&index) >= Some(&Shown::Log)
        && !probes.iter().map(Probe::without_inferences).any(may_be_refused);
    let decisions = probes.iter().map(|probe| probe.judged(policy)).collect();
    (!is_shown).then_some(ReportDecisions { decisions })
}

fn policy(context: &PlanContext<'_>) -> Option<Document> {
    match &context.bucket()?.policy {
        Seen::Present(text) => Document::parse(text).ok(),
        Seen::Absent | Seen::Denied(_) => None,
    }
}

/// Returns the encryption that the bucket policy requires, for a configuration that names no encryption. This is SSE-S3
/// if the policy accepts it. Otherwise it is the bucket's own key, if the key works.
pub(super) fn named_instead(
    context: &PlanContext<'_>,
    source: &Source,
    today: OwnToday<'_>,
    default: ByDefault<'_>,
) -> Option<ReportEncryption> {
    if *today.encryption != OwnEncryption::BucketDefault || !today.goes_there {
        return None;
    }
    let policy = policy(context)?;
    let without = judged_without(context, source, &policy)?;
    let by_key = match default {
        ByDefault::Key(key) => Some(OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(key.arn.clone())))),
        ByDefault::Perhaps(_) | ByDefault::Shut(_) | ByDefault::SseS3 | ByDefault::Useless => None,
    };
    let judged = |encryption: &ReportEncryption| {
        let probes = probes(context, source, encryption);
        ReportDecisions { decisions: probes.iter().map(|probe| probe.judged(&policy)).collect() }
    };
    [OwnEncryption::SseS3].into_iter().chain(by_key).find(|named| judged(named).is_better_than(&without))
}

/// Returns a finding for the first source whose reports the policy refuses because they name no encryption.
pub(super) fn check(context: &PlanContext<'_>) -> Option<Finding> {
    if context.request.kind.report_key().is_some() {
        return None;
    }
    let policy = policy(context)?;
    let refused = context.observed.sources.iter().find_map(|source| {
        named_instead(context, source, today(context, source)?, by_default(context))?;
        Some((source, judged_without(context, source, &policy)?.refused_by()))
    });
    let (source, refused) = refused?;
    let (producer, source) = (context.producer(), source.name().to_owned());
    let kind = ReportFinding::Unencrypted { producer, source, refused };
    Some(Finding::new(context.destination.bucket.as_str(), kind, Fix::SharedWith(FindingId::AttachmentInventory)))
}
