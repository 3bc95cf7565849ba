//! The log of requests, in order of arrival.

use tokio::time::Instant;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The position in the order of arrival, from 0. Clearing the log doesn't restart the count.
    pub index: usize,
    /// `s3`, `elasticloadbalancing`, `kms`, `sts`, or another signed service.
    pub service: String,
    pub operation: String,
    /// The Region in the signature.
    pub region: String,
    pub account: String,
    /// The bucket, `bucket/key`, load balancer or key in the request.
    pub resource: String,
    /// Whether the operation changes anything.
    pub mutating: bool,
    /// The status of the answer. 0 if there is none yet or never will be.
    pub status: u16,
    /// The error's code.
    pub error: Option<String>,
    /// The expected owner of the bucket, from the request.
    pub expected_owner: Option<String>,
    pub arrived: Instant,
    /// When the request was answered or its connection broke.
    pub answered: Option<Instant>,
}

/// Returns the largest number of requests that ran strictly one after another.
///
/// A greedy search by end time finds the longest chain of pairwise disjoint `[arrived, answered]` intervals.
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

/// Returns the largest number of requests in progress at once. Requests that took no time are ignored.
#[must_use]
pub fn most_at_once(requests: &[Recorded]) -> usize {
    let mut edges: Vec<(Instant, bool)> = requests
        .iter()
        .filter_map(|one| Some((one.arrived, one.answered.filter(|answered| *answered > one.arrived)?)))
        .flat_map(|(arrived, answered)| [(arrived, true), (answered, false)])
        .collect();
    // At the same instant, ends come before starts, so consecutive requests don't overlap.
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
    fn only_overlapping_requests_count_as_concurrent_and_a_chain_has_none() {
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
