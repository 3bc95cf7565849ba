//! Responses that are lost or unreadable: the program never says that nothing was done if something may have been done.
//! A repeated call does not fail because its first try succeeded.

use sandbox::{Effect, Fault, When, seed};

use crate::account::Account;
use crate::tables::each_case;

const SHARED: &str = "init alb --source web --log-type access --bucket shared-logs --yes";

fn lose_response(account: &Account, operation: &str, effect: Effect) {
    account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
}

fn count_calls(account: &Account, operation: &str) -> usize {
    account.sandbox.requests().iter().filter(|request| request.operation == operation).count()
}

/// Loses only the first answer, so the client's next try finds what the first try did.
fn lose_response_once(account: &Account, operation: &str) {
    let when = When::OperationTimes(operation.to_owned(), 1);
    account.sandbox.inject(Fault { when, effect: Effect::ResetAfter });
}

#[test]
fn a_write_that_failed_is_reported_as_possibly_applied() {
    let account = Account::seeded();
    account.run(SHARED).ends(0);
    let written = account.sandbox.requests().iter().position(|request| request.operation == "PutBucketPolicy").unwrap();
    each_case([Effect::FailedAfter, Effect::ResetAfter, Effect::CutShort], |effect| {
        let account = Account::seeded();
        lose_response(&account, "PutBucketPolicy", effect.clone());
        // The result of the write can't be read either.
        account.sandbox.inject(Fault { when: When::FromNth(written + 2), effect: Effect::access_denied() });
        account.run(SHARED).ends(6).says("an earlier attempt may have been applied");
        assert!(account.sids(seed::SHARED_LOGS).contains(&"LogbucketAlb".to_owned()), "{effect:?}");
    });
}

#[test]
fn resources_that_the_run_created_are_also_read_before_a_retry() {
    each_case([Effect::FailedAfter, Effect::ResetAfter, Effect::CutShort], |effect| {
        let account = Account::seeded();
        lose_response(&account, "PutBucketPolicy", effect);
        account.run("init alb --source web --bucket demo-logs --yes").ends(0);
        assert_eq!(count_calls(&account, "PutBucketPolicy"), 1);
    });
    let account = Account::seeded();
    lose_response(&account, "PutBucketPolicy", Effect::access_denied());
    account.run(SHARED).ends(1);
}

#[test]
fn a_write_that_failed_after_it_was_applied_is_recognized_as_applied() {
    let account = Account::seeded();
    lose_response(&account, "PutBucketPolicy", Effect::FailedAfter);
    account.run(SHARED).ends(0);
    assert_eq!(count_calls(&account, "PutBucketPolicy"), 1);
    assert!(account.sids(seed::SHARED_LOGS).contains(&"LogbucketAlb".to_owned()));
}

#[test]
fn a_change_by_another_user_before_a_retry_is_kept() {
    each_case([Effect::FailedAfter, Effect::ResetAfter, Effect::slow_down()], |effect| {
        let account = Account::seeded();
        account
            .sandbox
            .inject(Fault { when: When::OperationTimes("PutBucketPolicy".to_owned(), 1), effect: effect.clone() });
        let when = When::Operation("GetBucketPolicy".to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::Delay(std::time::Duration::from_millis(700)) });
        let mut command = account.command();
        let mut child = command
            .args(SHARED.split_whitespace())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let written = || account.bucket(seed::SHARED_LOGS).policy.as_deref() != Some(seed::SHARED_POLICY);
        while count_calls(&account, "PutBucketPolicy") == 0 || !(effect == Effect::slow_down() || written()) {
            assert!(child.try_wait().unwrap().is_none(), "{effect:?}: it never wrote");
            std::thread::yield_now();
        }
        let theirs = seed::SHARED_POLICY.replace("DenyPlainHttp", "Others");
        account.sandbox.set_policy(seed::SHARED_LOGS, Some(&theirs));
        assert_eq!(child.wait().unwrap().code(), Some(6), "{effect:?}");
        assert_eq!(account.bucket(seed::SHARED_LOGS).policy.as_deref(), Some(theirs.as_str()), "{effect:?}");
        account.sandbox.clear_faults();
        account.run(SHARED).ends(0);
        assert!(account.sids(seed::SHARED_LOGS).contains(&"Others".to_owned()), "{effect:?}");
    });
}

#[test]
fn a_write_with_an_unreadable_response_is_recognized_as_applied() {
    for effect in [Effect::CutShort, Effect::Garbled] {
        let account = Account::seeded();
        account.run(SHARED).ends(0);
        account.sandbox.set_attributes("web", &[("access_logs.s3.enabled", "false")]);
        lose_response(&account, "ModifyLoadBalancerAttributes", effect);
        account.run(&format!("{SHARED} --wait 2")).ends(0);
        assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "true");
    }
}

#[test]
fn an_alias_created_by_the_first_try_is_recognized() {
    let account = Account::seeded();
    lose_response_once(&account, "CreateAlias");
    account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes").ends(0);
}

#[test]
fn an_inventory_deleted_by_the_first_try_is_recognized_as_deleted() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket shared-logs --yes").ends(0);
    lose_response_once(&account, "DeleteBucketInventoryConfiguration");
    account.run("undo latest --yes").ends(0);
    assert!(account.bucket(seed::APP_DATA).inventories.is_empty());
}

#[test]
fn the_latest_run_is_the_last_one_within_the_same_second() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket shared-logs --prefix nlb --yes").ends(0);
    account.run("init alb --source web --bucket shared-logs --prefix alb --yes").ends(0);
    account.run("undo latest --yes").ends(0);
    assert_eq!(account.sandbox.load_balancer("web").unwrap()["access_logs.s3.enabled"], "false");
    assert_eq!(account.sandbox.load_balancer("edge").unwrap()["access_logs.s3.enabled"], "true");
}

#[test]
fn a_proxys_error_page_is_not_a_success() {
    let account = Account::seeded();
    let words = "init nlb --source edge --bucket demo-logs --kms-key create --yes";
    lose_response(&account, "PutBucketEncryption", Effect::Page(200));
    account.run(words).ends(6).says("a web page came in place of AWS's response (HTTP 200)");
    account.sandbox.clear_faults();
    account.run(words).ends(0);
}

#[test]
fn a_test_object_is_deleted_even_if_the_response_was_lost() {
    let account = Account::seeded();
    lose_response(&account, "PutObject", Effect::FailedAfter);
    account.run(SHARED).ends(0).says("written, read back and removed");
    let objects = account.bucket(seed::SHARED_LOGS).objects;
    assert!(!objects.keys().any(|key| key.contains("logbucket-test-run-")), "{objects:?}");
}

#[test]
fn an_undo_with_a_truncated_response_is_recognized_as_applied() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket shared-logs --yes").ends(0);
    lose_response(&account, "DeleteBucketInventoryConfiguration", Effect::CutShort);
    account.run("undo latest --yes").ends(0);
    assert!(account.bucket(seed::APP_DATA).inventories.is_empty());
}
