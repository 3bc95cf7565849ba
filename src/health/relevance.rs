//! What a plan's findings mean for logs that are already on.

use crate::plan::{Finding, FindingMark, Severity, Weighing, Weight};
use crate::producer::Attachment;
use crate::state::Bucket;

/// Returns the weight of a finding.
pub(super) fn weight(finding: &Finding, attachment: &Attachment, bucket: Option<&Bucket>) -> Weight {
    let is_warning = finding.severity() == Severity::Warning;
    match finding.id().weighing() {
        Weighing::Always(weight) => weight,
        Weighing::WarningHides if is_warning => Weight::Hides,
        Weighing::FixableWarningHides if is_warning && !finding.steps().is_empty() => Weight::Hides,
        Weighing::IfRefused if hides_a_setting(attachment, bucket) => Weight::Hides,
        Weighing::IfRefused => Weight::Nothing,
        Weighing::BySeverity | Weighing::WarningHides | Weighing::FixableWarningHides => match finding.severity() {
            Severity::Error => Weight::Stops,
            Severity::Warning => Weight::Remark,
            Severity::Info => Weight::Nothing,
        },
    }
}

/// Returns whether the finding is about the encryption setting. A delivered object proves that this setting works.
pub(super) fn is_about_encryption(finding: &Finding) -> bool {
    finding.id().is(FindingMark::ShownByObjects)
}

/// Returns whether Object Lock or Requester Pays could not be read, for logs that this setting blocks according to AWS.
/// For other logs, AWS documents nothing about these settings.
fn hides_a_setting(attachment: &Attachment, bucket: Option<&Bucket>) -> bool {
    let facts = &attachment.facts().destination;
    bucket.is_some_and(|bucket| {
        facts.object_lock.is_some() && bucket.object_lock.denial().is_some()
            || facts.requester_pays.is_some() && bucket.payer.denial().is_some()
    })
}
