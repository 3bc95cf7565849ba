//! What an undo restores, and what it leaves because of a later change.

use sandbox::{Effect, Encryption, Fault, LoadBalancerSeed, When, seed};

use super::setup::{ELSEWHERE, INVENTORY, RUNS, TAGS, account_in_use, runs, settings, with_parsed_policies};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn replaced_settings_are_restored_for_every_producer() {
    each_case(RUNS, |words| {
        let account = account_in_use();
        let before = settings(&account);
        let ran = account.run(words).ends(0);
        assert_ne!(with_parsed_policies(settings(&account)), with_parsed_policies(before.clone()), "{words}");
        assert!(ran.stdout.contains("\nundo: logbucket undo 1-20"), "{}", ran.stdout);
        // The load balancer's former destination is dead: AWS refuses to point a log there again.
        if words.contains("alb") {
            account.sandbox.set_encryption("old-alb-logs", Encryption::of_new_bucket());
            account.run("undo latest --yes").ends(0);
            let old =
                account.sandbox.keys().into_iter().find(|key| key.aliases.contains(&seed::OLD_LOGS_ALIAS.to_owned()));
            account.sandbox.set_encryption("old-alb-logs", Encryption::kms(Some(&old.unwrap().arn)));
        } else {
            account.run("undo latest --yes").ends(0);
        }
        assert_eq!(with_parsed_policies(settings(&account)), with_parsed_policies(before), "{words}");
        account.run("undo latest --yes").ends(0).says("nothing to restore");
        assert!(account.writes().is_empty());
    });
}

#[test]
fn a_setting_changed_since_the_run_is_kept_and_reported() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::kms-logs/*"}]}"#;
    account.sandbox.set_policy("kms-logs", Some(theirs));
    let ran = account.run("undo latest --yes").ends(6);
    ran.says("the policy of `kms-logs`: changed by someone since").says("\"Sid\": \"Theirs\"");
    assert_eq!(account.bucket("kms-logs").policy.unwrap(), theirs);
    assert_eq!(account.bucket("kms-logs").encryption.algorithm, "aws:kms");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    // Another undo of this run could do nothing more. `latest` no longer means this run, and undoing it by its ID
    // raises no alarm.
    account.run("undo latest --yes").ends(0).says("nothing to restore");
    let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.run(&format!("undo {run} --yes")).ends(0).says("changed by someone since");
    assert!(account.writes().is_empty());
}

#[test]
fn a_quiet_undo_still_says_what_is_kept_and_why() {
    let account = Account::seeded();
    let theirs = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::kms-logs/*"}]}"#;
    account.run("init alb --source web --bucket kms-logs --fix --yes --wait 0").ends(0);
    account.sandbox.set_policy("kms-logs", Some(theirs));
    let ran = account.run("undo latest --yes --quiet").ends(6).omits("undo of").omits("restore the");
    ran.says("the policy of `kms-logs`: changed by someone since").says("\"Sid\": \"Theirs\"");
    account.run("init alb --source web --bucket demo-logs --yes --wait 0").ends(0);
    account.run("undo latest --yes --quiet").ends(0).says("stays   the bucket `demo-logs`: it contains objects");
    // If the undo keeps nothing, its output has no line about kept things.
    account.run("init inventory --source app-data --bucket inv-logs --yes --wait 0").ends(0);
    let ran = account.run("undo latest --yes --quiet").ends(0);
    assert!(ran.stdout.starts_with("restored") && !ran.stdout.contains("stays"), "{ran:?}");
    // The output also names the values that a later run needs.
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes --wait 0").ends(0);
    let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.run("init alb --source legacy-web --bucket kms-logs --fix --yes --wait 0").ends(0);
    account.run(&format!("undo {run} --yes -q")).ends(6).says("needed ").says("depends on it; undo that run first");
}

/// A change that someone makes after a run.
type Changing = fn(&Account);

#[test]
fn every_setting_changed_since_the_run_is_left_alone() {
    let changes: [(&str, Changing, &str); 5] = [
        (
            RUNS[0],
            |account| account.sandbox.set_encryption("kms-logs", Encryption::kms(None)),
            "the default encryption",
        ),
        (
            RUNS[1],
            |account| account.sandbox.set_attributes("web", &[("access_logs.s3.prefix", "x")]),
            "where `web` logs",
        ),
        (RUNS[1], |account| account.sandbox.set_setting("shared-logs", "tagging", Some(TAGS)), ""),
        (RUNS[4], |account| account.sandbox.set_setting("app-data", "logging", Some(ELSEWHERE)), ""),
        (
            RUNS[6],
            |account| {
                let other = INVENTORY.replace("photos/", "films/");
                account.sandbox.set_inventory("app-data", "logbucket", &other);
            },
            "the inventory `logbucket` of `app-data`",
        ),
    ];
    each_case(changes, |(words, change, moved)| {
        let account = account_in_use();
        account.run(words).ends(0);
        change(&account);
        account.sandbox.set_encryption("old-alb-logs", Encryption::of_new_bucket());
        let state = account.sandbox.state();
        let ran = account.run("undo latest --dry-run").ends(if moved.is_empty() { 0 } else { 6 });
        assert_eq!(account.sandbox.state(), state, "{words}");
        // A setting that someone has already restored has its value from before the run, so it is not reported.
        if moved.is_empty() {
            assert!(!ran.stdout.contains("changed by someone since"), "{}", ran.stdout);
        } else {
            ran.says(moved).says("changed by someone since");
        }
    });
}

#[test]
fn a_changed_log_with_the_same_destination_keeps_what_it_needs() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes").ends(0);
    let policy = account.bucket("shared-logs").policy;
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-data", "logging", Some(logging));
    account.run("undo latest --yes").ends(6).says("access log of bucket `app-data` needs it");
    assert_eq!(account.bucket("shared-logs").policy, policy);
}

#[test]
fn a_source_that_aws_refuses_to_restore_is_reported_with_the_options() {
    let account = Account::seeded();
    account.run("init alb --source legacy-web --bucket demo-logs --fix --yes").ends(0);
    account.run("undo latest --yes").ends(1).says("or turn the log off yourself");
    account.sandbox.set_attributes("legacy-web", &[("access_logs.s3.enabled", "false")]);
    account.run("undo latest --yes").ends(6).says("where `legacy-web` logs: changed by someone since");
}

#[test]
fn a_key_that_the_run_created_is_kept_unchanged() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(0);
    let keys = account.sandbox.keys();
    account.run("undo latest --yes").ends(0).says("undo never deletes or disables a key");
    assert_eq!(account.sandbox.keys(), keys);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn requester_pays_is_restored() {
    let account = Account::seeded();
    let requester = "<RequestPaymentConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Payer>Requester</Payer></RequestPaymentConfiguration>";
    account.sandbox.set_setting("shared-logs", "requestPayment", Some(requester));
    account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --fix --yes").ends(0);
    assert!(!account.bucket("shared-logs").requester_pays);
    account.run("undo latest --yes").ends(0).says("+ payer = Requester");
    assert!(account.bucket("shared-logs").requester_pays);
}

#[test]
fn a_deleted_source_does_not_prevent_an_undo() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes").ends(0);
    account.sandbox.drop_bucket("app-data");
    account
        .run("undo latest --yes")
        .ends(0)
        .says("where `app-data` logs: the resource with this setting no longer exists");
    assert!(!account.sids("shared-logs").contains(&"LogbucketS3Access".to_owned()));
}

#[test]
fn an_unreadable_source_blocks_only_the_undo_of_settings_it_might_need() {
    for action in ["s3:GetBucketLogging", "s3:GetInventoryConfiguration"] {
        let account = Account::seeded();
        account.run("init alb --source web --bucket demo-logs --yes").ends(0);
        account.wait(account.sandbox.empty_bucket("demo-logs"));
        let closed = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": action, "Resource": "arn:aws:s3:::app-images" }] });
        account.sandbox.set_policy("app-images", Some(&closed.to_string()));
        account.run("undo latest --yes").ends(0);
        assert!(account.sandbox.bucket("demo-logs").is_none(), "{action}");
    }
    // The bucket's policy may allow a load balancer, so the bucket stays until that load balancer's setting can be
    // read.
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let run = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.run(&format!("undo {run} --yes")).ends(0);
    account.wait(account.sandbox.empty_bucket("demo-logs"));
    account.sandbox.inject(Fault {
        when: When::Operation("DescribeLoadBalancerAttributes".to_owned()),
        effect: Effect::access_denied(),
    });
    account
        .run(&format!("undo {run} --yes"))
        .ends(6)
        .says("could not tell whether the")
        .says("elasticloadbalancing:DescribeLoadBalancerAttributes");
    assert!(account.sandbox.bucket("demo-logs").is_some());
    account.sandbox.clear_faults();
    account.run(&format!("undo {run} --yes")).ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn an_undo_reports_that_a_restored_log_would_not_arrive() {
    let cases = [("alb --source other --log-type access", "other"), ("s3-access --source app-images", "app-images")];
    each_case(cases, |(words, source)| {
        let account = Account::seeded();
        let balancer = LoadBalancerSeed::application("other").logging("access_logs", "kms-logs", "");
        account.wait(account.sandbox.put_load_balancer(balancer));
        let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>kms-logs</TargetBucket><TargetPrefix></TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
        account.sandbox.set_setting("app-images", "logging", Some(logging));
        account.run(&format!("init {words} --bucket demo-logs --fix --wait 0 --yes"));
        // AWS refuses to point a load balancer back to `kms-logs`. S3 does not check this.
        let exit = if source == "other" { 6 } else { 0 };
        let dry = account.run("undo latest --dry-run").ends(exit);
        dry.says(&format!("`{source}` would go back to `kms-logs`, where it can't arrive"));
    });
}

#[test]
fn tags_that_only_another_api_can_restore_are_left_to_the_user() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --tag owner=b --yes").ends(0);
    account.sandbox.set_setting("shared-logs", "abac", Some("<AbacStatus><Status>Enabled</Status></AbacStatus>"));
    for words in ["undo latest --dry-run", "undo latest --yes"] {
        account.run(words).ends(0).says("the tags of `shared-logs`: attribute-based access control is on");
    }
    assert!(!account.sids("shared-logs").contains(&"LogbucketAlb".to_owned()));
    account.run("undo latest --yes").ends(0).says("nothing to restore");
}
