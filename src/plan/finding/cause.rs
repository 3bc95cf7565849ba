//! Why logs don't arrive, or why that is unknown.

use super::Finding;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ProblemCause {
    Finding(Box<Finding>),
    /// Another problem, as text: a failed call, or something that can't be judged.
    Other(String),
}

impl From<&Finding> for ProblemCause {
    fn from(finding: &Finding) -> Self {
        Self::Finding(Box::new(finding.clone()))
    }
}
