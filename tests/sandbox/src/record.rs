//! What was asked of the sandbox, in order of arrival.
//!
//! Only the log: what a request meant is decided elsewhere.

use tokio::time::Instant;

/// A request that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the order of arrival, from 0; forgetting the log does not begin anew.
    pub index: usize,
    /// `s3`, `elasticloadbalancing`, `kms`, `sts`, or what else was signed for.
    pub service: String,
    /// Such as `PutBucketPolicy`.
    pub operation: String,
    /// The Region that was signed for.
    pub region: String,
    /// The account that signed.
    pub account: String,
    /// The bucket, `bucket/key`, load balancer or key that it is about.
    pub resource: String,
    /// Whether such an operation changes anything.
    pub mutating: bool,
    /// The status that it was answered with; 0 while it is not answered, or never.
    pub status: u16,
    /// The error's code, where it was refused.
    pub error: Option<String>,
    /// The account that the request expects to own the bucket.
    pub expected_owner: Option<String>,
    /// When it arrived.
    pub arrived: Instant,
    /// When it was answered, or its connection broken.
    pub answered: Option<Instant>,
}

/// The largest number of requests that ran strictly one after another.
///
/// Greedy by end: the longest chain of pairwise disjoint `[arrived, answered]`.
#[must_use]
pub fn longest_chain(requests: &[Recorded]) -> usize {
    let mut spans: Vec<(Instant, Instant)> =
        requests.iter().filter_map(|one| one.answered.map(|answered| (one.arrived, answered))).collect();
    spans.sort_by_key(|(arrived, answered)| (*answered, *arrived));
    let mut last: Option<Instant> = None;
    let mut chain = 0;
    for (arrived, answered) in spans {
        if last.is_none_or(|last| arrived >= last) {
            last = Some(answered);
            chain += 1;
        }
    }
    chain
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Recorded, longest_chain};

    #[test]
    fn only_requests_that_do_not_overlap_make_a_chain() {
        let start = Instant::now();
        let span = |from: u64, to: u64| Recorded {
            index: 0,
            service: String::new(),
            operation: String::new(),
            region: String::new(),
            account: String::new(),
            resource: String::new(),
            mutating: false,
            status: 200,
            error: None,
            expected_owner: None,
            arrived: start + Duration::from_millis(from),
            answered: Some(start + Duration::from_millis(to)),
        };
        assert_eq!(longest_chain(&[span(0, 10), span(0, 10), span(5, 12), span(12, 20), span(21, 22)]), 3);
        assert_eq!(longest_chain(&[]), 0);
    }
}
