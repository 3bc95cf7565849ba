//! A finding: a fact, why it matters, and how to fix it.

use super::finding_id::{FindingId, Mark};
use super::{PlannedStep, Tool};

/// Something that blocks or may block logs, or something that was requested and is missing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    pub id: FindingId,
    pub severity: Severity,
    /// The bucket, key or source.
    pub subject: String,
    /// The fact.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// The AWS page.
    pub page: &'static str,
    pub fix: Fix,
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Logs can't arrive.
    Error,
    /// Logs may be affected, or logbucket couldn't tell.
    Warning,
    /// Requested, and still missing.
    Info,
}

/// The fix of a finding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fix {
    Steps(Vec<PlannedStep>),
    /// A step of another finding, because a setting is only written once.
    SharedWith(FindingId),
    /// logbucket can't fix it. The hint says what a person can do.
    Impossible(String),
    /// `--exempt` for this Deny statement, if the user approves it.
    Exemption {
        /// Its Sid, or its position counted from 1.
        name: String,
        /// The statement with the exemption for the service.
        narrowed: String,
    },
    /// Not a blocker. The run's changes only last if a template elsewhere contains this snippet.
    InTemplate(InTemplate),
    /// Not a blocker. `--exempt` for the Deny statement with this name would remove a doubt.
    Offer(String),
    Nothing,
}

/// The template that describes a resource, and the snippet to put into it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InTemplate {
    pub tool: Tool,
    /// The stack's name, if known.
    pub stack: Option<String>,
    /// The logical ID in the stack's template, if known.
    pub resource: Option<String>,
    /// Whether the AWS CDK generates the template.
    pub by_cdk: bool,
    /// The snippet: YAML for `CloudFormation`, HCL for Terraform.
    pub snippet: String,
}

impl Finding {
    /// Returns the finding's own steps.
    pub fn steps(&self) -> &[PlannedStep] {
        let Fix::Steps(steps) = &self.fix else { return &[] };
        steps
    }

    /// Returns whether the finding is a doubt: the bucket or key policy could not be read, or its effect on the service
    /// is unknown.
    pub fn is_doubt(&self) -> bool {
        self.id.is(Mark::Doubt) || (self.id.is(Mark::DoubtIfWarning) && self.severity == Severity::Warning)
    }

    /// Returns whether a log that is newer than the last change to the setting would settle the finding.
    pub fn is_settled_by_logs(&self) -> bool {
        self.is_doubt() || self.id == FindingId::EncryptionUnreadable
    }

    /// Downgrades the finding because logs of every source arrived. So a setting that could not be read hardly
    /// matters.
    #[must_use]
    pub(super) fn proven(self, sources: &str) -> Self {
        Self {
            id: FindingId::UnreadButProven,
            severity: Severity::Warning,
            what: format!("{}; logs of {sources} have arrived nevertheless", self.what),
            why: "delivered logs show that the log service is allowed, so no change is needed".to_owned(),
            fix: Fix::Nothing,
            ..self
        }
    }

    /// Returns whether the finding blocks the run.
    pub fn refuses(&self) -> bool {
        matches!(self.fix, Fix::Exemption { .. } | Fix::Impossible(_))
    }

    /// Returns whether logs could never arrive, even if the user approves everything.
    pub fn never_delivers(&self) -> bool {
        matches!(self.fix, Fix::Impossible(_))
    }

    /// Returns whether the request names something that does not exist or has another type.
    pub fn names_nothing(&self) -> bool {
        self.id.is(Mark::Misnamed)
    }

    /// Returns the hint for a person, if logbucket can't fix the finding.
    pub fn hint(&self) -> Option<&str> {
        let Fix::Impossible(hint) = &self.fix else { return None };
        Some(hint)
    }

    /// Returns the snippet that a template elsewhere must contain, so that the run's changes last.
    pub fn in_template(&self) -> Option<&InTemplate> {
        let Fix::InTemplate(template) = &self.fix else { return None };
        Some(template)
    }

    /// Returns whether the finding is about a source and does not depend on the destination.
    pub fn is_about_a_source(&self) -> bool {
        self.id.is(Mark::OfSource)
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
        all.iter().any(|other| other.id == *id && other.steps().contains(step))
    }
}
