//! Settings, tags and rules that someone changes during a run.

use sandbox::BucketSeed;
use serde_json::json;

use super::setup::{PREFLIGHT, S3_ACCESS, account, during, logging, policy, put, statement};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_certain_deny_that_appears_during_a_run_prevents_success() {
    let deny = statement("Deny", &json!("*"), None);
    let account = account();
    let ran = during(&account, S3_ACCESS, PREFLIGHT, |account| {
        account.sandbox.set_policy("team-logs", Some(&policy(std::slice::from_ref(&deny))));
    });
    ran.ends(6).says("someone changed this during the run").says("is denied by").omits("pending");
    let account = Account::seeded();
    put(&account, BucketSeed::new("team-logs").policy(&policy(&[])));
    let words = format!("{S3_ACCESS} --output json");
    let json = during(&account, &words, "PutBucketLogging", |account| {
        account.sandbox.set_policy("team-logs", Some(&policy(&[deny])));
    });
    let json = json.ends(6).json();
    assert!(json["error"].as_str().unwrap().contains("is denied by"), "{json:#}");
    assert_eq!(json["delivery"]["status"], "failed", "{json:#}");
}

#[test]
fn object_lock_turned_on_during_a_run_prevents_success() {
    let account = account();
    let lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
    let ran = during(&account, S3_ACCESS, PREFLIGHT, |account| {
        account.sandbox.set_setting("team-logs", "object-lock", Some(lock));
    });
    ran.ends(6).says("someone changed this during the run").says("Object Lock");
}

#[test]
fn a_very_likely_deny_is_reported_as_new_only_if_the_plan_did_not_show_it() {
    let condition = json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-0a1b2c3d" } });
    let likely = policy(&[statement("Deny", &json!("*"), Some(&condition))]);
    let account = account();
    let ran = during(&account, S3_ACCESS, PREFLIGHT, |account| {
        account.sandbox.set_policy("team-logs", Some(&likely));
    });
    ran.ends(6).says("very likely denied");
    let account = Account::seeded();
    put(&account, BucketSeed::new("team-logs").policy(&likely));
    account.run(S3_ACCESS).ends(0).says("very likely denied").omits("during the run");
}

const TAGS: [(&str, &str); 2] = [("owner", "alice"), ("env", "test")];

fn tagging(tags: &[(&str, &str)]) -> String {
    let tag = |(key, value): &(&str, &str)| format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
    let tags: String = tags.iter().map(tag).collect();
    format!("<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>{tags}</TagSet></Tagging>")
}

#[test]
fn tags_that_others_set_during_the_tag_write_are_kept() {
    type Tags = &'static [(&'static str, &'static str)];
    let cases: [(Tags, Tags); 3] = [
        (&[("owner", "alice"), ("env", "test"), ("new", "x")], &[("owner", "alice"), ("env", "test"), ("new", "x")]),
        (&[("owner", "bob"), ("env", "test")], &[("owner", "bob"), ("env", "test")]),
        (&[("owner", "alice")], &[("owner", "alice")]),
    ];
    each_case(cases, |(theirs, kept)| {
        let account = Account::seeded();
        put(&account, BucketSeed::new("team-logs").policy(&policy(&[])).setting("tagging", &tagging(&TAGS)));
        let words = format!("{S3_ACCESS} --tag team=web");
        let ran = during(&account, &words, "PutBucketTagging", |account| {
            account.sandbox.set_setting("team-logs", "tagging", Some(&tagging(theirs)));
        });
        ran.ends(0);
        let mut expected: Vec<(String, String)> = [kept, &[("team", "web")]]
            .concat()
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        expected.sort();
        let found: Vec<(String, String)> = account.bucket("team-logs").tags.into_iter().collect();
        assert_eq!(found, expected);
    });
}

#[test]
fn a_log_that_another_user_turns_on_during_the_write_remains_theirs() {
    let theirs = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix>theirs/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    let account = account();
    let ran = during(&account, S3_ACCESS, "PutBucketLogging", |account| {
        account.sandbox.set_setting("app-data", "logging", Some(theirs));
    });
    ran.ends(6).says("where `app-data` logs changed since the plan was made");
    assert!(logging(&account).unwrap().contains("theirs/"), "{:?}", logging(&account));
}

#[test]
fn deletion_rules_cover_only_the_services_folder_and_need_fix_if_others_log_there() {
    let cases = [
        ("init alb --source web", "AWSLogs/111122223333/elasticloadbalancing/"),
        ("init nlb --source edge --prefix p", "p/AWSLogs/111122223333/elasticloadbalancing/"),
        ("init s3-access --source app-data --prefix s3/", "s3/111122223333/"),
        ("init inventory --source app-data", "app-data/"),
    ];
    each_case(cases, |(words, folder)| {
        let account = Account::seeded();
        account.wait(account.sandbox.put_bucket(BucketSeed::new("team-logs")));
        for service in ["CloudTrail", "vpcflowlogs"] {
            let key = format!("AWSLogs/111122223333/{service}/us-east-1/2026/11/26/x.gz");
            account.wait(account.sandbox.put_object("team-logs", &key, b"x"));
        }
        let words = format!("{words} --bucket team-logs --expire-days 30 --yes");
        account.run(&words).ends(7).says("--fix").says("existing objects");
        assert!(account.writes().is_empty(), "{words}");
        account.run(&format!("{words} --fix")).ends(0);
        let rules = account.bucket("team-logs").lifecycle.unwrap();
        assert!(rules.contains(&format!("<Prefix>{folder}</Prefix>")), "{words}: {rules}");
        account.run(&words).ends(0);
        assert!(account.writes().is_empty(), "{words}: once it is there, nothing is replaced");
        account.run("undo latest --yes").ends(0);
        assert_eq!(account.bucket("team-logs").lifecycle, None, "{words}");
        account.run(&words.replace("team-logs", "new-logs")).ends(0);
    });
}
