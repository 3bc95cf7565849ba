//! An account whose policy leaves a doubt, with its objects and its event history.

use std::time::{Duration, SystemTime};

use sandbox::{Effect, Event, Fault, LoadBalancerSeed, When, seed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::assert_health;

pub(super) const WEB: &str = "alb --source x --log-type access";
pub(super) const INIT: &str = "init alb --source x --bucket web-logs --log-type access --dry-run --detailed-exitcode";

pub(super) fn hours_ago(hours: u64) -> SystemTime {
    SystemTime::now() - Duration::from_hours(hours)
}

/// A statement that allows the ALB log service for sources in an organization. It is unknown whether AWS sends that
/// condition key.
pub(super) fn grant(resource: &str) -> Value {
    json!({
        "Sid": "OurOrganization", "Effect": "Allow", "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{resource}"),
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    })
}

/// An ALB whose log is on, a bucket with these statements, and nothing written yet.
pub(super) fn account(statements: &[Value]) -> Account {
    let account = Account::seeded();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    account.wait(account.sandbox.put_bucket(sandbox::BucketSeed::new("web-logs").policy(&policy.to_string())));
    let balancer = LoadBalancerSeed::application("x").logging("access_logs", "web-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account
}

/// Adds AWS's test file with this age.
pub(super) fn add_test_file(account: &Account, hours: u64) {
    let key = format!("AWSLogs/{}/ELBAccessLogTestFile", seed::ACCOUNT);
    account.wait(account.sandbox.upload("web-logs", &key, b"Enable AccessLog for ELB", hours_ago(hours)));
}

pub(super) fn record_policy_change(account: &Account, hours: u64) {
    account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "web-logs", hours_ago(hours)).by("carol"));
}

pub(super) fn record_attachment(account: &Account, hours: u64) {
    let arn = account.sandbox.load_balancer_arn("x").unwrap();
    let attributes = json!({"attributes": [{"key": "access_logs.s3.enabled", "value": "true"}]});
    let event = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, hours_ago(hours));
    account.sandbox.plant_event(event.asking(attributes));
}

/// `check` and `scan` treat the log as allowed, and `init` changes nothing.
#[track_caller]
pub(super) fn assert_settled(account: &Account) {
    let found = assert_health(account, WEB, "pending", "");
    assert!(found["evidence"].as_str().unwrap().contains("so the policy allows the service"), "{found:#}");
    let scanned = account.run("scan --name x --output json").json();
    assert_eq!(scanned["logs"][0]["health"], "pending", "{scanned:#}");
    account.run(INIT).ends(0).says("nothing to change");
}

#[track_caller]
pub(super) fn assert_in_doubt(account: &Account) {
    assert_health(account, WEB, "unknown", "policy-grant");
    account.run(INIT).ends(3);
}

pub(super) fn break_history(account: &Account, effect: Effect) {
    let when = When::Operation("LookupEvents".to_owned());
    account.sandbox.inject(Fault { when, effect });
}

/// The commands that read the event history, as text and as JSON.
pub(super) fn commands() -> impl Iterator<Item = String> {
    let commands = [format!("check {WEB}"), "scan --name x".to_owned(), INIT.to_owned()];
    commands.into_iter().flat_map(|words| [words.clone(), format!("{words} --output json")])
}

/// A Deny that matches AWS's own network and services, without exempting them.
pub(super) fn guard(condition: &Value) -> Value {
    json!({
        "Sid": "OurNetwork", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
        "Condition": condition
    })
}

pub(super) fn plain_grant() -> Value {
    let mut grant = grant("*");
    grant.as_object_mut().unwrap().remove("Condition");
    grant
}
