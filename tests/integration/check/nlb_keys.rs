//! NLBs: their listeners, and keys for their logs.

use sandbox::{Encryption, KeySeed};
use serde_json::{Value, json};

use super::report::{assert_fixed, assert_health};
use crate::account::Account;

#[test]
fn an_nlb_without_a_tls_listener_is_reported_and_has_no_fix_command() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.sandbox.set_attributes(
        "tcp-only",
        &[("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "edge-logs"), ("access_logs.s3.prefix", "")],
    );
    let found = assert_health(&account, "nlb --source tcp-only", "dead", "listener-not-tls");
    assert!(found["fix"].is_null(), "{found:#}");
    assert_health(&account, "nlb --source edge", "pending", "");
}

const EDGE: &str = "nlb --source edge";

#[test]
fn an_nlb_with_a_customer_key_is_healthy_until_the_key_fails() {
    let arrange = || {
        let account = Account::seeded();
        account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
        account.wait(account.sandbox.deliver());
        let key = account.bucket("edge-logs").encryption.key.unwrap();
        (account, key)
    };
    let (account, key) = arrange();
    assert_health(&account, EDGE, "delivering", "");
    let policy = account.sandbox.keys().into_iter().find(|view| view.arn == key).unwrap().policy;
    let mut shut: Value = serde_json::from_str(&policy).unwrap();
    shut["Statement"].as_array_mut().unwrap().truncate(1);
    account.sandbox.set_key_policy(&key, &shut.to_string());
    // A recent log proves nothing about a key policy that was changed after the log arrived.
    assert_health(&account, EDGE, "dead", "key-policy");
    account.sandbox.set_encryption("edge-logs", Encryption::kms(key.rsplit('/').next()));
    let found = assert_health(&account, EDGE, "dead", "encryption-key-not-arn");
    assert_fixed(&account, EDGE, &found);

    let (account, key) = arrange();
    account.sandbox.set_key_state(&key, "Disabled");
    let found = assert_health(&account, EDGE, "dead", "key-unusable");
    assert!(found["findings"][0]["what"].as_str().unwrap().contains("state Disabled"), "{found:#}");

    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.sandbox.set_encryption("edge-logs", Encryption::kms(None));
    let found = assert_health(&account, EDGE, "dead", "encryption-not-writable");
    assert_fixed(&account, EDGE, &found);
    account
        .sandbox
        .set_encryption("edge-logs", Encryption::kms(Some(&account.wait(account.sandbox.put_key(KeySeed::new())))));
    let found = assert_health(&account, EDGE, "dead", "key-policy");
    assert_fixed(&account, EDGE, &found);
}

/// An NLB's key whose policy allows the log service for such an encryption context.
fn with_key_for(context: &str, bucket_key: bool) -> Account {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
          "Action": "kms:DescribeKey", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
          "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*"], "Resource": "*",
          "Condition": { "StringLike": { "kms:EncryptionContext:aws:s3:arn": context } } },
    ]});
    let key = KeySeed { policy: Some(policy.to_string()), ..KeySeed::new() };
    let key = account.wait(account.sandbox.put_key(key));
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.sandbox.set_encryption("edge-logs", Encryption { bucket_key, ..Encryption::kms(Some(&key)) });
    account
}

#[test]
fn a_grant_limited_to_object_arns_does_not_work_with_a_bucket_key() {
    let account = with_key_for("arn:aws:s3:::edge-logs/*", true);
    assert_health(&account, "nlb --source edge", "dead", "key-policy");
    let fix = account.run("check nlb --source edge --output json").json()["logs"][0]["fix"].clone();
    account.run(fix.as_str().unwrap().trim_start_matches("logbucket ")).ends(0);
    account.wait(account.sandbox.deliver());
    assert_health(&account, "nlb --source edge", "delivering", "");
    let healthy = with_key_for("arn:aws:s3:::edge-logs", true);
    assert_health(&healthy, "nlb --source edge", "pending", "");
    let healthy = with_key_for("arn:aws:s3:::edge-logs/*", false);
    healthy.wait(healthy.sandbox.deliver());
    assert_health(&healthy, "nlb --source edge", "delivering", "");
}
