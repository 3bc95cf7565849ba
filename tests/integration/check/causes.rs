//! Each cause of missing logs, its fix, and no alarm about healthy logs.

use sandbox::{BucketSeed, Encryption, seed};
use serde_json::{Value, json};

use super::report::{WEB, assert_fixed, assert_health, with_web};
use crate::account::Account;
use crate::tables::each_case;

/// The log service's path of an ALB in a bucket.
fn grant(bucket: &str, path: &str, principal: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{bucket}/{path}")
    }]})
    .to_string()
}

const ELB_PATH: &str = "AWSLogs/111122223333/*";

fn elb() -> Value {
    json!({"Service": "logdelivery.elasticloadbalancing.amazonaws.com"})
}

#[test]
fn every_common_cause_of_missing_alb_logs_is_found_and_fixed() {
    let lambda = json!({"Service": "delivery.logs.amazonaws.com"});
    let own_account = json!({"AWS": "arn:aws:iam::111122223333:root"});
    let deny = json!({"Version": "2012-10-17", "Statement": [
        {"Sid": "Logs", "Effect": "Allow", "Principal": elb(), "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{ELB_PATH}")},
        {"Sid": "OnlyOurOrganization", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
         "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}
    ]});
    let only_the_test_file = grant("web-logs", "AWSLogs/111122223333/ELBAccessLogTestFile", &elb());
    let causes: [(&str, String); 7] = [
        ("policy-grant", only_the_test_file),
        ("policy-grant", grant("web-logs", ELB_PATH, &lambda)),
        ("policy-grant", grant("web-logs", ELB_PATH, &own_account)),
        ("policy-grant", grant("web-logs", "other/AWSLogs/111122223333/*", &elb())),
        ("policy-grant", grant("web-logs", "AWSLogs/1111-2222-3333/*", &elb())),
        ("policy-grant", grant("web-logs", "AWSLogs/999999999999/*", &elb())),
        ("policy-deny", deny.to_string()),
    ];
    each_case(causes, |(cause, policy)| {
        let account = with_web();
        account.sandbox.set_policy("web-logs", Some(&policy));
        let found = assert_health(&account, WEB, "dead", cause);
        assert!(found["newest"].is_string(), "what arrived before is reported: {found:#}");
        assert_fixed(&account, WEB, &found);
    });
    let account = with_web();
    account.sandbox.set_policy("web-logs", None);
    let found = assert_health(&account, WEB, "dead", "policy-grant");
    assert_fixed(&account, WEB, &found);
}

#[test]
fn a_deny_is_named_by_its_sid_and_exempted_by_the_fix() {
    let account = with_web();
    let text = account.bucket("web-logs").policy.unwrap();
    let mut policy: Value = serde_json::from_str(&text).unwrap();
    policy["Statement"].as_array_mut().unwrap().push(json!({
        "Sid": "OurOrgOnly", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1234567890"}}
    }));
    account.sandbox.set_policy("web-logs", Some(&policy.to_string()));
    let found = assert_health(&account, WEB, "dead", "policy-deny");
    assert!(found["findings"][0]["what"].as_str().unwrap().contains("OurOrgOnly"), "{found:#}");
    assert!(found["fix"].as_str().unwrap().contains("--exempt OurOrgOnly"), "{found:#}");
    assert_fixed(&account, WEB, &found);
}

#[test]
fn switching_to_sse_kms_stops_alb_logs_whatever_the_key() {
    for encryption in [Encryption::kms(None), Encryption::kms(Some(seed::KMS_LOGS_ALIAS))] {
        let account = with_web();
        account.sandbox.set_encryption("web-logs", encryption);
        let found = assert_health(&account, WEB, "dead", "encryption-not-writable");
        assert_fixed(&account, WEB, &found);
    }
}

#[test]
fn a_deleted_or_moved_bucket_is_reported() {
    let account = with_web();
    account.sandbox.drop_bucket("web-logs");
    let found = assert_health(&account, WEB, "dead", "destination-absent");
    assert_fixed(&account, WEB, &found);
    account.sandbox.drop_bucket("web-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").within("us-west-2")));
    let found = assert_health(&account, WEB, "dead", "destination-other-region");
    assert!(found["fix"].is_null(), "{found:#}");
    assert!(found["findings"][0]["hint"].is_string(), "{found:#}");
    account.sandbox.drop_bucket("web-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("web-logs").of("444455556666")));
    assert_health(&account, WEB, "unknown", "");
}

#[test]
fn an_invalid_prefix_is_the_cause_and_the_fix_has_a_valid_one() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --prefix team --yes").ends(0);
    account.sandbox.set_attributes("web", &[("access_logs.s3.prefix", "/team/")]);
    let found = assert_health(&account, WEB, "dead", "prefix-illegal");
    assert!(found["fix"].as_str().unwrap().contains("--prefix team "), "{found:#}");
    assert_fixed(&account, WEB, &found);
}

#[test]
fn healthy_logs_in_the_same_bucket_raise_no_alarm() {
    let account = with_web();
    let legacy = json!({"AWS": "arn:aws:iam::127311923021:root"});
    account.sandbox.set_policy("web-logs", Some(&grant("web-logs", ELB_PATH, &legacy)));
    assert_health(&account, WEB, "delivering", "");
    let exempting = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": elb(), "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{ELB_PATH}")},
        {"Sid": "NotTheLogs", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*",
         "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"},
                       "StringNotEquals": {"aws:PrincipalServiceName": "logdelivery.elasticloadbalancing.amazonaws.com"}}}
    ]});
    account.sandbox.set_policy("web-logs", Some(&exempting.to_string()));
    assert_health(&account, WEB, "delivering", "");
    let tls = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": elb(), "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::web-logs/{ELB_PATH}")},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::web-logs", "arn:aws:s3:::web-logs/*"],
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    ]});
    account.sandbox.set_policy("web-logs", Some(&tls.to_string()));
    assert_health(&account, WEB, "delivering", "");
}

#[test]
fn a_rule_that_deletes_logs_very_early_is_a_remark() {
    let account = with_web();
    let rule = "<LifecycleConfiguration><Rule><ID>gone</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
    account.sandbox.set_setting("web-logs", "lifecycle", Some(rule));
    let found = assert_health(&account, WEB, "delivering", "");
    assert_eq!(found["findings"][0]["id"], "expires-early", "{found:#}");
    let cases = [("2020-01-01", "has deleted all logs since 2020-01-01"), ("2200-01-01", "from 2200-01-01")];
    each_case(cases, |(date, said)| {
        let rule = rule.replace("<Days>1</Days>", &format!("<Date>{date}T00:00:00.000Z</Date>"));
        account.sandbox.set_setting("web-logs", "lifecycle", Some(&rule));
        let found = assert_health(&account, WEB, "delivering", "");
        assert_eq!(found["findings"][0]["id"], "expires-early", "{found:#}");
        assert!(found["findings"][0]["what"].as_str().unwrap().contains(said), "{found:#}");
    });
}

#[test]
fn for_a_bucket_that_logs_to_itself_another_bucket_is_recommended() {
    let account = Account::seeded();
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>app-images</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    let found = assert_health(&account, "s3-access --source app-images", "dead", "policy-grant");
    assert!(found.get("fix").is_none(), "{found:#}");
    account.run("check s3-access --source app-images").ends(3).says("hint: use another bucket");
}
