//! Values that an undo keeps because someone could lose something.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use sandbox::{BucketSeed, Effect, Encryption, Fault, LoadBalancerSeed, When, seed};
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
fn deny(account: &Account, action: &str, resource: &str) {
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
    for (folder, stays) in [
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
    ] {
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
    }
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
fn a_log_stays_if_it_would_go_back_where_it_cannot_arrive() {
    for (words, service) in [("s3-access --source app-data", "s3/"), ("inventory --source app-data", "inventory")] {
        let account = Account::seeded();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs")));
        account.run(&format!("init {words} --bucket old-logs --prefix {service} --yes")).ends(0);
        account.run(&format!("init {words} --bucket new-logs --prefix {service} --fix --yes")).ends(0);
        account.sandbox.set_policy("old-logs", None);
        let left = account.sandbox.state();
        account.run("undo latest --dry-run").ends(6).says("where it can't arrive");
        account.run("undo latest --yes").ends(6).says("fix that bucket or turn the log off yourself first");
        assert_eq!(account.sandbox.state(), left, "{words}");
        // The same applies if the policy can no longer be read.
        let account = Account::seeded();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs")));
        account.run(&format!("init {words} --bucket old-logs --prefix {service} --yes")).ends(0);
        account.run(&format!("init {words} --bucket new-logs --prefix {service} --fix --yes")).ends(0);
        deny(&account, "s3:GetBucketPolicy", "arn:aws:s3:::old-logs");
        account.run("undo latest --yes").ends(6).says("where it might not arrive").says("s3:GetBucketPolicy");
        assert!(account.sandbox.bucket("new-logs").is_some(), "{words}");
        // A list of other logs that can't be read only keeps what those logs may need.
        deny(&account, "elasticloadbalancing:DescribeLoadBalancers", "*");
        account.run("undo latest --yes").ends(6).says("restored  ");
        assert!(account.sandbox.bucket("new-logs").is_some(), "{words}");
        // If the log already could not arrive in the old bucket before the run, the undo still points it back.
        let account = Account::seeded();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs")));
        account.run(&format!("init {words} --bucket old-logs --prefix {service} --yes")).ends(0);
        account.sandbox.set_policy("old-logs", None);
        account.run(&format!("init {words} --bucket new-logs --prefix {service} --fix --yes")).ends(0);
        account.run("undo latest --yes").ends(0).says("where it can't arrive");
        assert!(account.sandbox.bucket("new-logs").is_none(), "{words}");
    }
}

#[test]
fn a_log_is_not_restored_to_a_bucket_that_another_account_took_over() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket old-logs --yes").ends(0);
    account.run("init alb --source web --bucket new-logs --fix --yes").ends(0);
    account.wait(account.sandbox.empty_bucket("old-logs"));
    account.sandbox.drop_bucket("old-logs");
    account.sandbox.pass(Duration::from_mins(1));
    account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs").of(seed::OTHER_ACCOUNT)));
    account.run("undo latest --yes").says("may belong to another account by now");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.bucket"], "new-logs");
    assert!(account.policy("new-logs").to_string().contains("LogbucketAlb"), "the log needs its grant");
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
fn a_log_is_not_restored_to_a_bucket_of_unknown_owner() {
    for denied_at_the_run in [false, true] {
        let account = Account::seeded();
        account.run("init nlb --source edge --bucket old-logs --yes").ends(0);
        if denied_at_the_run {
            deny(&account, "s3:ListAllMyBuckets", "*");
        }
        account.run("init nlb --source edge --bucket new-logs --fix --yes");
        account.wait(account.sandbox.empty_bucket("old-logs"));
        account.sandbox.drop_bucket("old-logs");
        account.wait(account.sandbox.put_bucket(BucketSeed::new("old-logs").of(seed::OTHER_ACCOUNT)));
        deny(&account, "s3:ListAllMyBuckets", "*");
        account.run("undo latest --yes").says("may belong to another account by now");
        assert_eq!(account.sandbox.load_balancer("edge").unwrap()["access_logs.s3.bucket"], "new-logs");
        assert!(account.sandbox.bucket("new-logs").is_some());
    }
}

#[test]
fn a_log_is_restored_to_a_bucket_that_another_account_owned_before_the_run() {
    let account = Account::seeded();
    let open = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "Service": "delivery.logs.amazonaws.com" },
        "Action": ["s3:PutObject", "s3:GetBucketAcl"],
        "Resource": ["arn:aws:s3:::central-logs", "arn:aws:s3:::central-logs/*"],
    }]});
    let theirs = BucketSeed::new("central-logs").of(seed::OTHER_ACCOUNT).policy(&open.to_string());
    account.wait(account.sandbox.put_bucket(theirs));
    let balancer = LoadBalancerSeed::network("n2", "TLS").logging("access_logs", "central-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("init nlb --source n2 --bucket new-logs --fix --yes").ends(0);
    account.run("undo latest --yes").ends(0).says("make sure it is still the bucket you mean");
    assert_eq!(account.sandbox.load_balancer("n2").unwrap()["access_logs.s3.bucket"], "central-logs");
}

#[test]
fn a_log_is_not_restored_to_another_accounts_bucket_that_no_longer_exists() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("central-logs").of(seed::OTHER_ACCOUNT)));
    let balancer = LoadBalancerSeed::network("n2", "TLS").logging("access_logs", "central-logs", "");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("init nlb --source n2 --bucket new-logs --fix --yes").ends(0);
    account.sandbox.drop_bucket("central-logs");
    account.run("undo latest --yes").says("which no longer exists or may belong to another account by now");
    assert_eq!(account.sandbox.load_balancer("n2").unwrap()["access_logs.s3.bucket"], "new-logs");
}

#[test]
fn a_run_can_be_undone_after_another_account_took_its_destination() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("plain-logs")));
    account.run("init alb --source web --bucket plain-logs --yes").ends(0);
    account.wait(account.sandbox.empty_bucket("plain-logs"));
    account.sandbox.drop_bucket("plain-logs");
    account.wait(account.sandbox.put_bucket(BucketSeed::new("plain-logs").of(seed::OTHER_ACCOUNT)));
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    account.run("undo latest --yes").says("nothing");
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
