//! A bucket that appears while a run plans or creates it.

use std::time::Duration;
use std::{fs, thread};

use sandbox::{BucketSeed, Effect, Fault, When};

use super::setup::TAGGED;
use super::setup::{receipt_folder, their_bucket};
use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::Terminal;
use crate::wizard::NOW;

#[test]
fn a_bucket_that_appears_during_the_plan_review_is_left_unchanged() {
    let account = Account::seeded();
    let terminal = Terminal::start(&account, "init s3-access --source app-data --bucket demo-logs");
    terminal.shows(NOW);
    account.wait(account.sandbox.put_bucket(their_bucket("us-east-1")));
    let before = account.bucket("demo-logs");
    account.sandbox.forget_requests();
    terminal.goes_to(NOW, "apply");
    terminal.wait_for_end().exited_with(6).says("bucket `demo-logs` changed since the plan was made");
    assert!(account.writes().is_empty(), "{:?}", account.writes());
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.bucket("demo-logs"), before, "an undo leaves it, too");
}

/// Someone creates the bucket right before S3 gets the run's own call.
fn assert_left_unchanged(region: &str, source: &str) {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::Operation("CreateBucket".to_owned()),
        effect: Effect::Delay(Duration::from_millis(1500)),
    });
    account.sandbox.forget_requests();
    let words = format!("init s3-access --source {source} --bucket demo-logs --region {region} --yes");
    let before = thread::scope(|scope| {
        let program = scope.spawn(|| {
            let mut command = account.command();
            command.args(words.split(' ')).output().unwrap()
        });
        // The receipt exists as soon as the run is about to write.
        while !fs::read_dir(receipt_folder(&account))
            .is_ok_and(|files| files.flatten().any(|file| !file.file_name().to_string_lossy().starts_with('.')))
        {
            thread::yield_now();
        }
        account.wait(account.sandbox.put_bucket(their_bucket(region)));
        let before = account.bucket("demo-logs");
        let output = program.join().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(6), "{text}");
        assert!(text.contains("changed since the plan was made"), "{text}");
        before
    });
    assert_eq!(account.bucket("demo-logs"), before, "{region}");
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.bucket("demo-logs"), before, "{region}");
}

#[test]
fn a_bucket_that_appears_right_before_the_call_is_recognized_by_the_missing_token() {
    assert_left_unchanged("us-east-1", "app-data");
}

#[test]
fn a_bucket_that_s3_reports_as_already_existing_is_left_unchanged_too() {
    let account = Account::seeded();
    account.wait(account.sandbox.put_bucket(BucketSeed::new("west-data").within("us-west-2")));
    let terminal = Terminal::start(&account, "init s3-access --source west-data --bucket demo-logs");
    terminal.shows(NOW);
    account.wait(account.sandbox.put_bucket(their_bucket("us-west-2")));
    let before = account.bucket("demo-logs");
    terminal.goes_to(NOW, "apply");
    terminal.wait_for_end().exited_with(6).says("changed since the plan was made");
    assert_eq!(account.bucket("demo-logs"), before);
}

#[test]
fn no_tag_alone_makes_a_bucket_ours() {
    each_case(["no", "destination", "run-3f9c2a71d0b84e55"], |value| {
        let account = Account::seeded();
        let tags = TAGGED
            .replace("<Key>team</Key><Value>data</Value>", &format!("<Key>logbucket</Key><Value>{value}</Value>"));
        let open = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>false</BlockPublicAcls><IgnorePublicAcls>false</IgnorePublicAcls><BlockPublicPolicy>false</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlockConfiguration>";
        let bucket = BucketSeed::new("demo-logs").setting("tagging", &tags).setting("publicAccessBlock", open);
        account.wait(account.sandbox.put_bucket(bucket));
        let before = account.bucket("demo-logs");
        account.run("init alb --source web --bucket demo-logs --prefix shared --expire-days 9 --fix --yes").ends(0);
        let after = account.bucket("demo-logs");
        assert_eq!(after.public_access_block, before.public_access_block, "{value}");
        assert_eq!(account.sids("demo-logs"), ["LogbucketAlb"], "plain HTTP stays open: {value}");
        let rules = after.lifecycle.unwrap();
        assert!(rules.contains("<Prefix>shared/AWSLogs/111122223333/elasticloadbalancing/</Prefix>"), "{rules}");
        account.run("init nlb --source edge --bucket demo-logs --kms-key alias/kms-logs --yes").ends(7);
    });
}

#[test]
fn another_users_object_named_like_the_test_object_is_kept() {
    let account = Account::seeded();
    for key in ["logbucket-test-object", "logbucket-test-", "logbucket-test-run-0000000000000000"] {
        account.wait(account.sandbox.put_object("shared-logs", key, b"theirs"));
    }
    let before = account.bucket("shared-logs").objects;
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let after = account.bucket("shared-logs").objects;
    each_case(before, |(key, object)| {
        assert_eq!(after.get(&key), Some(&object), "{key}");
    });
    assert!(!after.keys().any(|key| key.contains("logbucket-test-run-") && !key.ends_with("0000")), "{after:?}");
}

/// S3 accepts a bucket's lifecycle rules only as a whole, and without a condition. The run detects a change that
/// someone makes to their rules during the write, and writes that change again.
#[test]
fn a_lifecycle_rule_that_others_add_during_the_write_is_kept() {
    let rule = |id: &str, days: u32| {
        format!(
            "<Rule><ID>{id}</ID><Status>Enabled</Status><Filter><Prefix>{id}/</Prefix></Filter><Expiration><Days>{days}</Days></Expiration></Rule>"
        )
    };
    let rules = |rules: &[String]| {
        format!(
            "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{}</LifecycleConfiguration>",
            rules.concat()
        )
    };
    let (kept, edited, added) = (rule("kept", 90), rule("edited", 30), rule("added", 7));
    let before = rules(&[kept.clone(), edited.clone(), rule("removed", 5)]);
    let meanwhile = rules(&[kept.clone(), rule("edited", 60), added.clone()]);
    for undoes in [false, true] {
        let account = Account::seeded();
        account.sandbox.set_setting("shared-logs", "lifecycle", Some(&before));
        let init = "init alb --source web --bucket shared-logs --expire-days 9 --fix --yes";
        if undoes {
            account.run(init).ends(0);
        }
        account.sandbox.inject(Fault {
            when: When::Operation("PutBucketLifecycleConfiguration".to_owned()),
            effect: Effect::Delay(Duration::from_millis(800)),
        });
        account.sandbox.forget_requests();
        let words = if undoes { "undo latest --yes" } else { init };
        thread::scope(|scope| {
            let program = scope.spawn(|| {
                let mut command = account.command();
                command.args(words.split(' ')).output().unwrap()
            });
            let is_put = |request: &sandbox::Recorded| request.operation == "PutBucketLifecycleConfiguration";
            while !account.sandbox.requests().iter().any(is_put) {
                thread::yield_now();
            }
            let text = if undoes {
                let own = account.bucket("shared-logs").lifecycle.unwrap();
                let own =
                    own.split_inclusive("</Rule>").find(|rule| rule.contains("<ID>logbucket")).unwrap().to_owned();
                rules(&[kept.clone(), rule("edited", 60), added.clone(), own])
            } else {
                meanwhile.clone()
            };
            account.sandbox.set_setting("shared-logs", "lifecycle", Some(&text));
            let output = program.join().unwrap();
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(0), "{text}");
        });
        let after = account.bucket("shared-logs").lifecycle.unwrap();
        for (part, there) in [
            ("<ID>kept<", true),
            ("<Days>60<", true),
            ("<ID>added<", true),
            ("<ID>removed<", false),
            ("<Days>9<", !undoes),
        ] {
            assert_eq!(after.contains(part), there, "{part}: {after}");
        }
    }
}
