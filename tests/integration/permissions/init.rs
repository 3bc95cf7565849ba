//! The printed policy is enough for `init` and `undo`, and contains nothing unnecessary.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::runs::{
    PLACE, RUNS, Run, actions, add_what_is_missing, assert_all_granted, follows_the_log, print_policy, run,
};
use crate::account::{Account, Ran};
use crate::tables::each_case;

/// The policy without an action, wherever it appears.
fn without(policy: &Value, action: &str) -> Value {
    let mut policy = policy.clone();
    for statement in policy["Statement"].as_array_mut().unwrap() {
        statement["Action"].as_array_mut().unwrap().retain(|other| other != action);
    }
    policy
}

/// The parts of a run's result that a missing permission can change.
fn outcome(ran: &Ran) -> Value {
    let document = ran.json();
    let findings = document["plan"]["findings"].as_array().cloned().unwrap_or_default();
    let ids: Vec<&Value> = findings.iter().map(|finding| &finding["id"]).collect();
    let (test, delivery) = (&document["test_object"], &document["delivery"]);
    json!([
        ran.code,
        document["preflight"]["status"],
        ids,
        test["status"],
        test["removed"],
        delivery["status"],
        delivery["note"]
    ])
}

#[test]
fn the_printed_policy_is_enough_for_init_and_contains_no_unneeded_action() {
    let mut runs: Vec<(&Run, Value, Value, BTreeSet<String>)> = Vec::new();
    for run in &RUNS {
        let policy = run.policy();
        let (account, ran) = run.carried_out(&policy);
        assert_eq!(ran.code, 0, "{}: {}{}", run.name(), ran.stdout, ran.stderr);
        assert_all_granted(&account, &run.name());
        let full = outcome(&ran);
        assert_eq!(outcome(&run.carried_out(&policy).1), full, "{}", run.name());
        runs.push((run, policy, full, account.sandbox.asked_actions()));
    }
    let granted: BTreeSet<String> = runs.iter().flat_map(|(_, policy, ..)| actions(policy)).collect();
    assert!(granted.len() >= 40, "{granted:?}");
    let is_missed = |action: &str| {
        runs.iter().any(|(run, policy, full, asked)| {
            asked.contains(action) && outcome(&run.carried_out(&without(policy, action)).1) != *full
        })
    };
    // The bucket's creation date only matters if someone recreates the bucket or the run is undone. Keys are only
    // searched if no receipt contains the ARN.
    let of_mishaps = ["kms:ListKeys", "kms:ListResourceTags", "s3:ListAllMyBuckets"];
    let is_needless = |action: &String| !of_mishaps.contains(&action.as_str()) && !is_missed(action);
    let needless: Vec<String> = granted.into_iter().filter(is_needless).collect();
    assert!(needless.is_empty(), "no run misses {needless:?}");
}

#[test]
fn the_policy_of_a_dry_run_is_enough_for_one_and_changes_nothing() {
    each_case(&RUNS, |run| {
        let Run { producer, named, key, rest } = run;
        let policy = print_policy(&format!("permissions init --producer {producer} {named} {key} {PLACE} --dry-run"));
        let verbs = ["Decrypt", "Describe", "Get", "List", "Lookup", "Simulate"];
        for action in actions(&policy) {
            let (_, name) = action.split_once(':').unwrap();
            assert!(verbs.iter().any(|verb| name.starts_with(verb)), "{action}");
        }
        let account = Account::seeded();
        add_what_is_missing(&account);
        account.sandbox.allow_only(&policy);
        let key =
            if *producer == "inventory" { key.replace("--kms-key", "--report-kms-key") } else { (*key).to_owned() };
        let key = if key.starts_with("--no") { String::new() } else { key };
        account.run(&format!("init {producer} {named} {key} {rest} --yes --dry-run")).ends(0);
        let requests = account.sandbox.requests();
        assert!(requests.iter().all(|request| request.status != 403 || follows_the_log(request)), "{}", run.name());
    });
}

#[test]
fn a_policy_printed_without_arguments_is_enough_for_every_run() {
    let policy = print_policy("permissions");
    each_case(&RUNS, |run| {
        let ran = run.carried_out(&policy).1;
        assert_eq!(ran.code, 0, "{}: {}", run.name(), ran.stderr);
    });
}

#[test]
fn a_policy_for_a_producer_without_key_support_contains_no_key_permissions() {
    let run = run("s3-access", "--source app-data --bucket kms-logs", "", "--fix");
    let policy = run.policy();
    assert!(!policy.to_string().contains("kms:"), "{policy}");
    let (account, ran) = run.carried_out(&policy);
    ran.ends(0);
    let refused: Vec<String> = account
        .sandbox
        .requests()
        .into_iter()
        .filter(|request| request.error.as_deref() == Some("AccessDeniedException"))
        .map(|request| request.operation)
        .collect();
    assert_eq!(refused, ["DescribeKey"]);
}

#[test]
fn the_printed_policy_is_enough_to_undo_each_run() {
    each_case(&RUNS, |run| {
        let (account, ran) = run.carried_out(&run.policy());
        assert_eq!(ran.code, 0, "{}", run.name());
        let Run { producer, named, key, .. } = run;
        let policy = print_policy(&format!("permissions undo --producer {producer} {named} {key} {PLACE}"));
        account.sandbox.allow_only(&policy);
        account.run("undo latest --yes --output json");
        assert_all_granted(&account, &run.name());
    });
}
