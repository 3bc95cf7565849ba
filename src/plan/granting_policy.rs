//! Finds the requests of a service that a policy does not allow, and builds the policy that allows them.

use crate::iam::{Document, PolicyAnswer};
use crate::producer::{Destination, Probe, Template, Values};

use super::policy_edit::with_statement;

/// The maximum size of a bucket policy in bytes: 20 KB.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html>
pub(super) const BUCKET_POLICY_LIMIT: usize = 20 * 1024;

/// The maximum size of a key policy in bytes: 32 KB.
///
/// <https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html>
pub(super) const KEY_POLICY_LIMIT: usize = 32 * 1024;

/// A policy that allows the service.
#[derive(Debug)]
pub(super) enum GrantingPolicy {
    /// It names every source.
    Exactly(Document),
    /// It names only the account, because a list of the sources would not fit.
    Widened(Document),
    /// It exceeds the limit even if it names only the account.
    TooLarge {
        /// In bytes.
        size: usize,
        /// The shorter policy.
        document: Document,
    },
}

/// Returns the indices of the sources with a request that the policy does not certainly allow.
pub(super) fn kept_out(document: &Document, probes: &[(usize, Probe)]) -> Vec<usize> {
    let refused =
        |(source, probe): &(usize, Probe)| (probe.judged(document).answer != PolicyAnswer::Allowed).then_some(*source);
    let mut sources: Vec<usize> = probes.iter().filter_map(refused).collect();
    sources.dedup();
    sources
}

/// Adds the templates' statements for these sources. `limit` is the maximum size of the policy in bytes.
pub(super) fn granted(
    document: &Document,
    templates: &[Template],
    destination: &Destination,
    sources: Vec<String>,
    limit: usize,
) -> GrantingPolicy {
    let with = |sources: Vec<String>| {
        let values = if document.has_variables() {
            Values::for_destination(destination, sources)
        } else {
            Values::without_variables(destination, sources)
        };
        templates.iter().fold(document.clone(), |document, template| with_statement(&document, &template.fill(&values)))
    };
    let exact = with(sources);
    if exact == *document || exact.to_text().len() <= limit {
        return GrantingPolicy::Exactly(exact);
    }
    if !templates.iter().any(|template| template.names_sources()) {
        return GrantingPolicy::TooLarge { size: exact.to_text().len(), document: exact };
    }
    let wide = with(vec!["*".to_owned()]);
    let size = wide.to_text().len();
    if size <= limit { GrantingPolicy::Widened(wide) } else { GrantingPolicy::TooLarge { size, document: wide } }
}
