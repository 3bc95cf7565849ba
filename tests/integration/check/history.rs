//! Who broke a log and when, from the event history.

use std::time::{Duration, SystemTime};

use sandbox::{BucketSeed, Encryption, Event, LoadBalancerSeed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{WEB, assert_health, log, with_web};

/// The time this many hours ago.
fn hours_ago(hours: u64) -> SystemTime {
    SystemTime::now() - Duration::from_hours(hours)
}

#[test]
fn the_event_history_shows_who_broke_a_log_and_when() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    account.wait(account.sandbox.deliver_at(hours_ago(72)));
    account.sandbox.set_encryption("web-logs", Encryption::kms(None));
    for (name, user, hours) in [
        ("PutBucketEncryption", "bob", 100),
        ("PutBucketPolicy", "carol", 60),
        ("PutBucketEncryption", "alice", 49),
        ("PutBucketEncryption", "erin", 4),
        ("PutBucketEncryption", "dave", 3),
    ] {
        account.sandbox.plant_event(Event::on_bucket(name, "web-logs", hours_ago(hours)).by(user));
    }
    account.sandbox.plant_event(Event::on_bucket("PutBucketEncryption", "other-logs", hours_ago(50)).by("mallory"));
    account.sandbox.limit_lookups(true);
    let found = assert_health(&account, WEB, "dead", "encryption-not-writable");
    let history = found["history"].as_str().unwrap_or_else(|| panic!("no history: {found:#}"));
    assert!(history.starts_with("it worked until 2 days ago ("), "{history}");
    assert!(
        history.contains("when `alice` called PutBucketEncryption on `web-logs`; one of 2 later changes could also"),
        "{history}"
    );
    // The program makes at most two lookups a second, so no lookup was refused.
    let lookups = account.sandbox.requests().into_iter().filter(|request| request.operation == "LookupEvents");
    assert!(lookups.clone().count() >= 2 && lookups.into_iter().all(|request| request.status == 200));
}

/// Returns the history that `check` reports if the policy of `web-logs` has had these versions. Each version has its
/// author and its age in hours.
#[track_caller]
fn history_of(versions: &[(&str, u64, Value)], delivered: Option<u64>) -> String {
    let account = Account::seeded();
    let open = grants("Open", &json!({})).to_string();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").policy(&open)));
    let balancer = LoadBalancerSeed::application("x").logging("access_logs", "web-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    if let Some(hours) = delivered {
        account.wait(account.sandbox.deliver_at(hours_ago(hours)));
    }
    for (user, hours, policy) in versions {
        let asked = json!({ "bucketPolicy": policy });
        let event = Event::on_bucket("PutBucketPolicy", "web-logs", hours_ago(*hours)).by(user).asking(asked);
        account.sandbox.plant_event(event);
        account.sandbox.set_policy("web-logs", Some(&policy.to_string()));
    }
    let ran = account.run("check alb --source x --log-type access --output json");
    log(&ran, 0)["history"].as_str().unwrap_or_else(|| panic!("{:#}", log(&ran, 0))).to_owned()
}

fn grants(sid: &str, condition: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::web-logs/*", "Condition": condition}]})
}

fn shut(sid: &str) -> Value {
    json!({"Version": "2012-10-17", "Statement": [{"Sid": sid, "Effect": "Deny", "Principal": "*",
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*"}]})
}

#[test]
fn the_first_policy_version_that_blocked_the_service_is_blamed() {
    let open = || grants("Open", &json!({}));
    let said = history_of(&[("ann", 60, open()), ("bob", 50, shut("A")), ("carol", 3, shut("B"))], Some(72));
    assert!(
        said.starts_with("it worked until 2 days ago (") && said.contains("`bob` called PutBucketPolicy"),
        "{said}"
    );
    assert!(!said.contains("carol") && !said.contains("or until"), "{said}");
    // Blocked, allowed and blocked again.
    let said = history_of(&[("ann", 60, shut("A")), ("bob", 50, open()), ("carol", 3, shut("B"))], Some(72));
    assert!(said.contains("`carol` called PutBucketPolicy") && !said.contains("or until"), "{said}");
    // Without an object, an earlier version that allows the service is enough to blame the next author.
    let said = history_of(&[("ann", 60, open()), ("bob", 50, shut("A")), ("carol", 3, shut("B"))], None);
    assert!(said.starts_with("`bob` called PutBucketPolicy"), "{said}");
    // Both versions block the service, and both are newer than the newest object. The first of them broke the log.
    let said = history_of(&[("ann", 60, shut("A")), ("bob", 50, shut("B"))], Some(72));
    assert!(said.contains("`ann` called PutBucketPolicy") && !said.contains("or until"), "{said}");
}

#[test]
fn with_an_uncertain_policy_version_nobody_is_blamed_for_certain() {
    let doubt = grants("Doubt", &json!({"StringEquals": {"aws:UserAgent": "x"}}));
    let said = history_of(&[("ann", 60, doubt), ("bob", 50, shut("A"))], Some(72));
    assert!(said.contains("`ann` called PutBucketPolicy") && said.contains("; the next change, by `bob`"), "{said}");
}

#[test]
fn the_caller_who_moved_a_source_is_blamed_and_not_a_run_on_another_bucket() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket s3-logs --prefix right/ --yes").ends(0);
    let moved =
        json!({"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "s3-logs", "TargetPrefix": "wrong/"}}});
    let status = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>s3-logs</TargetBucket><TargetPrefix>wrong/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-data", "logging", Some(status));
    account
        .sandbox
        .plant_event(Event::on_bucket("PutBucketLogging", "app-data", hours_ago(2)).by("Admin/mallory").asking(moved));
    let found = assert_health(&account, "s3-access --source app-data", "dead", "policy-grant");
    let history = found["history"].as_str().unwrap_or_else(|| panic!("no history: {found:#}"));
    assert!(history.contains("`Admin/mallory` called PutBucketLogging on `app-data`"), "{history}");
    assert!(!history.contains("PutBucketPolicy"), "{history}");
}

#[test]
fn a_call_by_logbucket_itself_is_marked_as_such() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket nlb-logs --kms-key create --yes").ends(0);
    // The bucket gets the AWS managed key, which allows no log service, as if an earlier run had set the key.
    account.sandbox.set_encryption("nlb-logs", Encryption::kms(None));
    let found = assert_health(&account, "nlb --source edge", "dead", "encryption-not-writable");
    let history = found["history"].as_str().unwrap_or_else(|| panic!("no history: {found:#}"));
    assert!(
        history.contains("`Operator/session` (by logbucket) called PutBucketEncryption on `nlb-logs`"),
        "{history}"
    );
}

#[test]
fn no_single_event_is_blamed_if_encryption_and_policy_are_both_broken() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket shared-logs --yes").ends(0);
    account.sandbox.set_encryption("shared-logs", Encryption::kms(None));
    account.sandbox.set_policy("shared-logs", None);
    for (name, user, hours) in [("PutBucketEncryption", "alice", 9), ("DeleteBucketPolicy", "bob", 3)] {
        account.sandbox.plant_event(Event::on_bucket(name, "shared-logs", hours_ago(hours)).by(user));
    }
    let found = assert_health(&account, "nlb --source edge", "dead", "encryption-not-writable");
    let history = found["history"].as_str().unwrap_or_else(|| panic!("no history: {found:#}"));
    assert!(history.starts_with("several settings block it; last changes: "), "{history}");
    assert!(
        history.contains("`alice` called PutBucketEncryption") && history.contains("`bob` called DeleteBucketPolicy"),
        "{history}"
    );
}

#[test]
fn a_refused_attempt_to_turn_on_a_log_is_reported_with_awss_message() {
    let account = Account::seeded();
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    let refused = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, hours_ago(5)).by("deploy").refused(
        "InvalidConfigurationRequestException",
        "Access Denied for bucket: kms-logs. Please check S3bucket permission",
    );
    let asked = |key: &str| json!({"loadBalancerArn": arn, "attributes": [{"key": key, "value": "true"}]});
    let other = refused.clone().asking(asked("idle_timeout.timeout_seconds"));
    account.sandbox.plant_event(other);
    assert!(
        assert_health(&account, WEB, "off", "")["history"].is_null(),
        "a refusal of something else is no refusal of logs"
    );
    let off = json!({"loadBalancerArn": arn, "attributes": [{"key": "access_logs.s3.enabled", "value": "false"}]});
    let turned_off = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, hours_ago(6)).by("deploy");
    account.sandbox.plant_event(turned_off.refused("ValidationError", "The value cannot be empty").asking(off));
    assert!(assert_health(&account, WEB, "off", "")["history"].is_null(), "nobody turned it on");
    let refused = refused.asking(asked("access_logs.s3.enabled"));
    account.sandbox.plant_event(refused);
    let found = assert_health(&account, WEB, "off", "");
    let history = found["history"].as_str().unwrap_or_else(|| panic!("no history: {found:#}"));
    assert!(
        history.contains("`deploy` tried to turn the log on") && history.contains("Access Denied for bucket: kms-logs"),
        "{history}"
    );
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let found = assert_health(&account, WEB, "pending", "");
    assert!(found["history"].is_null(), "what was mended since is no news: {found:#}");
    assert!(found["evidence"].as_str().unwrap().contains("AWS's test file"), "{found:#}");
}

#[test]
fn a_denied_event_history_is_left_out() {
    let account = with_web();
    account.sandbox.set_encryption("web-logs", Encryption::kms(None));
    account.sandbox.inject(sandbox::Fault {
        when: sandbox::When::Operation("LookupEvents".to_owned()),
        effect: sandbox::Effect::access_denied(),
    });
    assert!(assert_health(&account, WEB, "dead", "encryption-not-writable")["history"].is_null());
}
