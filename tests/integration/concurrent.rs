//! A run does not overwrite a change that someone else makes between the plan and its steps. The run stops and shows
//! the change, and the next run continues.

use sandbox::{Behind, Effect, Encryption, Fault, KeyView, When, seed};

use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::{Ended, Terminal};
use crate::wizard::NOW;

/// A run that is approved after `change` was made.
fn changed_meanwhile(account: &Account, words: &str, change: impl FnOnce()) -> Ended {
    account.sandbox.forget_requests();
    let terminal = Terminal::start(account, words);
    terminal.shows(NOW);
    change();
    terminal.goes_to(NOW, "apply");
    terminal.wait_for_end()
}

const OTHERS: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Others","Effect":"Allow",
    "Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::shared-logs/*"}]}"#;

#[test]
fn a_bucket_policy_that_changed_is_shown_and_kept() {
    let account = Account::seeded();
    let words = "init alb --source web --log-type access --bucket shared-logs";
    let ended = changed_meanwhile(&account, words, || account.sandbox.set_policy("shared-logs", Some(OTHERS)));
    ended
        .exited_with(6)
        .says("the policy of `shared-logs` changed since the plan was made")
        .says("\"Sid\": \"Others\"");
    assert!(account.writes().is_empty());
    account.run(&format!("{words} --yes")).ends(0).says("delivery: proven");
    assert!(account.sids("shared-logs").contains(&"Others".to_owned()));
}

#[test]
fn a_default_encryption_that_changed_is_shown_and_kept() {
    let account = Account::seeded();
    let words = "init alb --source web --log-type access --bucket kms-logs --fix";
    let ended = changed_meanwhile(&account, words, || {
        account.sandbox.set_encryption("kms-logs", Encryption::kms(None));
    });
    ended.exited_with(6).says("the default encryption of `kms-logs` changed").says("- key = ");
    assert!(account.writes().is_empty());
    account.run(&format!("{words} --yes")).ends(0).says("delivery: proven");
}

#[test]
fn a_load_balancer_that_is_attached_elsewhere_during_the_run_keeps_its_log() {
    let account = Account::seeded();
    let attributes =
        [("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "strict-logs"), ("access_logs.s3.prefix", "x")];
    let words = "init alb --source web --log-type access --bucket demo-logs";
    let ended = changed_meanwhile(&account, words, || account.sandbox.set_attributes("web", &attributes));
    ended
        .exited_with(6)
        .says("where `web` logs changed since the plan was made")
        .says("access_logs.s3.bucket = strict-logs");
    let value = |key: &str| account.sandbox.load_balancer("web").unwrap()[key].clone();
    assert_eq!(value("access_logs.s3.bucket"), "strict-logs");
    account.run(&format!("{words} --yes")).ends(7).says("add `--fix` to approve");
}

#[test]
fn a_disabled_logs_prefix_that_changed_during_the_run_is_kept() {
    let account = Account::seeded();
    let words = "init alb --source web --log-type access --bucket shared-logs";
    let ended = changed_meanwhile(&account, words, || {
        account.sandbox.set_attributes("web", &[("access_logs.s3.prefix", "theirs")]);
    });
    ended.exited_with(6).says("where `web` logs changed since the plan was made");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.prefix"], "theirs");
    account.run(&format!("{words} --yes")).ends(0);
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.prefix"], "theirs");
}

#[test]
fn an_encryption_that_another_user_sets_on_a_just_created_bucket_is_kept() {
    let account = Account::seeded();
    let operation = "PutPublicAccessBlock";
    account.sandbox.inject(Fault {
        when: When::OperationTimes(operation.to_owned(), 1),
        effect: Effect::Delay(std::time::Duration::from_millis(700)),
    });
    let mut command = account.command();
    command.args("init s3-access --source app-data --bucket demo-logs --yes".split(' '));
    let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == operation) {
        assert!(child.try_wait().unwrap().is_none(), "it never got there");
        std::thread::yield_now();
    }
    account.sandbox.set_encryption("demo-logs", Encryption::kms(None));
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(6), "{text}");
    assert!(text.contains("the default encryption of `demo-logs` changed"), "{text}");
    account.run("undo latest --yes");
    assert!(account.sandbox.bucket("demo-logs").is_some());
}

#[test]
fn a_bucket_that_is_attached_elsewhere_during_the_run_keeps_its_log() {
    let account = Account::seeded();
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix>theirs/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    let words = "init s3-access --source app-data --bucket demo-logs --prefix s3/";
    let ended = changed_meanwhile(&account, words, || {
        account.sandbox.set_setting("app-data", "logging", Some(logging));
    });
    ended.exited_with(6).says("where `app-data` logs changed since the plan was made").says("+ prefix = theirs/");
    account.run("check s3-access --source app-data --output json").ends(3).says("theirs/");
}

#[test]
fn an_inventory_that_changed_during_the_run_is_kept() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket demo-logs --yes").ends(0);
    let words = "init inventory --source app-data --bucket demo-logs --format parquet --fix";
    let theirs = "<InventoryConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Id>logbucket</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><Bucket>arn:aws:s3:::shared-logs</Bucket><Format>ORC</Format></S3BucketDestination></Destination><Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>All</IncludedObjectVersions></InventoryConfiguration>";
    let ended = changed_meanwhile(&account, words, || account.sandbox.set_inventory("app-data", "logbucket", theirs));
    ended
        .exited_with(6)
        .says("the inventory `logbucket` of `app-data` changed")
        .says("+ destination = arn:aws:s3:::shared-logs");
}

#[test]
fn a_key_policy_that_changed_is_shown_and_kept() {
    let account = Account::seeded();
    let words = "init nlb --source edge --bucket kms-logs --kms-key alias/kms-logs";
    let of_alias = |key: &KeyView| key.aliases.contains(&seed::KMS_LOGS_ALIAS.to_owned());
    let key = account.sandbox.keys().into_iter().find(of_alias).unwrap();
    let theirs = key.policy.replace("\"Statement\": [", r#""Statement": [{"Sid":"Others","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:DescribeKey","Resource":"*"},"#);
    assert_ne!(theirs, key.policy);
    let ended = changed_meanwhile(&account, words, || account.sandbox.set_key_policy(&key.arn, &theirs));
    ended.exited_with(6).says("changed since the plan was made").says("\"Sid\": \"Others\"");
    account.run(&format!("{words} --yes")).ends(0);
    let now = account.sandbox.keys().into_iter().find(of_alias).unwrap();
    assert!(now.policy.contains("Others") && now.policy.contains("LogbucketNlb"), "{}", now.policy);
}

#[test]
fn the_json_output_contains_the_difference() {
    let account = Account::seeded();
    let json = account.run("init alb --source web --bucket shared-logs --yes --output json").ends(0).json();
    assert!(json.get("difference").is_none(), "{json:#}");
}

#[test]
fn two_concurrent_runs_on_one_bucket_leave_both_grants() {
    let commands = [
        "init alb --source web --bucket shared-logs --prefix alb --yes",
        "init nlb --source edge --bucket shared-logs --prefix nlb --yes",
    ];
    each_case([0, 3, 11], |latency| {
        let account = Account::seeded();
        account.sandbox.set_latency(std::time::Duration::from_millis(latency));
        let theirs = account.sids("shared-logs");
        let start = |words: &str| {
            let mut command = account.command();
            command.args(words.split_whitespace());
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap()
        };
        let ended = commands.map(start).map(|mut child| child.wait().unwrap().code().unwrap());
        // A run that detects the other run's change stops and says so. The same command then continues.
        assert!(ended.iter().all(|code| [0, 6].contains(code)), "{ended:?}");
        for (words, code) in commands.iter().zip(ended) {
            if code == 6 {
                account.run(words).ends(0);
            }
        }
        let now = account.sids("shared-logs");
        assert_eq!(now[..theirs.len()], theirs, "{latency} ms: {ended:?}");
        assert!(now.contains(&"LogbucketAlb".to_owned()), "{latency} ms: {ended:?}, {now:?}");
        assert!(now.iter().any(|sid| sid.starts_with("LogbucketNlb")), "{latency} ms: {ended:?}, {now:?}");
    });
}

/// While the run attaches its source, someone overwrites the policy with a version from before the run.
fn written_over_while_it_attaches(words: &str, attach: &str, own: &str) {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::OperationTimes(attach.to_owned(), 1),
        effect: Effect::Delay(std::time::Duration::from_millis(700)),
    });
    let mut command = account.command();
    command.args(words.split_whitespace()).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    while !account.sandbox.requests().iter().any(|request| request.operation == attach) {
        assert!(child.try_wait().unwrap().is_none(), "{words} never attached");
        std::thread::yield_now();
    }
    account.sandbox.set_policy("shared-logs", Some(OTHERS));
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8([output.stderr, output.stdout].concat()).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("a concurrent change overwrote these settings"), "{text}");
    let sids = account.sids("shared-logs");
    assert!(sids.contains(&"Others".to_owned()) && sids.contains(&own.to_owned()), "{sids:?}");
    // The two writes belong to one run, whose undo keeps the other person's policy.
    let runs = account.run("undo --output json").ends(0).json()["runs"].clone();
    assert_eq!(runs.as_array().unwrap().len(), 1, "{runs:#}");
    assert!(text.contains(runs[0]["run"].as_str().unwrap()), "{text}");
    account.run("undo").says(", applied");
    for _ in 0..2 {
        account.run("undo latest --yes").ends(0);
        assert_eq!(account.sids("shared-logs"), ["Others"]);
    }
}

#[test]
fn a_grant_that_is_overwritten_right_after_the_write_is_written_again() {
    let words = "init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes";
    written_over_while_it_attaches(words, "PutBucketLogging", "LogbucketS3Access");
}

#[test]
fn an_overwritten_grant_is_written_again_instead_of_waited_for() {
    let words = "init alb --source web --bucket shared-logs --prefix alb --yes";
    written_over_while_it_attaches(words, "ModifyLoadBalancerAttributes", "LogbucketAlb");
}

#[test]
fn a_setting_that_keeps_being_overwritten_is_reported_and_exits_with_6() {
    let account = Account::seeded();
    // Reads of the bucket never show what the run has written.
    account.sandbox.set_lag(Some(Behind::Reads(1_000)));
    let ran =
        account.run("init alb --source web --bucket shared-logs --prefix alb --yes --wait 0 --output json").ends(6);
    let json = ran.json();
    assert_eq!(json["did_not_stay"][0]["api"], "s3:PutBucketPolicy", "{json:#}");
    ran.says("these changes did not last");
}
