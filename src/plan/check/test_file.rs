//! Finds an enabled log with a policy that allows the log's files but denies the test file. The log is delivered, but
//! AWS would refuse to enable it again.

use crate::iam::{Document, Truth};
use crate::model::Seen;
use crate::plan::plan_context::PlanContext;
use crate::plan::{Finding, Fix, PolicyFinding};

use super::way_in::{is_allowed, ways_in};

/// Returns whether a source already logs to this destination, and the document certainly refuses the source's test
/// file.
fn is_refused(context: &PlanContext<'_>, document: &Document, source: usize) -> bool {
    let ways = ways_in(context, source);
    context.is_attached(source)
        && is_allowed(&ways, document) != Truth::False
        && ways.iter().all(|way| way.refused_while_enabling(document).is_some())
}

/// Returns whether the current policy would make AWS refuse to enable a log that is already on.
pub(super) fn would_be_refused(context: &PlanContext<'_>, source: usize) -> bool {
    let policy = context.bucket().and_then(|bucket| match &bucket.policy {
        Seen::Present(text) => Document::parse(text).ok(),
        Seen::Absent | Seen::Denied(_) => None,
    });
    policy.is_some_and(|policy| is_refused(context, &policy, source))
}

pub(super) fn check(context: &PlanContext<'_>, document: &Document) -> Option<Finding> {
    let sources: Vec<usize> =
        (0..context.log_sources.len()).filter(|source| is_refused(context, document, *source)).collect();
    let decision = ways_in(context, *sources.first()?).first()?.refused_while_enabling(document)?;
    let by = decision.deciding().into_iter().cloned().collect();
    let kind = PolicyFinding::TestFile { producer: context.producer(), sources: context.names(&sources), by };
    Some(Finding::new(context.destination.bucket.as_str(), kind, Fix::Nothing))
}
