//! What an undo keeps because it can't read who needs it.

use sandbox::{BucketSeed, Encryption, LoadBalancerSeed, seed};
use serde_json::json;

use crate::account::Account;

const READ: &str = "elasticloadbalancing:DescribeLoadBalancerAttributes";

/// A run that adds a grant to a key's policy.
fn with_a_grant(account: &Account) -> String {
    account.run("init nlb --source edge --bucket va-logs --kms-key alias/kms-logs --fix --yes").ends(0);
    account.sandbox.keys().into_iter().find(|key| key.policy.contains("LogbucketNlb")).unwrap().arn
}

fn has_grant(account: &Account, key: &str) -> bool {
    account.sandbox.keys().into_iter().find(|of| of.arn == key).unwrap().policy.contains("LogbucketNlb")
}

/// Adds a bucket `vb-logs` that is like the run's bucket.
fn with_a_second_bucket(account: &Account) {
    let run = account.bucket("va-logs");
    let policy = run.policy.unwrap().replace("va-logs", "vb-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("vb-logs").policy(&policy).encrypted(run.encryption)));
}

/// Adds a load balancer `n2` that logs to the second bucket.
fn with_a_second_log(account: &Account) {
    with_a_second_bucket(account);
    let balancer = LoadBalancerSeed::network("n2", "TLS").logging("access_logs", "vb-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
}

/// Allows the operators everything except this action on this resource.
pub(super) fn deny(account: &Account, action: &str, resource: &str) {
    account.sandbox.allow_only(&json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "*", "Resource": "*" },
        { "Effect": "Deny", "Action": action, "Resource": resource },
    ]}));
}

#[test]
fn a_key_grant_is_kept_if_another_logs_bucket_encryption_is_unreadable() {
    let account = Account::seeded();
    let key = with_a_grant(&account);
    with_a_second_log(&account);
    deny(&account, "s3:GetEncryptionConfiguration", "arn:aws:s3:::vb-logs");
    account.run("undo latest --yes").ends(6).says("could not tell whether").says("s3:GetEncryptionConfiguration");
    assert!(has_grant(&account, &key));
}

#[test]
fn a_key_grant_is_kept_if_another_service_uses_a_bucket_of_unknown_encryption() {
    let account = Account::seeded();
    let key = with_a_grant(&account);
    with_a_second_bucket(&account);
    account.wait(account.sandbox.put_object("vb-logs", "AWSLogs/111122223333/vpcflowlogs/us-east-1/x.log.gz", b"x"));
    deny(&account, "s3:GetEncryptionConfiguration", "arn:aws:s3:::vb-logs");
    account.run("undo latest --yes").ends(6).says("needs it");
    assert!(has_grant(&account, &key));
}

#[test]
fn a_key_grant_is_kept_if_a_log_goes_to_an_unreadable_bucket() {
    let account = Account::seeded();
    let key = with_a_grant(&account);
    account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs").of(seed::OTHER_ACCOUNT)));
    let balancer = LoadBalancerSeed::network("n2", "TLS").logging("access_logs", "their-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("undo latest --yes").ends(6).says("could not tell whether").says("`n2`");
    assert!(has_grant(&account, &key));
}

#[test]
fn a_key_grant_is_kept_if_a_source_that_may_use_the_key_is_unreadable() {
    let account = Account::seeded();
    let key = with_a_grant(&account);
    with_a_second_log(&account);
    // The run's own bucket allows nobody any more.
    account.sandbox.set_policy("va-logs", None);
    deny(&account, READ, "*");
    account.run("undo latest --yes").ends(6).says("could not tell whether").says(READ);
    assert!(has_grant(&account, &key));
}

#[test]
fn an_encryption_is_not_restored_if_an_unreadable_source_may_log_under_any_prefix() {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "s3:PutObject",
        "Principal": { "Service": "logging.s3.amazonaws.com" }, "Resource": "arn:aws:s3:::mixed-logs/theirs/*" }] });
    let seed = BucketSeed::new("mixed-logs").policy(&policy.to_string()).encrypted(Encryption::kms(None));
    account.wait(account.sandbox.put_bucket(seed));
    account.run("init s3-access --source app-data --bucket mixed-logs --prefix mine/ --fix --yes").ends(0);
    deny(&account, "s3:GetBucketLogging", "arn:aws:s3:::app-images");
    account.run("undo latest --yes").ends(6).says("could not tell whether").says("`app-images`");
    assert_eq!(account.bucket("mixed-logs").encryption.algorithm, "AES256");
}

#[test]
fn a_log_that_cannot_use_keys_does_not_keep_a_key_grant() {
    let account = Account::seeded();
    let key = with_a_grant(&account);
    account.wait(account.sandbox.put_bucket(BucketSeed::new("their-logs").of(seed::OTHER_ACCOUNT)));
    let balancer = LoadBalancerSeed::application("a2").logging("access_logs", "their-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("undo latest --yes").ends(0);
    assert!(!has_grant(&account, &key));
}
