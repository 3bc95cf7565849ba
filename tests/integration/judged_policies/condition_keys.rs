//! Condition keys whose value is known, bounded or perhaps sent, and the actions of a key policy: the real program judges
//! a log that is on.

use sandbox::{Encryption, Event, KeySeed};
use serde_json::{Value, json};

use crate::account::Account;
use crate::check::{assert_fixed, assert_health};
use crate::judged_policies::Log::{self, Alb, Inventory, Nlb, S3Access};
use crate::judged_policies::{HEADER, deny_uploads_if, finding_texts, legacy_grant, minutes_ago, no_condition};
use crate::tables::each_case;

#[test]
fn a_log_settles_a_doubt_about_the_legacy_account() {
    let cases = [
        json!({"NumericLessThan": {"s3:TlsVersion": "1.2"}}),
        json!({"StringEquals": {"aws:UserAgent": "curl"}}),
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-1a2b3c4d5e"}}),
    ];
    each_case(cases, |condition| {
        let statements = [legacy_grant(&no_condition()), deny_uploads_if(&condition)];
        let account = Alb.account_with(&[legacy_grant(&no_condition())]);
        account.wait(account.sandbox.deliver_at(minutes_ago(10)));
        let policy = json!({"Version": "2012-10-17", "Statement": statements}).to_string();
        account.sandbox.set_policy("b-logs", Some(&policy));
        account.sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "b-logs", minutes_ago(60)).by("carol"));
        assert_health(&account, Alb.words(), "delivering", "");
        account.run("scan --name x --regions us-east-1 --newest").ends(0).says("delivering");
        account.run("init alb --source x --bucket b-logs --log-type access --yes --wait 0").ends(0);
        assert!(account.writes().is_empty(), "{condition}: {:?}", account.writes());
    });
}

#[test]
fn a_deny_on_a_known_condition_key_has_a_certain_verdict() {
    let cases = [
        (json!({"StringNotEquals": {"s3:ResourceAccount": "111122223333"}}), "pending"),
        (json!({"StringNotEquals": {"s3:ResourceAccount": "444455556666"}}), "dead"),
        (json!({"StringEquals": {"s3:ResourceAccount": "111122223333"}}), "dead"),
        (json!({"StringEquals": {"s3:authType": "AWS-SIGV2"}}), "pending"),
        (json!({"Null": {"s3:authType": "true"}}), "pending"),
        (json!({"StringLike": {"s3:authType": "*"}}), "dead"),
        (json!({"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}), "unknown"),
        (json!({"Bool": {"aws:ViaAWSService": "true"}}), "pending"),
        (json!({"Bool": {"aws:ViaAWSService": "false"}}), "dead"),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "false"}}), "pending"),
        (json!({"Bool": {"aws:PrincipalIsAWSService": "true"}}), "dead"),
    ];
    each_case(cases, |(condition, health)| {
        for log in [Alb, Nlb, S3Access, Inventory] {
            let found = log.assert_health(
                &[log.grant(&["*"], &no_condition()), deny_uploads_if(&condition)],
                health,
                "policy-deny",
            );
            let key = condition.as_object().unwrap().values().next().unwrap().as_object().unwrap().keys().next();
            let said = finding_texts(&found);
            assert!(health == "pending" || said.contains(key.unwrap()), "{log:?} {condition}: {said}");
        }
    });
}

#[test]
fn a_header_that_is_perhaps_sent_leaves_a_doubt() {
    let source = "arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/*";
    let full_control = json!({"StringNotEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}});
    let cases: [(Log, Value, &str); 3] = [
        (Alb, json!({"ArnNotLike": {"aws:SourceArn": source}}), "aws:SourceArn"),
        (Alb, json!({"StringNotEquals": {HEADER: "AES256"}}), HEADER),
        (S3Access, full_control, "s3:x-amz-acl"),
    ];
    each_case(cases, |(log, condition, key)| {
        let said = finding_texts(&log.assert_health(
            &[log.grant(&["*"], &no_condition()), deny_uploads_if(&condition)],
            "unknown",
            "",
        ));
        assert!(said.contains("statement 2 `Guard`") && said.contains(key), "{log:?}: {said}");
    });
}

/// An account in which an NLB logs to a bucket under a key, whose policy allows the log service these actions.
fn nlb_with_key_actions(actions: &[&str]) -> Account {
    let account = Nlb.account_with(&[Nlb.grant(&["*"], &no_condition())]);
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*",
            "Resource": "*"},
        {"Sid": "Logs", "Effect": "Allow", "Principal": Nlb.principal(), "Action": actions, "Resource": "*"},
    ]});
    let key = account.wait(account.sandbox.put_key(KeySeed { policy: Some(policy.to_string()), ..KeySeed::new() }));
    account.sandbox.set_encryption("b-logs", Encryption::kms(Some(&key)));
    account
}

#[test]
fn a_key_policy_names_the_missing_action() {
    each_case([&["kms:Decrypt"][..], &["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"]], |actions| {
        let account = nlb_with_key_actions(actions);
        let found = assert_health(&account, Nlb.words(), "dead", "key-policy");
        let said = finding_texts(&found);
        assert!(said.contains("does not allow `delivery.logs.amazonaws.com` to call `kms:GenerateDataKey`"), "{said}");
        assert!(said.contains("closest match: statement 2 `Logs`"), "{said}");
        assert_fixed(&account, Nlb.words(), &found);
    });
}

#[test]
fn a_key_policy_without_decrypt_is_a_warning_and_the_grant_contains_it() {
    let account = nlb_with_key_actions(&["kms:GenerateDataKey*"]);
    let found = assert_health(&account, Nlb.words(), "pending", "");
    let narrow = found["findings"].as_array().unwrap().iter().find(|finding| finding["id"] == "key-policy-narrow");
    let narrow = narrow.unwrap_or_else(|| panic!("{found:#}"));
    assert_eq!(narrow["severity"], "warning");
    assert!(narrow["what"].as_str().unwrap().contains("kms:Decrypt"), "{narrow:#}");
    account.run("init nlb --source n --bucket b-logs --yes --wait 0").ends(0);
    assert!(account.writes().is_empty(), "{:?}", account.writes());
    // A new grant has both actions.
    let account = nlb_with_key_actions(&["kms:Decrypt"]);
    account.run("init nlb --source n --bucket b-logs --dry-run --output json").says("kms:GenerateDataKey*");
}

#[test]
fn a_change_to_a_bucket_that_logbucket_created_is_replaced_only_with_fix() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket new-logs --yes").ends(0);
    account.sandbox.set_encryption("new-logs", Encryption::kms(None));
    account.sandbox.set_policy("new-logs", None);
    let before = account.bucket("new-logs");
    let init = "init alb --source web --bucket new-logs --wait 0";
    account.run(&format!("{init} --dry-run")).ends(0).says("~ replace the default encryption").says("--fix");
    account.run(&format!("{init} --yes")).ends(7);
    assert!(account.writes().is_empty() && account.bucket("new-logs") == before);
    let found = account.run("check alb --source web --log-type access --output json").json();
    let fix = found["logs"][0]["fix"].as_str().unwrap().to_owned();
    assert!(fix.contains("--fix"), "{fix}");
    account.run(&format!("{} --wait 0", fix.strip_prefix("logbucket ").unwrap())).ends(0);
    assert_eq!(account.bucket("new-logs").encryption.algorithm, "AES256");
}

#[test]
fn only_an_existing_bucket_warns_of_objects_that_are_there() {
    let account = Account::seeded();
    let said = "including existing objects and objects from other writers";
    account.run("init alb --source web --bucket new-logs --expire-days 30 --dry-run").ends(0).omits(said);
    account.run("init alb --source web --bucket shared-logs --expire-days 30 --dry-run").says(said);
}
