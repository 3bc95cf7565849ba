//! Logs that CloudWatch can deliver, and the calls about them.

use sandbox::{Effect, Fault, When};
use serde_json::Value;

use crate::account::Account;

pub(super) const BUCKET: &str = "arn:aws:s3:::new-logs/team";
pub(super) const COULD_NOT_READ: &str =
    "not checked whether CloudWatch vended logs deliver logs that are off: could not be read (`--verbose` shows why)\n";
pub(super) const SOURCES: &str = "DescribeDeliverySources";

/// Logs of the seeded account that are off, each with its log type in vended logs.
pub(super) const LOGS: [(&str, &str); 5] = [
    ("check alb --source web --log-type access", "ALB_ACCESS_LOGS"),
    ("check alb --source web --log-type connection", "ALB_CONNECTION_LOGS"),
    ("check alb --source web --log-type health-check", "ALB_HEALTH_CHECK_LOGS"),
    ("check nlb --source edge", "NLB_ACCESS_LOGS"),
    ("check s3-access --source app-data", "S3_SERVER_ACCESS_LOGS"),
];

/// The only log that a check finds.
#[track_caller]
pub(super) fn only_log(account: &Account, words: &str, exit: i32) -> Value {
    let document = account.run(&format!("{words} --output json")).ends(exit).json();
    let logs = document["logs"].as_array().unwrap();
    assert_eq!(logs.len(), 1, "{document:#}");
    logs[0].clone()
}

pub(super) fn arn_of(account: &Account, words: &str) -> String {
    only_log(account, words, 0)["source_arn"].as_str().unwrap().to_owned()
}

/// The number of calls of an operation in the last run.
pub(super) fn count_calls(account: &Account, operation: &str) -> usize {
    account.sandbox.requests().iter().filter(|request| request.operation == operation).count()
}

pub(super) fn fault(operation: &str, effect: Effect) -> Fault {
    Fault { when: When::Operation(operation.to_owned()), effect }
}
