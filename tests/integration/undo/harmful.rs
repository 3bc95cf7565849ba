//! Former values that an undo doesn't restore, because someone would lose something.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use sandbox::{BucketSeed, Effect, Encryption, Fault, When};
use serde_json::json;

use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_lifecycle_rule_that_deletes_sooner_is_not_restored() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --expire-days 30 --yes").ends(0);
    account.run("init alb --source web --bucket demo-logs --expire-days 3650 --fix --yes").ends(0);
    account.run("undo latest --yes").says("deletes objects sooner, so undo does not restore it");
    assert!(account.bucket("demo-logs").lifecycle.unwrap().contains("<Days>3650</Days>"));
    // A restored rule with a longer time deletes nothing.
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --expire-days 3650 --yes").ends(0);
    account.run("init alb --source web --bucket demo-logs --expire-days 30 --fix --yes").ends(0);
    account.run("undo latest --yes").ends(0);
    assert!(account.bucket("demo-logs").lifecycle.unwrap().contains("<Days>3650</Days>"));
}

#[test]
fn a_key_encryption_is_not_restored_if_it_would_block_other_services() {
    let cases = [
        ("AWSLogs/444455556666/elasticloadbalancing/", true),
        ("AWSLogs/111122223333/Config/", true),
        ("AWSLogs/111122223333/CloudTrail/", true),
        ("a/b/AWSLogs/111122223333/vpcflowlogs/", true),
        ("AWSLogs/o-exampleorg/444455556666/CloudTrail/", true),
        ("o-exampleorg/AWSLogs/o-exampleorg/444455556666/CloudTrail/", true),
        ("AWSLogs/AWSLogs/111122223333/CloudTrail/", true),
        ("x-AWSLogs/AWSLogs/111122223333/CloudTrail/", true),
        ("a/AWSLogs/AWSLogs/111122223333/CloudTrail/", true),
        ("AWSLogs/o-exampleorg/AWSLogs/111122223333/Config/", true),
        ("AWSLogs/111122223333/elasticloadbalancing/", false),
    ];
    each_case(cases, |(folder, stays)| {
        let account = Account::seeded();
        let encryption = account.bucket("kms-logs").encryption;
        let allow = json!({ "Version": "2012-10-17", "Statement": [{
            "Sid": "Others", "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
            "Action": "s3:PutObject", "Resource": "arn:aws:s3:::kx-logs/*"
        }]});
        let bucket = BucketSeed::new("kx-logs").policy(&allow.to_string()).encrypted(encryption);
        account.wait(account.sandbox.put_bucket(bucket));
        account.run("init alb --source web --bucket kx-logs --fix --yes").ends(0);
        account.wait(account.sandbox.put_object("kx-logs", &format!("{folder}us-east-1/x.log.gz"), b"x"));
        let ran = account.run("undo latest --yes");
        assert_eq!(account.bucket("kx-logs").encryption.algorithm == "AES256", stays, "{folder}: {ran:?}");
        if stays {
            ran.ends(6).says("needs it");
        }
    });
}

#[test]
fn another_key_is_not_restored_while_a_service_that_may_not_use_it_writes() {
    let account = Account::seeded();
    let before = account.bucket("kms-logs").encryption;
    account.wait(account.sandbox.put_bucket(BucketSeed::new("kx-logs").encrypted(before)));
    account.run("init nlb --source edge --bucket kx-logs --kms-key create --fix --yes").ends(0);
    let left = account.bucket("kx-logs").encryption;
    account.wait(account.sandbox.put_object("kx-logs", "AWSLogs/111122223333/CloudTrail/us-east-1/x.gz", b"x"));
    let allow = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" }, "Action": "kms:*", "Resource": "*" },
        { "Effect": "Allow", "Principal": { "Service": "cloudtrail.amazonaws.com" }, "Action": "kms:GenerateDataKey*",
          "Resource": "*" },
    ]});
    let former = |key: &sandbox::KeyView| key.aliases.contains(&"alias/kms-logs".to_owned());
    let keys = account.sandbox.keys();
    let (former, own) = (
        keys.iter().find(|key| former(key)).unwrap(),
        keys.iter().find(|key| key.tags.contains_key("logbucket")).unwrap(),
    );
    account.sandbox.set_key_policy(&own.arn, &allow.to_string());
    account.run("undo latest --yes").ends(6).says("needed  the default encryption of `kx-logs`");
    assert_eq!(account.bucket("kx-logs").encryption, left);
    // If the former key allows the service, the undo finishes.
    account.sandbox.set_key_policy(&former.arn, &allow.to_string());
    account.run("undo latest --yes").ends(0);
    assert_ne!(account.bucket("kx-logs").encryption, left);
}

#[test]
fn a_grant_to_read_the_acl_is_kept_while_flow_logs_use_it() {
    let account = Account::seeded();
    let allow = json!({ "Version": "2012-10-17", "Statement": [{
        "Sid": "Others", "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
        "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acl-logs/*"
    }]});
    account.wait(account.sandbox.put_bucket(BucketSeed::new("acl-logs").policy(&allow.to_string())));
    account.run("init nlb --source edge --bucket acl-logs --fix --yes").ends(0);
    account.wait(account.sandbox.put_object("acl-logs", "AWSLogs/111122223333/vpcflowlogs/us-east-1/x.gz", b"x"));
    account.run("undo latest --yes").ends(6).says("needed  the policy of `acl-logs`");
    assert!(account.policy("acl-logs").to_string().contains("s3:GetBucketAcl"));
}

#[test]
fn an_encryption_with_an_unusable_key_is_not_restored() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    let key =
        account.sandbox.keys().into_iter().find(|key| key.aliases.contains(&"alias/kms-logs".to_owned())).unwrap();
    account.sandbox.set_key_state(&key.arn, "PendingDeletion");
    account.run("undo latest --yes").says("so no one could write to the bucket");
    assert_eq!(account.bucket("kms-logs").encryption.algorithm, "AES256");
}

#[test]
fn a_killed_undo_remembers_what_it_restored() {
    let account = Account::seeded();
    account.run("init alb --source web --log-type access --bucket kms-logs --fix --yes").ends(0);
    let left = account.sandbox.load_balancer("web").unwrap();
    let slow = When::OperationTimes("DeleteBucketPolicy".to_owned(), 1);
    account.sandbox.inject(Fault { when: slow, effect: Effect::Delay(Duration::from_secs(5)) });
    account.sandbox.forget_requests();
    let mut command = account.command();
    command.args(["undo", "latest", "--yes"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == "DeleteBucketPolicy") {
        assert!(child.try_wait().unwrap().is_none());
        thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    account.sandbox.clear_faults();
    // Someone sets the log to the values that the run had left.
    let attributes: Vec<(&str, &str)> = left
        .iter()
        .filter(|(name, _)| name.starts_with("access_logs"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    account.sandbox.set_attributes("web", &attributes);
    account.run("undo latest --yes");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
}

#[test]
fn an_encryption_with_a_deleted_key_is_not_restored() {
    let account = Account::seeded();
    account.sandbox.set_encryption("shared-logs", Encryption::kms(Some("alias/no-more")));
    account.run("init alb --source web --bucket shared-logs --fix --yes").ends(0);
    account.run("undo latest --yes").says("`alias/no-more` of the earlier encryption no longer exists");
    assert_eq!(account.bucket("shared-logs").encryption.algorithm, "AES256");
}

#[test]
fn a_lifecycle_rule_with_a_date_is_not_restored() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --expire-days 400 --fix --yes").ends(0);
    let rules = account.bucket("shared-logs").lifecycle.unwrap();
    let dated = rules.replace("<Days>400</Days>", "<Date>2026-01-01T00:00:00Z</Date>");
    assert_ne!(rules, dated);
    account.sandbox.set_setting("shared-logs", "lifecycle", Some(&dated));
    account.run("init alb --source web --bucket shared-logs --expire-days 200 --fix --yes").ends(0);
    account.run("undo latest --yes").says("deletes objects sooner");
    assert!(!account.bucket("shared-logs").lifecycle.unwrap().contains("2026-01-01"));
}

#[test]
fn a_deny_is_not_restored_while_another_accounts_load_balancer_writes() {
    let account = Account::seeded();
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "Any", "Effect": "Allow", "Principal": { "Service": "logdelivery.elasticloadbalancing.amazonaws.com" },
          "Action": "s3:PutObject", "Resource": "arn:aws:s3:::org-logs/AWSLogs/*" },
        { "Sid": "Guard", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
          "Resource": "arn:aws:s3:::org-logs/*",
          "Condition": { "StringNotEquals": { "s3:x-amz-server-side-encryption": "aws:kms" } } },
    ] });
    account.wait(account.sandbox.put_bucket(BucketSeed::new("org-logs").policy(&policy.to_string())));
    account.run("init alb --source web --bucket org-logs --exempt Guard --fix --yes").ends(0);
    let theirs = "AWSLogs/444455556666/elasticloadbalancing/us-east-1/2026/11/27/x.log.gz";
    account.wait(account.sandbox.put_object("org-logs", theirs, b"x"));
    account.run("undo latest --yes").ends(6).says("needs it");
    assert!(account.policy("org-logs").to_string().contains("aws:PrincipalServiceName"));
}
