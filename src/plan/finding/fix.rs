//! The fix of a finding.

use crate::plan::{PlannedStep, TemplateTool};
use crate::producer::{PrefixError, Producer};

use super::{Finding, FindingId};

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fix {
    Steps(Vec<PlannedStep>),
    /// A step of another finding, because a setting is only written once.
    SharedWith(FindingId),
    /// logbucket can't fix it. The hint says what a person can do.
    Impossible(Hint),
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

/// What a person can do about a finding that logbucket can't fix.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Hint {
    /// The advice for the finding's kind.
    OfKind,
    /// Send the log to another bucket, because this bucket logs to itself.
    OtherBucket { source: String },
    /// Choose a prefix by hand, because no legal prefix resembles the current one.
    OtherPrefix { producer: Producer, error: PrefixError },
    /// First fix this other finding, which blocks the run.
    First(Box<Finding>),
}

/// The template that describes a resource, and the snippet to put into it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InTemplate {
    pub tool: TemplateTool,
    /// The stack's name, if known.
    pub stack: Option<String>,
    /// The logical ID in the stack's template, if known.
    pub resource: Option<String>,
    /// Whether the AWS CDK generates the template.
    pub by_cdk: bool,
    /// The snippet: YAML for `CloudFormation`, HCL for Terraform.
    pub snippet: String,
}
