//! An account, and a change to it while a run waits for an answer.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use sandbox::{BucketSeed, Effect, Fault, When};
use serde_json::{Value, json};

use crate::account::{Account, Ran};

/// The call to IAM after the plan is approved.
pub(super) const PREFLIGHT: &str = "SimulatePrincipalPolicy";

/// Returns a run. `change` is made while the run's first request of this operation waits.
#[track_caller]
pub(crate) fn during(account: &Account, words: &str, operation: &str, change: impl FnOnce(&Account)) -> Ran {
    account.sandbox.inject(Fault {
        when: When::OperationTimes(operation.to_owned(), 1),
        effect: Effect::Delay(Duration::from_millis(900)),
    });
    account.sandbox.forget_requests();
    let mut command = account.command();
    command.args(words.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == operation) {
        assert!(child.try_wait().unwrap().is_none(), "{words} never asked {operation}");
        thread::yield_now();
    }
    change(account);
    let output = child.wait_with_output().unwrap();
    account.sandbox.clear_faults();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(super) fn statement(effect: &str, principal: &Value, condition: Option<&Value>) -> Value {
    let mut statement = json!({
        "Sid": effect, "Effect": effect, "Principal": principal, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::team-logs/*"
    });
    if let Some(condition) = condition {
        statement["Condition"] = condition.clone();
    }
    statement
}

/// A policy that allows the log services and has these further statements.
pub(super) fn policy(more: &[Value]) -> String {
    let services = json!({ "Service": ["logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"] });
    let statements = [&[statement("Allow", &services, None)], more].concat();
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// An account with a bucket that allows the log services.
pub(super) fn account() -> Account {
    let account = Account::seeded();
    put(&account, BucketSeed::new("team-logs").policy(&policy(&[])));
    account
}

/// Creates a bucket in place of one that was deleted earlier.
pub(super) fn put(account: &Account, bucket: BucketSeed) {
    account.sandbox.pass(Duration::from_mins(1));
    account.wait(account.sandbox.put_bucket(bucket));
}

pub(super) const S3_ACCESS: &str = "init s3-access --source app-data --bucket team-logs --prefix s3/ --yes";
pub(super) const ALB: &str = "init alb --source web --log-type access --bucket team-logs --yes";

pub(super) fn logging(account: &Account) -> Option<String> {
    account.bucket("app-data").logging.map(|logging| format!("{logging:?}"))
}
