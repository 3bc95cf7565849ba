//! A finding: a fact about a resource, and how to fix it.
//!
//! A finding's kind is data; `ui` makes the sentences. Each aspect has a file with its kinds, and next to each kind its
//! stable name, its severity and its AWS page. The weight of each name for an enabled log is in `id`.

mod attachment;
mod cause;
mod delivery;
mod destination;
mod encryption;
mod fix;
mod grant;
mod id;
mod key;
mod key_policy;
mod kind;
mod policy;
mod report;
mod retention;
mod rule;
mod setting;
mod source;
mod tag;
mod template;

pub(crate) use attachment::AttachmentFinding;
pub(crate) use cause::ProblemCause;
pub(crate) use delivery::{DeliveryFinding, NoObject};
pub(crate) use destination::DestinationFinding;
pub use encryption::{DefaultEncryption, EncryptionFinding};
pub use fix::Fix;
pub(crate) use fix::{Hint, InTemplate};
pub use grant::GrantFinding;
pub(crate) use grant::{Doubts, MissingGrant, Nearest, Partly, PublicPolicy, StoppedLegacy, Sureness, Withheld};
pub use id::FindingId;
pub(crate) use id::{FindingMark, Weighing, Weight};
pub(crate) use key::{FailingKey, KeyFinding, MissingKey, UnreadKey, UnusableKey};
pub(crate) use key_policy::{KeyPolicyFinding, TooLong};
pub use kind::FindingKind;
pub use policy::PolicyFinding;
pub(crate) use policy::{BlockedRequests, ManualReason};
pub(crate) use report::{RefusedReport, ReportFinding};
pub(crate) use retention::{LogPart, RetentionFinding, RetentionGap, RuleConflict, TooEarly, When, Wish};
pub(crate) use rule::Severity;
pub(crate) use setting::SettingFinding;
pub(crate) use source::SourceFinding;
pub(crate) use tag::{TagCommand, TagFinding};
pub(crate) use template::TemplateFinding;

use super::PlannedStep;

/// Something that blocks or may block logs, or something that was requested and is missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    pub kind: FindingKind,
    /// The bucket, key or source.
    pub subject: String,
    pub fix: Fix,
}

impl Finding {
    pub(crate) fn new(subject: impl Into<String>, kind: impl Into<FindingKind>, fix: Fix) -> Self {
        Self { kind: kind.into(), subject: subject.into(), fix }
    }

    /// Returns the stable name.
    pub fn id(&self) -> FindingId {
        self.kind.id()
    }

    pub fn severity(&self) -> Severity {
        self.kind.severity()
    }

    /// Returns the AWS page.
    pub fn page(&self) -> &'static str {
        self.kind.page()
    }

    /// Returns the finding's own steps.
    pub fn steps(&self) -> &[PlannedStep] {
        let Fix::Steps(steps) = &self.fix else { return &[] };
        steps
    }

    /// Returns whether the finding is a doubt: the bucket or key policy could not be read, or its effect on the service
    /// is unknown.
    pub fn is_doubt(&self) -> bool {
        let id = self.id();
        id.is(FindingMark::Doubt) || (id.is(FindingMark::DoubtIfWarning) && self.severity() == Severity::Warning)
    }

    /// Returns whether a log that is newer than the last change to the setting would settle the finding.
    pub fn is_settled_by_logs(&self) -> bool {
        self.is_doubt() || self.id() == FindingId::EncryptionUnreadable
    }

    /// Downgrades the finding because logs of every source arrived. So a setting that could not be read hardly
    /// matters.
    #[must_use]
    pub(super) fn proven(self, sources: Vec<String>) -> Self {
        Self { kind: FindingKind::Proven { kind: Box::new(self.kind), sources }, fix: Fix::Nothing, ..self }
    }

    /// Returns whether AWS reports that it may not write. Other failures, such as a rate limit, pass.
    pub fn is_refusal_by_report(&self) -> bool {
        matches!(&self.kind, FindingKind::Delivery(DeliveryFinding::Failed(failed)) if failed.is_refusal)
    }

    /// Returns whether the finding blocks the run.
    pub fn refuses(&self) -> bool {
        matches!(self.fix, Fix::Exemption { .. } | Fix::Impossible(_))
    }

    /// Returns whether logs could never arrive, even if the user approves everything. The fix is then a hint for a
    /// person.
    pub fn never_delivers(&self) -> bool {
        matches!(self.fix, Fix::Impossible(_))
    }

    /// Returns whether the request names something that does not exist or has another type.
    pub fn names_nothing(&self) -> bool {
        self.id().is(FindingMark::Misnamed)
    }

    /// Returns the snippet that a template elsewhere must contain, so that the run's changes last.
    pub fn in_template(&self) -> Option<&InTemplate> {
        let Fix::InTemplate(template) = &self.fix else { return None };
        Some(template)
    }

    /// Returns whether the finding is about a source and does not depend on the destination.
    pub fn is_about_a_source(&self) -> bool {
        self.id().is(FindingMark::OfSource)
    }

    /// Returns the name of the Deny statement that needs an exemption to fix the finding.
    pub fn exemption(&self) -> Option<&str> {
        let Fix::Exemption { name, .. } = &self.fix else { return None };
        Some(name)
    }

    /// Returns the name of the Deny statement for which an exemption would remove the doubt.
    pub fn offer(&self) -> Option<&str> {
        let Fix::Offer(name) = &self.fix else { return None };
        Some(name)
    }

    /// Returns whether this step fixes the finding. The step may belong to this finding or to a finding that shares the
    /// step. `all` are the plan's findings.
    pub fn is_fixed_by(&self, step: &PlannedStep, all: &[Self]) -> bool {
        let Fix::SharedWith(id) = &self.fix else { return self.steps().contains(step) };
        all.iter().any(|other| other.id() == *id && other.steps().contains(step))
    }
}
