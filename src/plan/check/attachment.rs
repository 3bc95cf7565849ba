//! Does each source log to this destination?

use crate::model::KeySlot;
use crate::plan::plan_context::PlanContext;
use crate::plan::{
    AttachmentFinding, DeliveryFinding, ExpectedKey, Finding, Fix, Hint, PlannedStep, RequiredSetting, Risk, Setting,
    Step, StepKind,
};
use crate::producer::{Attaching, EncryptedBy, Goal, OwnEncryption, Renewal, ReportKey, Source, Write};
use crate::request::Request;

use super::{reports, test_file};

/// Returns the findings on attachments. `access_changes` is true if this run changes the service's access.
///
/// For some producers, AWS checks the destination whenever a source is attached. For these, a run with access changes
/// attaches already attached sources again. There are two exceptions: logs that arrive with an encryption that AWS
/// documents as refused, and a policy that refuses only the test file. In both cases, AWS would refuse the call,
/// although the log is already on.
pub(in crate::plan) fn check(context: &PlanContext<'_>, access_changes: bool) -> Vec<Finding> {
    let renewed = access_changes && !super::encryption::is_kept_against_documents(context);
    let of = |(index, source)| {
        let renewed = renewed && !test_file::would_be_refused(context, index);
        attachment_finding(context, source, if renewed { Renewal::ToBeJudged } else { Renewal::None })
    };
    if let Some(finding) = different_folders(context) {
        return vec![finding];
    }
    let attached = context.observed.sources.iter().enumerate().filter_map(of);
    attached.chain(context.observed.sources.iter().filter_map(|source| failed_delivery(context, source))).collect()
}

/// Returns the finding for sources that need two runs. One run would create the logs of some sources again.
fn different_folders(context: &PlanContext<'_>) -> Option<Finding> {
    let PlanContext { request, observed, destination, .. } = context;
    let groups = request.kind.by_folders(&request.sources, &observed.sources, destination)?;
    let requests = Box::new(groups.map(|sources| Request { sources, ..(*request).clone() }));
    let kind = AttachmentFinding::DifferentFolders { producer: context.producer(), requests };
    Some(Finding::new(destination.bucket.as_str(), kind, Fix::Impossible(Hint::OfKind)))
}

/// Returns AWS's own report that the log's latest delivery failed. It blocks no run: the report may be older than a
/// change that removed the cause.
fn failed_delivery(context: &PlanContext<'_>, source: &Source) -> Option<Finding> {
    let failed = context.request.kind.failed_delivery(source, &context.destination)?;
    Some(Finding::new(source.name(), DeliveryFinding::Failed(failed), Fix::Nothing))
}

fn attachment_finding(context: &PlanContext<'_>, source: &Source, renewal: Renewal) -> Option<Finding> {
    let producer = context.producer();
    let encryption = reports::own_encryption(context, source);
    let is_encrypted_so = reports::is_the_same(context, source, &encryption);
    let goal = Goal { destination: &context.destination, encryption: &encryption, is_encrypted_so, renewal };
    let Write { what: difference, steps, risk, refusal } = match context.request.kind.attaching(source, &goal) {
        Attaching::Nothing => return None,
        Attaching::Unseen(denial) => {
            let kind = AttachmentFinding::Unreadable { producer, denial };
            return Some(Finding::new(source.name(), kind, Fix::Impossible(Hint::OfKind)));
        }
        Attaching::Write(write) => write,
    };
    let instead_of_key = reports::key_of_the_unused_default(context, &encryption);
    let last = steps.len().saturating_sub(1);
    let planned = steps.into_iter().enumerate().map(|(nth, step)| {
        let step = Step::SetSource(step);
        let effect = (step.change() == StepKind::Replaces).then(|| risk.clone());
        let instead_of_key = instead_of_key.clone().filter(|_| nth == last);
        let is_at_risk = effect.is_some() || instead_of_key.is_some();
        let risk = is_at_risk.then_some(Risk::Source { effect, instead_of_key });
        PlannedStep { change: step.change(), step, risk }
    });
    let kind = AttachmentFinding::Differs { producer, difference, refusal };
    Some(Finding::new(source.name(), kind, Fix::Steps(planned.collect())))
}

/// Returns the future log setting of each source, except for a source whose configuration will name a key that does not
/// exist yet.
pub(in crate::plan) fn attached(context: &PlanContext<'_>) -> Vec<RequiredSetting> {
    let source_attachment = |source: &Source| {
        let encryption = reports::own_encryption(context, source);
        let (slot, value) = context.request.kind.attached(source, &context.destination, &encryption);
        Some(RequiredSetting(Setting::Source(slot, value.known(None)?)))
    };
    context.observed.sources.iter().filter_map(source_attachment).collect()
}

/// Returns the key that the producer's own objects will have. A source's configuration may name a key. Other sources
/// use the bucket's default.
pub(in crate::plan) fn expected_of_producer(context: &PlanContext<'_>) -> ExpectedKey {
    match context.facts().encrypted_by {
        EncryptedBy::Bucket => return super::encryption::expected_key(context),
        EncryptedBy::Source => {}
    }
    let source_attachment = |source: &Source| match reports::own_encryption(context, source) {
        OwnEncryption::SseS3 => ExpectedKey::None,
        OwnEncryption::BucketDefault => super::encryption::expected_key(context),
        OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(arn))) => ExpectedKey::Known(arn.to_string()),
        OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Created)) => ExpectedKey::Created,
        OwnEncryption::SseKms(ReportKey::AsToday(_)) => ExpectedKey::Unknown,
    };
    let mut expected = context.observed.sources.iter().map(source_attachment);
    let first = expected.next().unwrap_or(ExpectedKey::None);
    if expected.all(|other| other == first) { first } else { ExpectedKey::Unknown }
}
