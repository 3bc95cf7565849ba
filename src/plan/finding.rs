//! A finding: what is, why it matters, and what fixes it.

use super::finding_id::{FindingId, Mark};
use super::{PlannedStep, Tool};

/// One thing that stops logs, may stop them, or is asked for and not there yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Its stable name.
    pub id: FindingId,
    /// How bad it is.
    pub severity: Severity,
    /// The bucket, key or source that it is about.
    pub subject: String,
    /// What is.
    pub what: String,
    /// Why that matters to the logs.
    pub why: String,
    /// The page that says so.
    pub page: &'static str,
    /// What fixes it.
    pub fix: Fix,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Logs don't arrive while it lasts.
    Error,
    /// Logs may be affected, or it can't be known.
    Warning,
    /// Asked for, and not there yet.
    Info,
}

/// What fixes a finding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fix {
    /// These steps.
    Steps(Vec<PlannedStep>),
    /// The step of another finding: one setting, one write.
    SharedWith(FindingId),
    /// Nothing that logbucket may do; the hint says what a person can.
    Impossible(String),
    /// `--exempt` for this Deny statement, which nobody said yet.
    Exemption {
        /// Its Sid, or its position from 1.
        name: String,
        /// The statement as it would be, with the exception for the one service.
        narrowed: String,
    },
    /// Nothing that stops the run; this is what a template elsewhere must say for the run's changes to stay.
    InTemplate(InTemplate),
    /// Nothing that stops the run; `--exempt` for the Deny statement of this name would take a doubt away.
    Offer(String),
    /// Nothing is needed.
    Nothing,
}

/// What describes a resource that the plan changes, and what is to stand there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InTemplate {
    /// The tool.
    pub tool: Tool,
    /// The name of the stack, where it is known.
    pub stack: Option<String>,
    /// The logical id in the stack's template, where it is known.
    pub resource: Option<String>,
    /// Whether the template is written by the AWS CDK.
    pub by_cdk: bool,
    /// What is to stand there: YAML for `CloudFormation`, HCL for Terraform.
    pub snippet: String,
}

impl Finding {
    /// The steps that the finding brings.
    pub fn steps(&self) -> &[PlannedStep] {
        let Fix::Steps(steps) = &self.fix else { return &[] };
        steps
    }

    /// Whether the bucket's or the key's policy leaves open whether the service is allowed, or could not be read.
    pub fn is_doubt(&self) -> bool {
        self.id.is(Mark::Doubt) || (self.id.is(Mark::DoubtIfWarning) && self.severity == Severity::Warning)
    }

    /// Whether a log that came since the last change to what it is about would settle it.
    pub fn is_settled_by_logs(&self) -> bool {
        self.is_doubt() || self.id == FindingId::EncryptionUnreadable
    }

    /// The same where logs of every source came: what could not be read needs no more than a word.
    #[must_use]
    pub(super) fn proven(self, sources: &str) -> Self {
        Self {
            id: FindingId::UnreadButProven,
            severity: Severity::Warning,
            what: format!("{}; logs of {sources} have arrived, which is enough", self.what),
            why: "what a log service has written shows that it is allowed, so nothing needs to be changed".to_owned(),
            fix: Fix::Nothing,
            ..self
        }
    }

    /// Whether the run must be refused for it.
    pub fn refuses(&self) -> bool {
        matches!(self.fix, Fix::Exemption { .. } | Fix::Impossible(_))
    }

    /// Whether logs could never arrive, whatever the user approves.
    pub fn never_delivers(&self) -> bool {
        matches!(self.fix, Fix::Impossible(_))
    }

    /// Whether the request names something that does not exist, or that is of another type than the command is about.
    pub fn names_nothing(&self) -> bool {
        self.id.is(Mark::Misnamed)
    }

    /// What a person can do where logbucket may not.
    pub fn hint(&self) -> Option<&str> {
        let Fix::Impossible(hint) = &self.fix else { return None };
        Some(hint)
    }

    /// What a template elsewhere must say for the run's changes to stay.
    pub fn in_template(&self) -> Option<&InTemplate> {
        let Fix::InTemplate(template) = &self.fix else { return None };
        Some(template)
    }

    /// Whether it is about a source, whatever the destination.
    pub fn is_about_a_source(&self) -> bool {
        self.id.is(Mark::OfSource)
    }

    /// The name of the Deny statement whose exemption would fix it.
    pub fn exemption(&self) -> Option<&str> {
        let Fix::Exemption { name, .. } = &self.fix else { return None };
        Some(name)
    }

    /// The name of the Deny statement whose exemption would take a doubt away.
    pub fn offer(&self) -> Option<&str> {
        let Fix::Offer(name) = &self.fix else { return None };
        Some(name)
    }

    /// Whether this step fixes it, its own or another finding's that it shares; `all` are the plan's findings.
    pub fn is_fixed_by(&self, step: &PlannedStep, all: &[Self]) -> bool {
        let Fix::SharedWith(id) = &self.fix else { return self.steps().contains(step) };
        all.iter().any(|other| other.id == *id && other.steps().contains(step))
    }
}
