//! Buckets that someone deletes, creates again or takes over during a run.

use sandbox::{BucketSeed, Encryption, seed};

use super::setup::{ALB, PREFLIGHT, S3_ACCESS, account, during, logging, policy, put};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_bucket_taken_over_by_another_account_before_the_attachment_gets_no_logs() {
    for operation in [PREFLIGHT, "PutObject"] {
        let account = account();
        let ran = during(&account, ALB, operation, |account| {
            put(account, BucketSeed::new("team-logs").of(seed::OTHER_ACCOUNT).policy(&policy(&[])));
        });
        ran.ends(6).says("`team-logs` changed since the plan was made: it now refuses this account");
        assert!(account.writes().is_empty(), "{operation}: {:?}", account.writes());
    }
}

#[test]
fn a_bucket_taken_over_by_another_account_during_the_attachment_prevents_success() {
    let account = account();
    let ran = during(&account, ALB, "ModifyLoadBalancerAttributes", |account| {
        put(account, BucketSeed::new("team-logs").of(seed::OTHER_ACCOUNT).policy(&policy(&[])));
    });
    ran.ends(6).says("changed since the plan was made");
}

#[test]
fn a_failed_attachment_to_a_recreated_bucket_is_reported_as_such() {
    each_case([(S3_ACCESS, "PutBucketLogging"), (ALB, "ModifyLoadBalancerAttributes")], |(words, operation)| {
        let account = account();
        let ran = during(&account, &format!("{words} --wait 2"), operation, |account| {
            account.sandbox.drop_bucket("team-logs");
            let elsewhere = BucketSeed::new("team-logs").within("eu-west-1");
            put(account, elsewhere);
        });
        ran.ends(6).says("created another with that name").omits("resource control policy");
    });
}

#[test]
fn what_a_run_wrote_to_a_recreated_bucket_is_kept_and_reported() {
    let account = account();
    account.run("init nlb --source edge --bucket team-logs --yes").ends(0);
    let left = account.bucket("team-logs").policy.unwrap();
    account.sandbox.drop_bucket("team-logs");
    put(&account, BucketSeed::new("team-logs").policy(&left));
    let ran = account.run("undo latest --yes");
    ran.says("was deleted and created again, and the new bucket has this run's setting");
    assert_eq!(account.bucket("team-logs").policy.unwrap(), left);
}

#[test]
fn no_logs_are_attached_to_a_bucket_deleted_before_the_attachment() {
    each_case([S3_ACCESS, ALB, "init inventory --source app-data --bucket team-logs --yes"], |words| {
        for operation in [PREFLIGHT, "PutObject"] {
            let account = account();
            let ran = during(&account, words, operation, |account| account.sandbox.drop_bucket("team-logs"));
            let says = "`team-logs` changed since the plan was made: someone has deleted it";
            // By then, an inventory's grant has been written.
            ran.ends(6).says(says);
            assert!(logging(&account).is_none(), "{words} {operation}");
            let attached = ["ModifyLoadBalancerAttributes", "PutBucketInventoryConfiguration", "PutBucketLogging"];
            assert!(!account.writes().iter().any(|write| attached.contains(&write.as_str())), "{words} {operation}");
        }
    });
}

#[test]
fn a_bucket_deleted_after_the_attachment_prevents_success() {
    let account = account();
    let ran = during(&account, &format!("{ALB} --wait 2"), "ModifyLoadBalancerAttributes", |account| {
        account.sandbox.drop_bucket("team-logs");
    });
    assert_ne!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_bucket_recreated_since_the_plan_is_not_changed_by_the_run() {
    let cases = [
        ("init s3-access --source app-data --bucket team-logs --expire-days 5 --fix --yes", PREFLIGHT),
        ("init nlb --source edge --bucket team-logs --tag a=b --yes", PREFLIGHT),
        (S3_ACCESS, "PutObject"),
    ];
    each_case(cases, |(words, operation)| {
        let account = Account::seeded();
        let allow = (operation != PREFLIGHT).then(|| policy(&[]));
        let seed = || allow.iter().fold(BucketSeed::new("team-logs"), |seed, allow| seed.policy(allow));
        put(&account, seed());
        let mut before = None;
        let ran = during(&account, words, operation, |account| {
            put(account, seed());
            before = Some(account.bucket("team-logs"));
        });
        ran.ends(6).says("created another with that name");
        let after = account.bucket("team-logs");
        let before = before.unwrap();
        assert_eq!(
            (after.policy, after.lifecycle, after.tags),
            (before.policy, before.lifecycle, before.tags),
            "{words}"
        );
        assert!(account.writes().is_empty(), "{words}: {:?}", account.writes());
    });
}

#[test]
fn a_new_bucket_that_is_recreated_during_the_run_gets_no_policy() {
    let cases = [
        "init alb --source web --bucket new-logs --yes",
        "init s3-access --source app-data --bucket new-logs --expire-days 5 --yes",
        "init nlb --source edge --bucket new-logs --kms-key create --yes",
    ];
    each_case(cases, |words| {
        let account = Account::seeded();
        let ran = during(&account, words, "PutPublicAccessBlock", |account| {
            put(account, BucketSeed::new("new-logs"));
        });
        ran.ends(6).says("created another with that name");
        let bucket = account.bucket("new-logs");
        assert_eq!((bucket.policy, bucket.lifecycle), (None, None), "{words}");
        assert_eq!(bucket.encryption, Encryption::of_new_bucket(), "{words}");
        account.run("undo latest --yes");
        assert!(account.sandbox.bucket("new-logs").is_some(), "{words}");
    });
}

#[test]
fn a_bucket_that_is_recreated_after_its_policy_write_gets_no_log() {
    let account = Account::seeded();
    let ran = during(&account, "init nlb --source edge --bucket demo-logs --yes", "PutObject", |account| {
        account.sandbox.drop_bucket("demo-logs");
        put(account, BucketSeed::new("demo-logs"));
    });
    ran.ends(6).says("demo-logs");
    assert_ne!(account.sandbox.load_balancer("edge").unwrap()["access_logs.s3.enabled"], "true");
}
