//! The stable name, the severity and the AWS page of a kind of finding.

use super::FindingId;

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Logs can't arrive.
    Error,
    /// Logs may be affected, or logbucket couldn't tell.
    Warning,
    /// Requested, and still missing.
    Info,
}

/// What is fixed for a kind of finding.
#[derive(Clone, Copy, Debug)]
pub(super) struct FindingRule {
    pub(super) id: FindingId,
    pub(super) severity: Severity,
    /// The AWS page.
    pub(super) page: &'static str,
}

impl FindingRule {
    pub(super) fn error(id: FindingId, page: &'static str) -> Self {
        Self { id, severity: Severity::Error, page }
    }

    pub(super) fn warning(id: FindingId, page: &'static str) -> Self {
        Self { id, severity: Severity::Warning, page }
    }

    pub(super) fn info(id: FindingId, page: &'static str) -> Self {
        Self { id, severity: Severity::Info, page }
    }
}
