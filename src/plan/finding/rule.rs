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
        Self::new(id, Severity::Error, page)
    }

    pub(super) fn warning(id: FindingId, page: &'static str) -> Self {
        Self::new(id, Severity::Warning, page)
    }

    pub(super) fn info(id: FindingId, page: &'static str) -> Self {
        Self::new(id, Severity::Info, page)
    }

    fn new(id: FindingId, severity: Severity, page: &'static str) -> Self {
        // So every page that any unit test reaches stands in the page about the finding.
        #[cfg(test)]
        assert!(id.explanation().contains(&format!("]({page})")), "docs/findings/{}.md lacks {page}", id.as_str());
        Self { id, severity, page }
    }
}
