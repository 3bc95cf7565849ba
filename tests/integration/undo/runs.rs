//! Which run is undone, and runs that are undone in several attempts.

use sandbox::{Effect, Fault, LoadBalancerSeed, When, seed};

use super::setup::{runs, settings};
use crate::account::{Account, Ran};
use crate::tables::each_case;
use crate::terminal::Terminal;

#[test]
fn runs_are_listed_newest_first_with_their_outcomes() {
    let account = Account::seeded();
    account.run("undo").ends(0).says("no receipts in ");
    account.run("init alb --source web --bucket shared-logs --prefix one --yes").ends(0);
    account.run("init alb --source web --bucket shared-logs --prefix two --fix --yes").ends(0);
    let listed = runs(&account);
    assert_eq!(listed.len(), 2);
    assert!(listed[0]["command"].as_str().unwrap().contains("--prefix two"), "{listed:#?}");
    account.run("undo latest --yes").ends(0);
    assert!(runs(&account)[0]["undone"].is_string());
    account.run("undo").ends(0).says("undone 20").says("--prefix one");
    assert!(account.writes().is_empty());
    account.run("init alb --source web --bucket shared-logs --prefix one --yes").ends(0).says("nothing to change");
    assert_eq!(runs(&account).len(), 2, "a run that changes nothing has no receipt");
}

#[test]
fn an_undo_without_consent_changes_nothing() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    let state = account.sandbox.state();
    account.run("undo latest").ends(7).says("add `--yes` to approve");
    assert_eq!(account.run("undo latest --output json").ends(7).json()["exit_code"], 7);
    assert_eq!(account.sandbox.state(), state);
    let terminal = Terminal::start(&account, "undo latest");
    terminal.goes_to("what now?", "quit");
    terminal.wait_for_end().exited_with(0).says("nothing changed");
    assert_eq!(account.sandbox.state(), state);
    let terminal = Terminal::start(&account, "undo latest");
    terminal.goes_to("what now?", "restore");
    terminal.wait_for_end().exited_with(0).says("restored");
    assert_eq!(account.bucket("kms-logs").encryption.algorithm, "aws:kms");
}

#[test]
fn a_missing_run_is_reported_and_a_path_as_its_name_is_rejected() {
    let account = Account::seeded();
    account.run("undo latest --yes").ends(2).says("no runs have a receipt in `");
    account.run("undo 20260101T000000Z-alb-x --yes").ends(2).says("no receipt for run");
    each_case(["../../etc/passwd", "/etc/passwd", "a/b", "..", ".hidden"], |name| {
        account.run(&format!("undo {name} --yes")).ends(2).says("is not a run ID");
    });
    account.run("undo --yes").ends(2).says("missing `RUN`");
}

#[test]
fn with_another_accounts_credentials_nothing_is_undone() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    let other = [("AWS_ACCESS_KEY_ID", sandbox::account::access_key_id(seed::OTHER_ACCOUNT))];
    let other: Vec<(&str, &str)> = other.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ran = account.run_with("undo latest --yes", &other).ends(1);
    ran.says("the run was made in account 111122223333, but your credentials are for account 444455556666");
    assert!(account.writes().is_empty());
}

#[test]
fn an_undo_that_stops_partway_can_be_resumed() {
    let account = Account::seeded();
    let before = settings(&account);
    account.run("init alb --source web --bucket kms-logs --fix --yes").ends(0);
    account
        .sandbox
        .inject(Fault { when: When::Operation("DeleteBucketPolicy".to_owned()), effect: Effect::access_denied() });
    let ran: Ran = account.run("undo latest --yes --output json").ends(6);
    let json = ran.json();
    assert_eq!(json["changes"][0]["outcome"], "restored", "{json:#}");
    assert_eq!(json["changes"][1]["outcome"], "failed", "{json:#}");
    assert_eq!(json["changes"][2]["outcome"], "not-done", "{json:#}");
    ran.says("s3:DeleteBucketPolicy");
    account.sandbox.clear_faults();
    account.run("undo latest --yes").ends(0);
    assert_eq!(settings(&account), before);
}

#[test]
fn latest_keeps_meaning_a_run_whose_undo_is_incomplete() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --prefix first --yes").ends(0);
    account.run("init s3-access --source app-data --bucket demo-logs --prefix s3/ --yes").ends(0);
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>demo-logs</TargetBucket><TargetPrefix>by-hand/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    let kept = runs(&account);
    let [newest, before] = [0, 1].map(|at| kept[at]["run"].as_str().unwrap().to_owned());
    // The same command never undoes another run, however often it is given.
    for words in ["undo latest --dry-run", "undo latest --yes", "undo latest --yes", "undo latest --dry-run"] {
        account.run(words).ends(6).says("access log of bucket `app-images` goes there");
        assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true", "{words}");
    }
    account.run("undo latest --yes").ends(6).says(&format!("the run before it is `{before}`"));
    account.run("undo").says("partly undone");
    account.run(&format!("undo {before} --yes")).ends(0).says("where `web` logs");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    // The same undo checks the bucket again, and deletes it once nothing logs there.
    account.run("undo latest --yes").ends(6).says(&newest);
    account.sandbox.set_setting("app-images", "logging", None);
    account.run("undo latest --yes").ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn a_run_that_aws_denied_does_not_prevent_the_undo_of_another() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket demo-logs --yes").ends(0);
    let first = runs(&account)[0]["run"].as_str().unwrap().to_owned();
    account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::application("other")));
    account.sandbox.inject(Fault {
        when: When::Operation("ModifyLoadBalancerAttributes".to_owned()),
        effect: Effect::access_denied(),
    });
    account.run("init alb --source other --bucket demo-logs --yes").ends(1);
    account.sandbox.clear_faults();
    account.wait(account.sandbox.empty_bucket("demo-logs"));
    account.run(&format!("undo {first} --yes")).ends(0);
    assert!(account.sandbox.bucket("demo-logs").is_none());
}

#[test]
fn latest_means_the_same_run_until_its_undo_exits_with_0() {
    let account = Account::seeded();
    account.run("init s3-access --source app-data --bucket one-logs --yes").ends(0);
    account.run("init s3-access --source app-images --bucket two-logs --yes").ends(0);
    let logging = "<BucketLoggingStatus xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LoggingEnabled><TargetBucket>two-logs</TargetBucket><TargetPrefix>theirs/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>";
    account.sandbox.set_setting("app-images", "logging", Some(logging));
    let first = runs(&account)[1]["run"].as_str().unwrap().to_owned();
    let said = format!("the run before it is `{first}`");
    let is_on = || account.sandbox.state()["buckets"]["app-data"]["settings"].to_string().contains("one-logs");
    // Someone else's change stays, so the undo is not a success and `latest` still means the same run.
    account.run("undo latest --yes").ends(6).says("changed by someone since").says(&said);
    let again = account.run("undo latest --yes");
    assert!(again.stdout.contains("two-logs") && is_on(), "{again:?}");
    // After a refusal by AWS, `latest` also means the same run.
    account.sandbox.set_setting("app-images", "logging", None);
    account.run("undo latest --yes");
    assert!(is_on());
}

#[test]
fn a_log_that_another_user_turns_on_after_a_refusal_stays_on() {
    each_case([&["web"][..], &["web", "other"]], |sources| {
        let account = Account::seeded();
        account.wait(account.sandbox.put_load_balancer(LoadBalancerSeed::application("other")));
        let (theirs, named) = (tempfile::tempdir().unwrap(), sources.join(","));
        let when = When::Operation("ModifyLoadBalancerAttributes".to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
        account.run(&format!("init alb --source {named} --bucket demo-logs --yes")).ends(6);
        account.sandbox.clear_faults();
        let folder = theirs.path().display();
        account.run(&format!("init alb --source {named} --bucket demo-logs --receipt-dir {folder} --yes")).ends(0);
        account.run("undo latest --yes");
        for source in sources {
            assert_eq!(account.sandbox.load_balancer(source).unwrap()["access_logs.s3.enabled"], "true", "{sources:?}");
        }
    });
}
