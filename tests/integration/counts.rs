//! The number of requests that a run makes, and the number of sequential requests among them.

use std::time::Duration;

use crate::account::Account;
use crate::tables::each_case;

/// In us-east-1, three of the requests only check that no one else has created the bucket meanwhile. The last of these
/// checks comes right before the bucket policy is written.
#[test]
fn a_new_bucket_for_an_alb_takes_at_most_31_requests_17_of_them_sequential() {
    let account = Account::seeded();
    // Long enough that parallel requests overlap.
    account.sandbox.set_latency(Duration::from_millis(40));
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let (requests, chain) = (account.sandbox.requests().len(), account.sandbox.longest_chain());
    assert!(requests <= 31, "{requests} requests");
    assert!(chain <= 17, "{chain} one after another of {requests}");
}

#[test]
fn nothing_is_read_twice_while_planning() {
    let cases = [
        "init alb --source web --bucket shared-logs --dry-run",
        "init nlb --source edge --bucket kms-logs --dry-run",
        "init s3-access --source app-data --source app-images --bucket shared-logs --dry-run",
        "init inventory --source app-data --bucket shared-logs --dry-run",
    ];
    each_case(cases, |words| {
        let account = Account::seeded();
        account.run(words);
        let mut seen: Vec<(String, String)> =
            account.sandbox.requests().into_iter().map(|request| (request.operation, request.resource)).collect();
        let all = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), all, "{words}");
    });
}
