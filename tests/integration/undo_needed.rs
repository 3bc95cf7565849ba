//! What an undo leaves, since a later run or another service needs it.

use sandbox::DeliverySeed;
use serde_json::Value;

use crate::account::Account;

fn runs(account: &Account) -> Vec<Value> {
    account.run("undo --output json").ends(0).json()["runs"].as_array().unwrap().clone()
}

#[test]
fn a_bucket_that_the_run_made_stays_where_somebody_counts_on_it() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    account.run("init s3-access --source app-images --bucket demo-logs --prefix s3/ --yes").ends(0);
    let first = runs(&account).last().unwrap()["run"].as_str().unwrap().to_owned();
    account.run(&format!("undo {first} --yes")).ends(6).says("depends on it; undo that run first");
    assert!(account.sandbox.bucket("demo-logs").is_some());
    // One after another, each is as the one before left it.
    account.run("undo latest --yes").ends(0);
    account.run(&format!("undo {first} --yes")).ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn what_a_later_run_counts_on_is_not_taken_away() {
    for (first, second) in [
        (
            "init inventory --source app-data --bucket new-inventory --inventory-id one --yes",
            "init inventory --source app-data --bucket new-inventory --inventory-id two --yes",
        ),
        (
            "init alb --source web --bucket kms-logs --fix --yes",
            "init alb --source legacy-web --bucket kms-logs --fix --yes",
        ),
    ] {
        let account = Account::seeded();
        account.run(first).ends(0);
        let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        account.run(second).ends(0);
        let bucket = second.split(' ').find(|word| ["new-inventory", "kms-logs"].contains(word)).unwrap();
        let before = account.bucket(bucket);
        account.run(&format!("undo {run} --yes")).ends(6).says("depends on it; undo that run first");
        let after = account.bucket(bucket);
        assert_eq!((after.policy, after.encryption), (before.policy, before.encryption));
    }
}

#[test]
fn a_rule_or_a_tag_that_a_later_run_asked_for_too_is_not_taken_away() {
    for words in ["--expire-days 90", "--tag team=web"] {
        let account = Account::seeded();
        let init = |source: &str| {
            format!("init s3-access --source {source} --bucket shared-logs --prefix s3/ --yes --fix {words}")
        };
        account.run(&init("app-data")).ends(0);
        let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        account.run(&init("app-images")).ends(0);
        let later = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        let asked_for = |account: &Account| {
            let bucket = account.bucket("shared-logs");
            (bucket.lifecycle, bucket.tags)
        };
        let before = asked_for(&account);
        let why = format!("the later run {later} depends on it; undo that run first");
        account.run(&format!("undo {run} --yes")).ends(6).says(&why);
        assert_eq!(asked_for(&account), before, "{words}");
        account.run(&format!("undo {later} --yes")).ends(0);
        account.run(&format!("undo {run} --yes")).ends(0);
        assert_ne!(asked_for(&account), before, "{words}");
    }
}

#[test]
fn what_vended_logs_deliver_to_the_bucket_keeps_it_and_what_allows_it() {
    // Of a bucket that the run created, and of the policy of one that it changed.
    for (bucket, needed) in [("demo-logs", "goes there"), ("shared-logs", "needs it")] {
        let account = Account::seeded();
        account.run(&format!("init nlb --source edge --bucket {bucket} --yes --fix")).ends(0);
        let arn = "arn:aws:cloudfront::111122223333:distribution/EXAMPLE";
        account
            .sandbox
            .put_delivery(DeliverySeed::new("pages", arn, "ACCESS_LOGS").to(&format!("arn:aws:s3:::{bucket}")));
        account.wait(account.sandbox.empty_bucket(bucket));
        let policy = account.bucket(bucket).policy;
        account
            .run("undo latest --yes")
            .ends(6)
            .says(&format!("the CloudWatch vended log (delivery source `pages`) {needed}"));
        assert_eq!(account.bucket(bucket).policy, policy);
    }
}
