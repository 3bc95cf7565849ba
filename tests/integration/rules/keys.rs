//! Keys that fail, and key policies that are too long.

use sandbox::KeySeed;
use serde_json::json;

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_default_encryption_with_a_failing_key_is_not_weakened_unless_requested() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    let key = account.bucket("edge-logs").encryption.key.unwrap();
    let init = "init nlb --source edge --bucket edge-logs";
    let cases = [("Disabled", "aws kms enable-key"), ("PendingDeletion", "aws kms cancel-key-deletion")];
    each_case(cases, |(state, command)| {
        account.sandbox.set_key_state(&key, state);
        let said = format!("`{key}`, the default encryption key of `edge-logs`, is in state {state}");
        account.run(&format!("{init} --yes --fix")).ends(5).says(&said).says(command);
        assert_eq!(account.bucket("edge-logs").encryption.key.as_deref(), Some(key.as_str()));
    });
    let cases = [
        ("arn:aws:kms:us-east-1:111122223333:key/00000000-0000-4000-8000-000000000000", "does not exist"),
        (&key.replace("us-east-1", "us-west-2"), "is in us-west-2, but the bucket is in us-east-1"),
    ];
    each_case(cases, |(name, why)| {
        account.sandbox.set_encryption("edge-logs", sandbox::Encryption::kms(Some(name)));
        let said = format!("`{name}`, the default encryption key of `edge-logs`, {why}");
        account.run("check nlb --source edge").ends(3).says(&said);
        account.run(&format!("{init} --yes --fix")).ends(5).says(&said);
    });
    account.run(&format!("{init} --encryption sse-s3 --yes --fix --wait 0")).ends(0);
    assert_eq!(account.bucket("edge-logs").encryption.key, None);
}

#[test]
fn a_key_policy_that_might_be_too_long_is_left_for_kms_to_reject() {
    let account = Account::seeded();
    let root = json!({ "Sid": "Root", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        "Action": "kms:*", "Resource": "*" });
    let filler = json!({ "Sid": "x".repeat(32_300), "Effect": "Allow",
        "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:DescribeKey", "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [root, filler] });
    let key = account.wait(account.sandbox.put_key(KeySeed { policy: Some(policy.to_string()), ..KeySeed::new() }));
    let init = format!("init nlb --source edge --bucket demo-logs --kms-key {key}");
    account.run(&format!("{init} --dry-run")).ends(0).says("(documented limit: 32768)");
    account
        .run(&format!("{init} --yes"))
        .ends(1)
        .says("LimitExceededException")
        .says("remove statements that are no longer needed");
    assert!(!account.writes().contains(&"CreateBucket".to_owned()), "{:?}", account.writes());
}
