//! Changes by someone else during a run: nothing is written to another owner's bucket, and a log that can't arrive is
//! not reported as a success.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use sandbox::{BucketSeed, Effect, Encryption, Fault, KeySeed, When, seed};
use serde_json::{Value, json};

use crate::account::{Account, Ran};

/// The call to IAM after the plan is approved.
const PREFLIGHT: &str = "SimulatePrincipalPolicy";

/// Returns a run. `change` is made while the run's first request of this operation waits.
#[track_caller]
fn during(account: &Account, words: &str, operation: &str, change: impl FnOnce(&Account)) -> Ran {
    account.sandbox.inject(Fault {
        when: When::OperationTimes(operation.to_owned(), 1),
        effect: Effect::Delay(Duration::from_millis(900)),
    });
    account.sandbox.forget_requests();
    let mut command = account.command();
    command.args(words.split_whitespace()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == operation) {
        assert!(child.try_wait().unwrap().is_none(), "{words} never asked {operation}");
        thread::yield_now();
    }
    change(account);
    let output = child.wait_with_output().unwrap();
    account.sandbox.clear_faults();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn statement(effect: &str, principal: &Value, condition: Option<&Value>) -> Value {
    let mut statement = json!({
        "Sid": effect, "Effect": effect, "Principal": principal, "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::team-logs/*"
    });
    if let Some(condition) = condition {
        statement["Condition"] = condition.clone();
    }
    statement
}

/// A policy that allows the log services and has these further statements.
fn policy(more: &[Value]) -> String {
    let services = json!({ "Service": ["logging.s3.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"] });
    let statements = [&[statement("Allow", &services, None)], more].concat();
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

/// An account with a bucket that allows the log services.
fn account() -> Account {
    let account = Account::seeded();
    put(&account, BucketSeed::new("team-logs").policy(&policy(&[])));
    account
}

/// Creates a bucket in place of one that was deleted earlier.
fn put(account: &Account, bucket: BucketSeed) {
    account.sandbox.pass(Duration::from_mins(1));
    account.wait(account.sandbox.put_bucket(bucket));
}

const S3_ACCESS: &str = "init s3-access --source app-data --bucket team-logs --prefix s3/ --yes";
const ALB: &str = "init alb --source web --log-type access --bucket team-logs --yes";

fn logging(account: &Account) -> Option<String> {
    account.bucket("app-data").logging.map(|logging| format!("{logging:?}"))
}

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
    for (words, operation) in [(S3_ACCESS, "PutBucketLogging"), (ALB, "ModifyLoadBalancerAttributes")] {
        let account = account();
        let ran = during(&account, &format!("{words} --wait 2"), operation, |account| {
            account.sandbox.drop_bucket("team-logs");
            let elsewhere = BucketSeed::new("team-logs").within("eu-west-1");
            put(account, elsewhere);
        });
        ran.ends(6).says("created another with that name").omits("resource control policy");
    }
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
    for words in [S3_ACCESS, ALB, "init inventory --source app-data --bucket team-logs --yes"] {
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
    }
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
    for (words, operation) in [
        ("init s3-access --source app-data --bucket team-logs --expire-days 5 --fix --yes", PREFLIGHT),
        ("init nlb --source edge --bucket team-logs --tag a=b --yes", PREFLIGHT),
        (S3_ACCESS, "PutObject"),
    ] {
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
    }
}

#[test]
fn a_new_bucket_that_is_recreated_during_the_run_gets_no_policy() {
    for words in [
        "init alb --source web --bucket new-logs --yes",
        "init s3-access --source app-data --bucket new-logs --expire-days 5 --yes",
        "init nlb --source edge --bucket new-logs --kms-key create --yes",
    ] {
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
    }
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
    for (theirs, kept) in cases {
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
    }
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
    for (words, folder) in [
        ("init alb --source web", "AWSLogs/111122223333/elasticloadbalancing/"),
        ("init nlb --source edge --prefix p", "p/AWSLogs/111122223333/elasticloadbalancing/"),
        ("init s3-access --source app-data --prefix s3/", "s3/111122223333/"),
        ("init inventory --source app-data", "app-data/"),
    ] {
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
    }
}

/// Someone's key with the alias that a run would use.
fn foreign_key(account: &Account, alias: Option<&str>, tag: Option<&str>) -> String {
    let tags = tag.map(|tag| ("logbucket".to_owned(), tag.to_owned())).into_iter().collect();
    account.wait(account.sandbox.put_key(KeySeed { alias: alias.map(str::to_owned), tags, ..KeySeed::new() }))
}

#[test]
fn neither_an_alias_nor_a_tag_alone_makes_a_key_ours() {
    let alias = "alias/logbucket-new-logs";
    for words in [
        "init nlb --source edge --bucket new-logs --kms-key create --yes",
        "init inventory --source app-data --bucket new-logs --report-kms-key create --yes",
    ] {
        for tag in [None, Some("new-logs"), Some("run-3f9c2a71d0b84e55")] {
            let account = Account::seeded();
            foreign_key(&account, Some(alias), tag);
            let before = account.sandbox.keys();
            account
                .run(words)
                .ends(5)
                .says("no receipt shows that one of your runs created it")
                .says(&format!("kms-key {alias}"));
            assert_eq!(account.sandbox.keys(), before, "{words} {tag:?}");
            assert!(account.writes().is_empty(), "{words} {tag:?}");
            let Some(tag) = tag else { continue };
            let account = Account::seeded();
            let theirs = foreign_key(&account, None, Some(tag));
            let of = |account: &Account| account.sandbox.keys().into_iter().find(|key| key.arn == theirs).unwrap();
            let before = of(&account);
            account.run(words).ends(0);
            assert_eq!(of(&account), before, "{words} {tag}");
            let aliases =
                account.sandbox.keys().into_iter().filter(|key| key.arn != theirs).flat_map(|key| key.aliases);
            assert!(aliases.into_iter().any(|name| name == alias), "{words} {tag}: a key of its own");
            account.run(words).ends(0);
            assert!(account.writes().is_empty(), "{words} {tag}: it is found again");
        }
    }
}

#[test]
fn a_run_does_not_reuse_the_key_of_another_users_run() {
    let account = Account::seeded();
    let words = "init nlb --source edge --bucket new-logs --kms-key create --yes";
    account.run(words).ends(0);
    let other = tempfile::tempdir().unwrap();
    let other = other.path().display();
    account.run(&format!("{words} --receipt-dir {other}")).ends(5).says("--kms-key alias/logbucket-new-logs");
    account
        .run(&format!(
            "init nlb --source edge --bucket new-logs --kms-key alias/logbucket-new-logs --yes --receipt-dir {other}"
        ))
        .ends(0);
    account.run(words).ends(0);
}

#[test]
fn a_receipt_folder_that_is_deleted_during_the_run_is_created_again() {
    let account = Account::seeded();
    let folder = account.home().join("state/receipts");
    let words = format!("init alb --source web --bucket demo-logs --yes --receipt-dir {}", folder.display());
    let gone = folder.clone();
    during(&account, &words, "CreateBucket", |_| std::fs::remove_dir_all(&gone).unwrap()).ends(0);
    account.run(&format!("undo latest --yes --receipt-dir {}", folder.display())).ends(0);
}

#[test]
fn a_receipt_that_is_lost_during_the_run_prevents_success() {
    let account = Account::seeded();
    let folder = account.home().join("state/receipts");
    let words = format!("init alb --source web --bucket demo-logs --yes --receipt-dir {}", folder.display());
    let gone = folder.clone();
    let ran = during(&account, &words, "PutBucketPolicy", |_| {
        std::fs::remove_dir_all(&gone).unwrap();
        std::fs::write(&gone, "a file").unwrap();
    });
    ran.ends(6).says("the receipt of this run is gone").omits("undo: logbucket");
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
