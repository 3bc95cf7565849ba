//! Which states of logs make a run fail, and the sources that are ignored.

use std::collections::BTreeMap;

use sandbox::{Effect, Fault, LoadBalancerSeed, When};
use serde_json::json;

use crate::account::Account;
use crate::tables::each_case;

/// An account with a dead log of the load balancer `web`, a dead inventory of `app-images`, and many logs that are off.
fn with_dead_logs() -> Account {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    account.sandbox.set_policy("web-logs", None);
    account.run("init inventory --source app-images --bucket inventory-logs --yes").ends(0);
    account.sandbox.set_policy("inventory-logs", None);
    account
}

fn denied(operation: &str) -> Fault {
    Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() }
}

fn tag_bucket(account: &Account, bucket: &str, key: &str, value: &str) {
    let tag = format!("<Tag><Key>{key}</Key><Value>{value}</Value></Tag>");
    account.sandbox.set_setting(bucket, "tagging", Some(&format!("<Tagging><TagSet>{tag}</TagSet></Tagging>")));
}

const SCAN: &str = "scan --regions us-east-1 --name web,app-images";

#[test]
fn the_states_that_fail_a_run_can_be_chosen() {
    let account = with_dead_logs();
    let cases = [
        ("", 3),
        ("--fail-on dead", 3),
        ("--fail-on unknown", 0),
        ("--fail-on off", 3),
        ("--fail-on dead,off", 3),
        ("--fail-on unknown --fail-on dead", 3),
    ];
    each_case(cases, |(fail_on, ends)| {
        account.run(&format!("{SCAN} {fail_on}")).ends(ends);
        let ran = account.run(&format!("{SCAN} --output json {fail_on}")).ends(ends);
        assert_eq!(ran.json()["exit_code"], ends, "{fail_on}");
        account.run(&format!("check alb --source web {fail_on}")).ends(ends);
    });
    // If all enabled logs are healthy, only logs that are off can fail a run.
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.run("check nlb --source edge --fail-on dead,unknown,off").ends(0);
    account
        .run("check alb --source web --fail-on asleep")
        .ends(2)
        .says("`asleep` is not a valid value for `--fail-on`");
}

#[test]
fn unknown_states_fail_a_run_if_requested() {
    let account = with_dead_logs();
    account.run("init nlb --source edge --bucket edge-logs --kms-key create --yes").ends(0);
    account.run("init s3-access --source app-data --bucket data-logs --prefix s3/ --yes").ends(0);
    let scan = "scan --regions us-east-1 --name edge,app-data";
    account.run(&format!("{scan} --fail-on dead,unknown")).ends(0);
    account.sandbox.inject(denied("GetKeyPolicy"));
    account.run(scan).ends(0);
    account.run(&format!("{scan} --fail-on dead")).ends(0);
    account.run(&format!("{scan} --fail-on dead,unknown")).ends(3);
    account.run("check nlb --source edge --fail-on unknown").ends(3);
}

#[test]
fn a_run_without_a_single_verdict_never_exits_with_0() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.sandbox.inject(denied("GetBucketPolicy"));
    let cases = [
        "scan --regions us-east-1 --name edge",
        "scan --regions us-east-1 --name edge --fail-on off",
        "scan --regions us-east-1 --name edge --output csv",
        "scan --regions us-east-1 --name edge --output json",
        "scan --regions us-east-1 --name edge --output sarif",
        "check nlb --source edge",
        "check nlb --source edge --output json",
    ];
    each_case(cases, |words| {
        account.run(words).ends(1).says("no enabled log could be judged");
    });
    // Nothing can be listed.
    account.sandbox.clear_faults();
    account.sandbox.inject(denied("DescribeLoadBalancers"));
    account.sandbox.inject(denied("ListBuckets"));
    account.run("scan --regions us-east-1").ends(1);
    account.run("scan --regions us-east-1 --producer alb").ends(1);
}

#[test]
fn sources_are_ignored_by_name_and_by_tag_and_counted() {
    let account = with_dead_logs();
    let ignored = |words: &str, ends: i32| -> BTreeMap<String, u64> {
        let document = account.run(&format!("{words} --output json")).ends(ends).json();
        serde_json::from_value(document["ignored"].clone()).unwrap()
    };
    let counts = |of: &[(&str, u64)]| of.iter().map(|(cause, count)| ((*cause).to_owned(), *count)).collect();
    assert_eq!(ignored(SCAN, 3), counts(&[]));
    assert_eq!(ignored(&format!("{SCAN} --not-name app-*"), 3), counts(&[("--not-name", 1)]));
    assert_eq!(ignored(&format!("{SCAN} --not-name app-*,web"), 0), counts(&[("--not-name", 2)]));
    tag_bucket(&account, "app-images", "stage", "test");
    assert_eq!(ignored(&format!("{SCAN} --not-tag stage"), 3), counts(&[("--not-tag", 1)]));
    assert_eq!(ignored(&format!("{SCAN} --not-tag stage=prod"), 3), counts(&[]));
    let both = format!("{SCAN} --not-tag stage=test --not-name web");
    assert_eq!(ignored(&both, 0), counts(&[("--not-name", 1), ("--not-tag", 1)]));
}

#[test]
fn a_source_can_be_excluded_by_its_own_tag() {
    let account = with_dead_logs();
    let balancer = |name: &str, value: &str| {
        let seed =
            LoadBalancerSeed::application(name).logging("access_logs", "gone-logs", "").tagged("logbucket", value);
        account.wait(account.sandbox.put_load_balancer(seed));
    };
    balancer("old", "ignore");
    balancer("new", "watch");
    tag_bucket(&account, "app-images", "logbucket", "ignore");
    let ignored =
        |words: &str, ends: i32| account.run(&format!("{words} --output json")).ends(ends).json()["ignored"].clone();
    // The tag needs no flag.
    let scan = "scan --regions us-east-1 --name old,app-images";
    assert_eq!(ignored(scan, 0), json!({"logbucket=ignore": 2}));
    assert_eq!(ignored(&format!("{scan} --not-tag other"), 0), json!({"logbucket=ignore": 2}));
    assert_eq!(ignored(&format!("{scan} --not-name old"), 0), json!({"--not-name": 1, "logbucket=ignore": 1}));
    assert_eq!(ignored(&format!("{scan},new"), 3), json!({"logbucket=ignore": 2}));
    account.run(scan).ends(0).says("ignored     2 sources: 2 by `logbucket=ignore`");
    account.run(&format!("{scan} --output csv")).ends(0).says("ignored     2 sources: 2 by `logbucket=ignore`");
    let sarif = account.run(&format!("{scan} --output sarif")).ends(0).json();
    assert_eq!(sarif["runs"][0]["properties"]["ignored"], json!({"logbucket=ignore": 2}));
    assert_eq!(sarif["runs"][0]["results"], json!([]));
    // If tags can't be read, no source is ignored.
    account.sandbox.inject(denied("DescribeTags"));
    account.sandbox.inject(denied("GetBucketTagging"));
    assert_eq!(ignored(scan, 3), json!({}));
}

#[test]
fn unreadable_regions_are_reported_in_one_line() {
    let account = Account::seeded();
    account.sandbox.inject(denied("DescribeLoadBalancers"));
    let ran = account.run("scan --regions us-east-1,eu-west-1,us-west-2");
    let lines: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("load balancers in")).collect();
    assert_eq!(lines.len(), 1, "{}", ran.stdout);
    ran.says("load balancers in 3 Regions (eu-west-1, us-east-1, us-west-2): ");
}
