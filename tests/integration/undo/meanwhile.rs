//! Changes that others make while an undo is being approved or is writing.

use std::thread;
use std::time::Duration;

use sandbox::{BucketSeed, Effect, Fault, LoadBalancerSeed, When};

use crate::account::Account;
use crate::tables::each_case;
use crate::terminal::Terminal;

const NOW: &str = "what now?";

/// A colleague points a load balancer's log at a bucket in the console.
fn attaches(account: &Account, balancer: LoadBalancerSeed, bucket: &str) {
    account.wait(account.sandbox.put_load_balancer(balancer.logging("access_logs", bucket, "")));
}

#[test]
fn a_log_that_is_attached_during_the_undo_review_keeps_the_bucket() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket demo-logs --yes").ends(0);
    let terminal = Terminal::start(&account, "undo latest");
    terminal.shows(NOW);
    attaches(&account, LoadBalancerSeed::network("other", "TLS"), "demo-logs");
    terminal.goes_to(NOW, "restore");
    terminal.shows("settings changed while you were deciding");
    terminal.shows("`other` goes there");
    terminal.shows(NOW);
    terminal.goes_to(NOW, "restore");
    terminal.wait_for_end().exited_with(6);
    assert!(account.sandbox.bucket("demo-logs").is_some());
    assert_eq!(account.sandbox.load_balancer("edge").unwrap()["access_logs.s3.enabled"], "false");
}

#[test]
fn a_grant_that_is_first_needed_during_the_undo_review_is_kept() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let policy = account.policy("shared-logs");
    let terminal = Terminal::start(&account, "undo latest");
    terminal.shows(NOW);
    attaches(&account, LoadBalancerSeed::application("other"), "shared-logs");
    terminal.goes_to(NOW, "restore");
    terminal.shows("settings changed while you were deciding");
    terminal.shows("`other` needs it");
    terminal.goes_to(NOW, "quit");
    terminal.wait_for_end().exited_with(0);
    assert_eq!(account.policy("shared-logs"), policy);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
}

#[test]
fn a_run_that_was_undone_during_the_undo_review_is_not_undone_again() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let policy = account.policy("shared-logs");
    let terminal = Terminal::start(&account, "undo latest");
    terminal.shows(NOW);
    account.run("undo latest --yes").ends(0);
    // Someone sets the same values in the console.
    let logs = [("access_logs.s3.enabled", "true"), ("access_logs.s3.bucket", "shared-logs")];
    account.sandbox.set_policy("shared-logs", Some(&policy.to_string()));
    account.sandbox.set_attributes("web", &logs);
    terminal.goes_to(NOW, "restore");
    terminal.wait_for_end().exited_with(0).says("nothing to restore");
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
    assert_eq!(account.policy("shared-logs"), policy);
}

/// Runs an undo, and does something during a call with this name.
fn while_it_calls(account: &Account, operation: &str, meanwhile: impl FnOnce()) -> (Option<i32>, String) {
    account.sandbox.inject(Fault {
        when: When::Operation(operation.to_owned()),
        effect: Effect::Delay(Duration::from_millis(800)),
    });
    account.sandbox.forget_requests();
    thread::scope(|scope| {
        let program = scope.spawn(|| account.command().args(["undo", "latest", "--yes"]).output().unwrap());
        while !account.sandbox.requests().iter().any(|request| request.operation == operation) {
            thread::yield_now();
        }
        meanwhile();
        let output = program.join().unwrap();
        let text = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&text).into_owned())
    })
}

#[test]
fn a_log_that_is_attached_during_the_undo_keeps_what_it_needs() {
    let cases = [
        ("init nlb --source edge --bucket demo-logs --yes", "demo-logs", LoadBalancerSeed::network("other", "TLS")),
        ("init alb --source web --bucket shared-logs --yes", "shared-logs", LoadBalancerSeed::application("other")),
    ];
    each_case(cases, |(init, bucket, balancer)| {
        let account = Account::seeded();
        account.run(init).ends(0);
        let policy = account.policy(bucket);
        let (code, text) =
            while_it_calls(&account, "ModifyLoadBalancerAttributes", || attaches(&account, balancer, bucket));
        assert_eq!(code, Some(6), "{text}");
        assert!(text.contains("needed") && text.contains("`other`"), "{text}");
        assert_eq!(account.policy(bucket), policy, "{text}");
        // Once no one needs the grant, the same undo continues.
        account.sandbox.set_attributes("other", &[("access_logs.s3.enabled", "false")]);
        account.run("undo latest --yes").ends(0);
    });
}

#[test]
fn an_undo_stops_as_soon_as_it_cannot_be_recorded() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    let policy = account.policy("shared-logs");
    let folder = account.home().join(".local/state/logbucket/receipts");
    let kept = account.home().join("kept");
    let (code, text) = while_it_calls(&account, "ModifyLoadBalancerAttributes", || {
        std::fs::rename(&folder, &kept).unwrap();
        std::fs::write(&folder, "").unwrap();
    });
    assert_eq!(code, Some(6), "{text}");
    assert!(text.contains("the next undo would not know what was restored"), "{text}");
    assert_eq!(account.policy("shared-logs"), policy);
    std::fs::remove_file(&folder).unwrap();
    std::fs::rename(&kept, &folder).unwrap();
    account.run("undo latest --yes").ends(0);
    assert_ne!(account.policy("shared-logs"), policy);
}

#[test]
fn objects_of_another_service_keep_the_key_policy_and_encryption_too() {
    for bucket in ["kms-logs", "managed-kms-logs"] {
        let account = Account::seeded();
        account.run(&format!("init nlb --source edge --bucket {bucket} --fix --yes")).ends(0);
        let key = "AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/26/x.log.gz";
        account.wait(account.sandbox.put_object(bucket, key, b"x"));
        let key_policies = || account.sandbox.keys().into_iter().map(|key| key.policy).collect::<Vec<_>>();
        let (settings, policies) = (account.bucket(bucket), key_policies());
        account.run("undo latest --yes").ends(6).says("vpcflowlogs/` needs it");
        let after = account.bucket(bucket);
        assert_eq!((after.policy, after.encryption), (settings.policy, settings.encryption), "{bucket}");
        assert_eq!(key_policies(), policies, "{bucket}");
    }
}

#[test]
fn a_log_is_not_restored_to_a_bucket_that_now_belongs_to_another_account() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket first-logs --yes").ends(0);
    account.run("init alb --source web --bucket second-logs --fix --yes").ends(0);
    account.sandbox.drop_bucket("first-logs");
    let theirs = BucketSeed { account: "444455556666".to_owned(), ..BucketSeed::new("first-logs") };
    account.wait(account.sandbox.put_bucket(theirs));
    account.run("undo latest --dry-run").says("may belong to another account by now");
}
