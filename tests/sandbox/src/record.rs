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

/// The largest number of requests that were under way at once; one that took no time at all was not.
#[must_use]
pub fn most_at_once(requests: &[Recorded]) -> usize {
    let mut edges: Vec<(Instant, bool)> = requests
        .iter()
        .filter_map(|one| Some((one.arrived, one.answered.filter(|answered| *answered > one.arrived)?)))
        .flat_map(|(arrived, answered)| [(arrived, true), (answered, false)])
        .collect();
    // Of what happens at one instant, the ends come first: who follows another does not overlap it.
    edges.sort_unstable();
    let (mut now, mut most) = (0_usize, 0);
    for (_, begins) in edges {
        now = if begins { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Recorded, longest_chain, most_at_once};

    #[test]
    fn only_requests_that_do_not_overlap_make_a_chain_and_only_those_that_do_are_at_once() {
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
        assert_eq!(most_at_once(&[span(0, 10), span(0, 10), span(5, 12), span(12, 20), span(21, 22)]), 3);
        assert_eq!(most_at_once(&[span(0, 10), span(10, 20), span(5, 5), span(6, 6)]), 1);
    }
}
