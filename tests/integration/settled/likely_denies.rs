//! A Deny that very likely blocks the log service.

use std::time::Duration;

use sandbox::Event;
use serde_json::{Value, json};

use super::setup::{INIT, WEB, account, add_test_file, grant, guard, hours_ago, plain_grant, record_policy_change};
use crate::account::Account;
use crate::check::assert_health;
use crate::tables::each_case;

#[test]
fn a_deny_without_a_service_exception_is_very_likely_fatal_and_dead_if_nothing_came() {
    let cases = [
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}),
        json!({"Null": {"aws:SourceVpce": "true"}}),
        json!({"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24", "203.0.113.0/24"]}}),
        json!({"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-0a1b2c3d"}, "NotIpAddressIfExists": {"aws:SourceIp": "198.51.100.0/24"}}),
        json!({"StringNotEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}),
        json!({"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-a1b2c3d4e5"}}),
        json!({"ArnNotEquals": {"aws:SourceVpcArn": "arn:aws:ec2:us-east-1:*:vpc/vpc-1a2b3c4d"}}),
        json!({"StringNotEquals": {"aws:VpceAccount": "111122223333"}}),
        json!({"ArnNotLikeIfExists": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/logs-*"}}),
    ];
    each_case(cases, |condition| {
        let account = account(&[plain_grant(), guard(&condition)]);
        let ran = account.run(INIT).says("is very likely denied by statement 2 `OurNetwork`");
        ran.says("doesn't exempt them").says("--exempt OurNetwork --fix");
        // AWS writes an ALB's test file when the log is turned on. If there is none, AWS could not write it.
        let found = assert_health(&account, WEB, "dead", "policy-deny-likely");
        let fix = found["fix"].as_str().unwrap().strip_prefix("logbucket ").unwrap().to_owned();
        assert!(fix.contains("--exempt OurNetwork"), "{fix}");
        account.run(&format!("{fix} --wait 0")).ends(0);
        let after = account.run(&format!("check {WEB} --output json")).json();
        assert_ne!(after["logs"][0]["health"], "dead", "{after:#}");
        assert_ne!(after["logs"][0]["health"], "unknown", "{after:#}");
    });
}

#[test]
fn a_log_that_is_very_likely_blocked_is_not_called_permitted_after_setup() {
    let account = Account::seeded();
    let deny = guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}));
    let policy = json!({"Version": "2012-10-17", "Statement": [deny]}).to_string();
    account.wait(account.sandbox.put_bucket(sandbox::BucketSeed::new("web-logs").policy(&policy)));
    let ran = account.run("init s3-access --source app-data --bucket web-logs --yes --quiet");
    assert!(!ran.stdout.contains("permitted"), "{}", ran.stdout);
    let again = "init s3-access --source app-data --bucket web-logs --exempt OurNetwork --fix --yes";
    ran.says("uncertain")
        .says("is very likely denied")
        .says(&format!("repeat: logbucket {again}\n"))
        .says("everyone else stays denied");
    let quiet = account.run("init s3-access --source app-data --bucket web-logs --yes --output json");
    assert_eq!(quiet.json()["command"], format!("logbucket {again}"));
    // The command contains the exemption of the run itself, and the output suggests no further exemption.
    let ran = account.run(again).ends(0).says(&format!("repeat: logbucket {again}\n"));
    ran.omits("very likely").omits("it also exempts");
    let statement = account.policy("web-logs")["Statement"][0].clone();
    assert_eq!(statement["Condition"]["StringNotEquals"]["aws:PrincipalServiceName"], "logging.s3.amazonaws.com");
}

#[test]
fn a_deny_that_very_likely_blocks_a_service_is_settled_by_its_objects() {
    let account = account(&[plain_grant(), guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}))]);
    add_test_file(&account, 30);
    assert_health(&account, WEB, "pending", "");
    account.run(INIT).ends(0);
    record_policy_change(&account, 2);
    assert_health(&account, WEB, "unknown", "");
}

#[test]
fn a_deny_that_is_only_possible_or_has_an_exception_is_not_called_likely() {
    let cases = [
        json!({"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}}),
        json!({"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
        json!({"StringNotEquals": {"aws:UserAgent": "ours"}}),
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d", "aws:ResourceTag/open": "yes"}}),
    ];
    each_case(cases, |condition| {
        let account = account(&[plain_grant(), guard(&condition)]);
        let found = account.run(&format!("{INIT} --output json")).json();
        let ids: Vec<&str> = found["plan"]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["id"].as_str().unwrap())
            .collect();
        assert!(!ids.contains(&"policy-deny-likely"), "{condition}: {ids:?}");
    });
    let excepted =
        json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}, "Bool": {"aws:PrincipalIsAWSService": "false"}});
    let account = account(&[plain_grant(), guard(&excepted)]);
    assert!(account.run(&format!("{INIT} --output json")).json()["plan"]["findings"].as_array().unwrap().is_empty());
}

#[test]
fn a_report_that_is_overdue_and_very_likely_denied_is_dead() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let mut policy = account.policy("inv-logs");
    let deny = guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}})).to_string();
    let deny: Value = serde_json::from_str(&deny.replace("web-logs", "inv-logs")).unwrap();
    policy["Statement"].as_array_mut().unwrap().push(deny);
    account.sandbox.set_policy("inv-logs", Some(&policy.to_string()));
    let report = "inventory --source app-data";
    assert_health(&account, report, "unknown", "");
    account.sandbox.set_event_delay(Duration::from_hours(1));
    let sent = json!({"InventoryConfiguration": {"Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::inv-logs"}}}});
    let event = Event::on_bucket("PutBucketInventoryConfiguration", "app-data", hours_ago(60));
    account.sandbox.plant_event(event.asking(sent));
    assert_health(&account, report, "dead", "policy-deny-likely");
}

#[test]
fn a_certain_deny_is_reported_whatever_arrived_before_it() {
    let refused = json!({
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*"
    });
    let account = account(&[grant("*"), refused]);
    add_test_file(&account, 0);
    assert_health(&account, WEB, "dead", "policy-deny");
}
