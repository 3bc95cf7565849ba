//! Settings that an undo must keep, because other logs need them.

use sandbox::{BucketSeed, Encryption, LoadBalancerSeed};
use serde_json::json;

use super::setup::{newest_run, runs};
use crate::account::Account;
use crate::tables::each_case;

/// A colleague's load balancer that logs to the bucket.
fn attach_their_load_balancer(account: &Account, name: &str, bucket: &str) {
    let balancer = LoadBalancerSeed::application(name).logging("access_logs", bucket, "");
    account.wait(account.sandbox.put_load_balancer(balancer));
}

#[test]
fn a_grant_that_another_users_load_balancer_needs_is_kept() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    attach_their_load_balancer(&account, "other", "shared-logs");
    let policy = account.policy("shared-logs");
    account.run("undo latest --yes").ends(6).says("access log of load balancer `other` needs it");
    assert_eq!(account.policy("shared-logs"), policy);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    // Once no one needs the grant, the same undo removes it.
    account.sandbox.set_attributes("other", &[("access_logs.s3.enabled", "false")]);
    account.run("undo latest --yes").ends(0);
    assert!(!account.sids("shared-logs").contains(&"LogbucketAlb".to_owned()));
}

#[test]
fn an_encryption_that_another_users_load_balancer_needs_is_kept() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    attach_their_load_balancer(&account, "other", "kms-logs");
    account.run("undo latest --yes").ends(6).says("needs it");
    assert_eq!(account.bucket("kms-logs").encryption.algorithm, "AES256");
}

#[test]
fn a_grant_that_another_service_needs_for_delivery_is_kept() {
    each_case([("vpcflowlogs", None), ("CloudFront", Some("flow/"))], |(service, policy)| {
        let account = Account::seeded();
        let prefix = policy.map(|prefix| format!("--prefix {}", prefix.trim_end_matches('/'))).unwrap_or_default();
        account.run(&format!("init nlb --source edge --bucket shared-logs {prefix} --yes")).ends(0);
        let before = account.policy("shared-logs");
        let key = format!("{}AWSLogs/111122223333/{service}/us-east-1/2026/11/26/x.log.gz", policy.unwrap_or_default());
        account.wait(account.sandbox.put_object("shared-logs", &key, b"x"));
        account.run("undo latest --yes").ends(6).says(&format!("{service}/` needs it"));
        assert_eq!(account.policy("shared-logs"), before);
    });
    // Only ALBs use the grant for ALBs.
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    account.wait(account.sandbox.put_object("shared-logs", "AWSLogs/111122223333/vpcflowlogs/x.log.gz", b"x"));
    account.run("undo latest --yes").ends(0);
}

#[test]
fn a_dead_log_in_another_bucket_does_not_keep_the_policy() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket kms-logs --fix --yes").ends(0);
    let policy = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    account.wait(
        account.sandbox.put_bucket(
            BucketSeed::new("their-logs").policy(&policy).encrypted(Encryption::kms(Some("alias/kms-logs"))),
        ),
    );
    let theirs = LoadBalancerSeed::network("theirs", "TLS").logging("access_logs", "their-logs", "");
    account.wait(account.sandbox.put_load_balancer(theirs));
    let ran = account.run("undo latest --yes");
    assert!(!ran.stdout.contains("needed  the policy of `kms-logs`"), "{ran:?}");
}

#[test]
fn a_log_with_its_own_grant_does_not_prevent_an_undo() {
    let account = Account::seeded();
    let own = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::shared-logs/theirs/*"}]}"#;
    account.sandbox.set_policy("shared-logs", Some(own));
    let balancer = LoadBalancerSeed::application("other").logging("access_logs", "shared-logs", "theirs");
    account.wait(account.sandbox.put_load_balancer(balancer));
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.sids("shared-logs"), ["Theirs"]);
}

#[test]
fn a_key_that_two_runs_share_keeps_the_other_runs_grant() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket kms-logs --fix --yes").ends(0);
    let first = newest_run(&account);
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::network("other", "TLS")));
    account.run("init nlb --source other --bucket more-logs --kms-key alias/kms-logs --yes").ends(0);
    let policy = |account: &Account| {
        let key = account.sandbox.keys().into_iter().find(|key| key.aliases.contains(&"alias/kms-logs".to_owned()));
        key.unwrap().policy
    };
    let before = policy(&account);
    account.run(&format!("undo {first} --yes")).ends(6);
    assert_eq!(policy(&account), before);
    account.run("undo latest --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(0);
}

#[test]
fn a_run_can_be_undone_only_once() {
    let account = Account::seeded();
    let words = "init alb --source web --bucket shared-logs --yes";
    account.run(words).ends(0);
    let first = newest_run(&account);
    account.run("undo latest --yes").ends(0);
    // AWS does not have to write its test file again.
    account.run(&format!("{words} --wait 0")).ends(0);
    account.run(&format!("undo {first} --yes")).ends(0).says("nothing to restore");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
    assert!(account.writes().is_empty());
}

#[test]
fn a_log_that_a_later_run_also_requested_stays_on() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --log-type access --yes").ends(0);
    let first = newest_run(&account);
    account.run("init alb --source web --bucket shared-logs --log-type access --log-type connection --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(6).says("undo that run first");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
    account.run("undo latest --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(0);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
}

#[test]
fn a_run_is_undone_only_at_the_endpoint_it_was_made_against() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let elsewhere = Account::seeded();
    let url = elsewhere.url();
    let ran = account.run(&format!("undo latest --yes --endpoint-url {url}")).ends(1);
    ran.says("the run was made against `http://").says("add `--endpoint-url http://");
    assert!(elsewhere.sandbox.requests().iter().all(|request| !request.mutating));
    assert!(runs(&account)[0]["undone"].is_null());
    // If only a single service had another endpoint, the undo would also find nothing to restore, or no log that
    // depends on a value.
    each_case(["ELASTIC_LOAD_BALANCING_V2", "KMS", "S3"], |service| {
        let ran = account.run_with("undo latest --yes", &[(&format!("AWS_ENDPOINT_URL_{service}"), &url)]).ends(1);
        ran.says("the run was made against").says("Elastic Load Balancing v2 http");
        assert!(elsewhere.sandbox.requests().iter().all(|request| !request.mutating), "{service}");
    });
    account.run("undo latest --yes").ends(0);
}
