//! Whether the bucket that a run created is deleted.

use sandbox::{Effect, Fault, When};

use super::setup::runs;
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_bucket_that_the_run_created_is_deleted_only_if_it_is_empty() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    account.run("undo latest --yes").ends(0).says("delete the bucket `demo-logs` (empty)");
    assert!(account.sandbox.bucket("demo-logs").is_none());

    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let made = account.bucket("demo-logs");
    account
        .run("undo latest --yes")
        .ends(0)
        .says("the bucket `demo-logs`: it contains objects, which logbucket never deletes");
    assert_eq!(account.bucket("demo-logs"), made);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
}

#[test]
fn a_bucket_that_others_log_to_is_not_deleted() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>demo-logs</TargetBucket><TargetPrefix>by-hand/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    account.run("undo latest --yes").ends(6).says("access log of bucket `app-images` goes there");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}

#[test]
fn a_bucket_that_turns_out_not_to_be_empty_is_kept() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    account.sandbox.inject(Fault {
        when: When::Operation("DeleteBucket".to_owned()),
        effect: Effect::status(409, "BucketNotEmpty", "The bucket you tried to delete is not empty"),
    });
    account.run("undo latest --yes").ends(0).says("not empty");
}

#[test]
fn once_emptied_a_bucket_is_deleted_by_repeating_the_undo() {
    let cases = [
        ("init alb --source web --bucket demo-logs --expire-days 30 --yes", "demo-logs"),
        ("init nlb --source edge --bucket demo-logs --kms-key create --tag team=web --yes", "demo-logs"),
        ("init inventory --source app-data --bucket demo-logs --prefix inv --yes", "demo-logs"),
    ];
    each_case(cases, |(words, bucket)| {
        let account = Account::seeded();
        account.run(words).ends(0);
        account.wait(account.sandbox.deliver());
        let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
        account
            .run(&format!("undo {run} --yes"))
            .ends(0)
            .says(&format!("Once it is empty, an undo of `{run}` deletes it"));
        account.wait(account.sandbox.empty_bucket(bucket));
        account.run(&format!("undo {run} --dry-run")).ends(0).says("delete the bucket `demo-logs`");
        account.run(&format!("undo {run} --yes")).ends(0);
        assert!(account.sandbox.bucket(bucket).is_none(), "{words}");
    });
}

#[test]
fn a_setting_that_others_set_and_the_run_never_reached_keeps_its_bucket() {
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::demo-logs/*"}]}"#;
    for is_used in [true, false] {
        let account = Account::seeded();
        let when = When::Operation("PutPublicAccessBlock".to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
        account.run("init alb --source web --bucket demo-logs --yes").ends(6);
        account.sandbox.clear_faults();
        if is_used {
            account.sandbox.set_policy("demo-logs", Some(theirs));
        }
        let ran = account.run("undo latest --yes").ends(if is_used { 6 } else { 0 });
        assert_eq!(account.sandbox.bucket("demo-logs").is_some(), is_used, "{ran:?}");
    }
}
