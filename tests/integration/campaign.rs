//! The Nth request fails, for every N, then the same command again: it converges, nothing foreign is lost, nothing is there twice.

use sandbox::{Effect, Fault, When, seed};
use serde_json::Value;

use crate::account::{Account, Ran};

/// One run that does not try a failed call again: what the client would have tried is what the campaign tries.
fn run(account: &Account, words: &str) -> Ran {
    account.run_with(&format!("{words} --wait 0"), &[("AWS_MAX_ATTEMPTS", "1")])
}

/// The account as it is, but for the keys that AWS makes for itself when an object first needs one.
fn settled(account: &Account) -> Value {
    let mut state = account.sandbox.state();
    for key in account.sandbox.keys().iter().filter(|key| key.manager == "AWS") {
        state["keys"].as_object_mut().unwrap().remove(&key.arn);
        state["aliases"].as_object_mut().unwrap().retain(|_, target| target != &key.arn);
    }
    state
}

/// Each kind of failure that a client can't help by trying again at once.
fn effects() -> [Effect; 3] {
    [
        Effect::access_denied(),
        Effect::status(400, "InvalidRequest", "no"),
        // The write happened and the answer never came; later attempts of the client fail alike.
        Effect::ResetAfter,
    ]
}

/// Fails every request from the Nth on, or the Nth alone, until the command succeeds; then compares with a run that never failed.
fn campaign(words: &str) {
    let undisturbed = Account::seeded();
    run(&undisturbed, words).ends(0);
    let requests = undisturbed.sandbox.requests().len();
    let goal = settled(&undisturbed);
    let theirs = Account::seeded().bucket(seed::SHARED_LOGS).policy.unwrap();
    let mut disturbed = 0;
    for nth in 1..=requests {
        for effect in effects() {
            let when = if effect == Effect::ResetAfter { When::FromNth(nth) } else { When::Nth(nth) };
            let account = Account::seeded();
            account.sandbox.inject(Fault { when, effect: effect.clone() });
            let first = run(&account, words);
            account.sandbox.clear_faults();
            disturbed += usize::from(first.code != 0);
            let second = run(&account, words);
            let name =
                format!("{words}: request {nth} of {requests}, {effect:?}\nfirst: {first:?}\nsecond: {second:?}");
            assert_eq!(second.code, 0, "{name}");
            assert_eq!(settled(&account), goal, "{name}");
            assert!(matches!(first.code, 0 | 1 | 4 | 5 | 6), "{name}");
            keeps(&theirs, &account.bucket(seed::SHARED_LOGS).policy.unwrap(), &name);
        }
    }
    assert!(disturbed > requests, "only {disturbed} of {requests} x 3 runs were disturbed: {words}");
}

fn keeps(before: &str, after: &str, name: &str) {
    let statements = |text: &str| serde_json::from_str::<Value>(text).unwrap()["Statement"].as_array().unwrap().clone();
    let (before, after) = (statements(before), statements(after));
    assert_eq!(before[..], after[..before.len()], "{name}");
}

#[test]
fn init_alb_converges_after_a_failure_of_any_request() {
    campaign("init alb --source web --bucket demo-logs --expire-days 30 --tag owner=me --yes");
}

#[test]
fn init_alb_on_a_shared_bucket_converges_after_a_failure_of_any_request() {
    campaign("init alb --source web --bucket shared-logs --prefix alb --yes");
}

#[test]
fn init_nlb_with_a_new_key_converges_after_a_failure_of_any_request() {
    campaign("init nlb --source edge --bucket demo-logs --kms-key create --yes");
}

#[test]
fn init_nlb_on_a_bucket_with_a_key_converges_after_a_failure_of_any_request() {
    campaign("init nlb --source edge --bucket kms-logs --yes");
}

#[test]
fn init_s3_access_converges_after_a_failure_of_any_request() {
    campaign("init s3-access --source app-data --source app-images --bucket shared-logs --prefix s3/ --yes");
}

#[test]
fn init_inventory_converges_after_a_failure_of_any_request() {
    campaign("init inventory --source app-data --bucket demo-logs --report-kms-key create --yes");
}

#[test]
fn init_inventory_mending_a_bucket_converges_after_a_failure_of_any_request() {
    campaign("init inventory --source app-data --bucket managed-kms-logs --fix --yes");
}
