//! Objects that settle a doubt, and objects that don't.

use std::time::Duration;

use sandbox::{Event, seed};
use serde_json::{Value, json};

use super::setup::{
    WEB, account, add_test_file, assert_in_doubt, assert_settled, grant, guard, hours_ago, plain_grant,
    record_attachment, record_policy_change,
};
use crate::account::Account;
use crate::check::assert_health;
use crate::tables::each_case;

#[test]
fn a_test_file_from_after_the_last_policy_change_settles_its_doubts() {
    let account = account(&[grant("*")]);
    assert_in_doubt(&account);
    add_test_file(&account, 30);
    assert_settled(&account);
    record_policy_change(&account, 50);
    record_attachment(&account, 40);
    assert_settled(&account);
    // A later change makes the log uncertain again, until AWS writes another object.
    record_policy_change(&account, 2);
    assert_in_doubt(&account);
    add_test_file(&account, 1);
    record_attachment(&account, 1);
    assert_settled(&account);
}

#[test]
fn another_load_balancers_test_file_does_not_prove_one_attached_before_the_change() {
    let account = account(&[grant("*")]);
    record_policy_change(&account, 50);
    add_test_file(&account, 30);
    // The log was turned on before the known history.
    assert_in_doubt(&account);
    record_attachment(&account, 60);
    assert_in_doubt(&account);
    let arn = account.sandbox.load_balancer_arn("x").unwrap();
    let other = json!({"attributes": [{"key": "connection_logs.s3.enabled", "value": "true"}]});
    let event = Event::on_load_balancer("ModifyLoadBalancerAttributes", &arn, hours_ago(40));
    account.sandbox.plant_event(event.asking(other));
    assert_in_doubt(&account);
}

#[test]
fn a_test_file_does_not_settle_doubts_that_only_concern_logs() {
    let test_file = json!({
        "Effect": "Allow", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::web-logs/AWSLogs/{}/ELBAccessLogTestFile", seed::ACCOUNT),
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
    });
    let logs = format!("AWSLogs/{}/elasticloadbalancing/*", seed::ACCOUNT);
    let account = account(&[test_file, grant(&logs)]);
    add_test_file(&account, 30);
    assert_in_doubt(&account);
}

#[test]
fn a_report_that_a_lifecycle_rule_might_have_deleted_is_not_overdue() {
    let account = account(&[plain_grant(), guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}))]);
    assert_health(&account, WEB, "dead", "policy-deny-likely");
    let rule = "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ID>old</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>30</Days></Expiration></Rule></LifecycleConfiguration>";
    account.sandbox.set_setting("web-logs", "lifecycle", Some(rule));
    assert_health(&account, WEB, "unknown", "");
}

#[test]
fn an_s3_access_log_settles_doubts_too() {
    let statement = json!({
        "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::data-logs/*",
        "Principal": {"Service": "logging.s3.amazonaws.com"}, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
    });
    let policy = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket data-logs --yes").ends(0);
    // The run's own calls are not in the history yet.
    account.sandbox.set_event_delay(Duration::from_hours(1));
    account.wait(account.sandbox.deliver_at(hours_ago(50)));
    account.sandbox.set_policy("data-logs", Some(&policy));
    let data = "s3-access --source app-data";
    let init = "init s3-access --source app-data --bucket data-logs --dry-run --detailed-exitcode";
    let event = |hours| Event::on_bucket("PutBucketPolicy", "data-logs", hours_ago(hours));
    account.sandbox.plant_event(event(70));
    assert_health(&account, data, "pending", "");
    account.run(init).ends(0);
    account.sandbox.plant_event(event(40));
    assert_health(&account, data, "unknown", "policy-grant");
    account.run(init).ends(3);
}

#[test]
fn one_delivered_log_does_not_prove_the_delivery_of_other_or_later_files() {
    let refused_later = |resource: &str, condition: &Value| {
        let mut deny = guard(condition);
        deny["Resource"] = json!(format!("arn:aws:s3:::web-logs/{resource}"));
        vec![plain_grant(), deny]
    };
    let until = |operator: &str, key: &str, value: &str| {
        let mut grant = plain_grant();
        grant["Condition"] = json!({operator: {key: value}});
        vec![grant]
    };
    let partly = "matches only some of";
    let cases = [
        (refused_later("*/2999/12/*", &json!({})), partly),
        (refused_later("*/elasticloadbalancing/*_10.*", &json!({})), partly),
        (refused_later("*", &json!({"DateGreaterThan": {"aws:CurrentTime": "2999-01-01T00:00:00Z"}})), partly),
        (until("DateLessThan", "aws:CurrentTime", "2999-01-01T00:00:00Z"), partly),
        (until("NumericLessThan", "aws:EpochTime", "32472144000"), partly),
    ];
    each_case(cases, |(statements, why)| {
        let account = account(&statements);
        account.wait(account.sandbox.deliver_at(hours_ago(0)));
        add_test_file(&account, 0);
        let found = assert_health(&account, WEB, "unknown", "");
        let finding = &found["findings"][0];
        assert!(finding["what"].as_str().unwrap().contains(why), "{found:#}");
        assert!(finding["why"].as_str().unwrap().contains("nothing about"), "{found:#}");
    });
}
