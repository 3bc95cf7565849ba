//! What the log service wrote after the last change settles what a policy leaves open, in `check`, `scan` and `init` alike.

use std::time::{Duration, SystemTime};

use sandbox::{Effect, Event, Fault, LoadBalancerSeed, When, seed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::is;

const WEB: &str = "alb --source x --log-type access";
const INIT: &str = "init alb --source x --bucket web-logs --log-type access --dry-run --detailed-exitcode";

fn hours_ago(hours: u64) -> SystemTime {
    SystemTime::now() - Duration::from_hours(hours)
}

/// A statement that lets the ALBs' service in where its source is in an organization: whether AWS sends that is not known.
fn grant(resource: &str) -> Value {
    json!({
        "Sid": "OurOrganization", "Effect": "Allow", "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{resource}"),
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    })
}

/// An ALB whose log is on, a bucket with these statements, and nothing written yet.
fn account(statements: &[Value]) -> Account {
    let account = Account::seeded();
    let policy = json!({"Version": "2012-10-17", "Statement": statements});
    account.wait(account.sandbox.put_bucket(sandbox::BucketSeed::new("web-logs").policy(&policy.to_string())));
    let balancer = LoadBalancerSeed::application("x").logging("access_logs", "web-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account
}

/// AWS's test file, written so long ago.
fn tested(account: &Account, hours: u64) {
    let key = format!("AWSLogs/{}/ELBAccessLogTestFile", seed::ACCOUNT);
    account.wait(account.sandbox.upload("web-logs", &key, b"Enable AccessLog for ELB", hours_ago(hours)));
}

fn changed(account: &Account, hours: u64) {
    account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "web-logs", hours_ago(hours)).by("carol"));
}

fn attached(account: &Account, hours: u64) {
    let arn = account.sandbox.load_balancer_arn("x").unwrap();
    let attributes = json!({"attributes": [{"key": "access_logs.s3.enabled", "value": "true"}]});
    let event = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, hours_ago(hours));
    account.sandbox.plant_event(event.asking(attributes));
}

/// `check` and `scan` take the log for let in, and `init` leaves it alone.
#[track_caller]
fn is_settled(account: &Account) {
    let found = is(account, WEB, "pending", "");
    assert!(found["newest"].as_str().unwrap().contains("settles what a policy leaves open"), "{found:#}");
    let scanned = account.run("scan --name x --output json").json();
    assert_eq!(scanned["logs"][0]["health"], "pending", "{scanned:#}");
    account.run(INIT).ends(0).says("nothing to change");
}

#[track_caller]
fn is_in_doubt(account: &Account) {
    is(account, WEB, "cannot know", "policy-grant");
    account.run(INIT).ends(3);
}

#[test]
fn a_test_file_that_came_after_the_last_change_of_the_policy_settles_its_doubts() {
    let account = account(&[grant("*")]);
    is_in_doubt(&account);
    tested(&account, 30);
    is_settled(&account);
    changed(&account, 50);
    attached(&account, 40);
    is_settled(&account);
    // A change since then puts it in doubt again, until AWS has written anew.
    changed(&account, 2);
    is_in_doubt(&account);
    tested(&account, 1);
    attached(&account, 1);
    is_settled(&account);
}

#[test]
fn a_test_file_of_another_load_balancer_is_no_proof_for_one_that_was_attached_before_the_change() {
    let account = account(&[grant("*")]);
    attached(&account, 60);
    changed(&account, 50);
    tested(&account, 30);
    is_in_doubt(&account);
}

#[test]
fn a_test_file_settles_no_doubt_about_logs_alone() {
    let test_file = json!({
        "Effect": "Allow", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::web-logs/AWSLogs/{}/ELBAccessLogTestFile", seed::ACCOUNT),
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    });
    let logs = format!("AWSLogs/{}/elasticloadbalancing/*", seed::ACCOUNT);
    let account = account(&[test_file, grant(&logs)]);
    tested(&account, 30);
    is_in_doubt(&account);
}

#[test]
fn without_an_event_history_an_object_counts_only_while_it_is_fresh() {
    let account = account(&[grant("*")]);
    let when = When::Operation("LookupEvents".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    tested(&account, 30);
    is_in_doubt(&account);
    tested(&account, 0);
    is_settled(&account);
}

#[test]
fn a_certain_refusal_stands_whatever_came_before_it() {
    let refused = json!({
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*"
    });
    let account = account(&[grant("*"), refused]);
    tested(&account, 0);
    is(&account, WEB, "dead", "policy-deny");
}

#[test]
fn a_log_of_a_bucket_settles_doubts_as_well() {
    let statement = json!({
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::data-logs/*",
        "Principal": {"Service": "logging.s3.amazonaws.com"}, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    });
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --yes").ends(0);
    // What the run did is not in the history yet.
    account.sandbox.set_event_delay(Duration::from_hours(1));
    account.wait(account.sandbox.deliver_at(hours_ago(50)));
    account.sandbox.set_policy("data-logs", Some(&policy));
    let data = "s3-access --source app-data";
    let init = "init s3-access --source app-data --bucket data-logs --dry-run --detailed-exitcode";
    let event = |hours| Event::on_bucket("PutBucketPolicy", "data-logs", hours_ago(hours));
    account.sandbox.plant_event(event(70));
    is(&account, data, "pending", "");
    account.run(init).ends(0);
    account.sandbox.plant_event(event(40));
    is(&account, data, "cannot know", "policy-grant");
    account.run(init).ends(3);
}
