//! The states of a log, and what the report contains.

use std::time::{Duration, SystemTime};

use super::report::{WEB, assert_health, with_web};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_delivering_log_is_reported_with_its_newest_object() {
    let account = with_web();
    let found = assert_health(&account, WEB, "delivering", "");
    assert!(found["evidence"].as_str().unwrap().contains("_app.web."), "{found:#}");
    assert!(found["delivered_at"].as_i64().unwrap() > 1_700_000_000);
    assert_eq!(found["findings"].as_array().unwrap().len(), 0, "{found:#}");
}

#[test]
fn a_log_that_is_off_and_one_without_traffic_have_different_states() {
    let account = Account::seeded();
    assert_health(&account, WEB, "off", "");
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    let found = assert_health(&account, "nlb --source edge", "pending", "");
    assert!(found["until"]["what"].as_str().unwrap().contains("TLS listener"), "{found:#}");
}

#[test]
fn an_old_object_does_not_prove_current_delivery() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    account.wait(account.sandbox.deliver_at(SystemTime::now() - Duration::from_hours(3 * 24)));
    let found = assert_health(&account, "nlb --source edge", "pending", "");
    assert!(found["evidence"].as_str().unwrap().contains("3 days ago"), "{found:#}");
}

#[test]
fn check_of_a_bucket_shows_the_logging_sources_and_the_allowed_services() {
    let account = with_web();
    account.run("init nlb --source edge --bucket web-logs --yes").ends(0);
    account.run("init s3-access --source app-data --bucket web-logs --prefix s3/ --yes").ends(0);
    account.run("init inventory --source app-images --bucket web-logs --yes").ends(0);
    let ran = account.run("check --bucket web-logs --output json").ends(0);
    let document = ran.json();
    let logs: Vec<&str> =
        document["logs"].as_array().unwrap().iter().filter_map(|log| log["producer"].as_str()).collect();
    assert_eq!(logs.len(), 4, "{document:#}");
    each_case(["alb", "nlb", "s3-access", "inventory"], |producer| {
        assert!(logs.contains(&producer), "{producer}: {document:#}");
    });
    let statements: Vec<usize> = document["admissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|admission| admission["statements"].as_array().unwrap().len())
        .collect();
    assert_eq!(statements, [1, 2, 1, 1, 1, 2], "{document:#}");
    account.run("check --bucket shared-logs").ends(0).says("no statement of the bucket policy names");
}

#[test]
fn the_output_of_check_reads_from_top_to_bottom() {
    let account = with_web();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    let cases = [
        ("check_of_albs", "check alb --source legacy-web --source web --log-type access"),
        ("check_of_nlbs", "check nlb --source edge --source tcp-only"),
        ("check_of_a_bucket", "check --bucket shared-logs"),
        ("suppressions_for_alb", "check alb --bucket old-alb-logs --suppressions"),
        ("suppressions_for_nlb", "check nlb --bucket old-alb-logs --suppressions"),
        ("suppressions_for_no_producer", "check --bucket old-alb-logs --suppressions"),
    ];
    each_case(cases, |(name, words)| {
        let ran = account.run(words);
        let text = format!("$ logbucket {words}\n{}{}exit {}\n", ran.stdout, ran.stderr, ran.code);
        // Ages, times and object names differ between runs.
        let text: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("newest object: ")).collect();
        insta::assert_snapshot!(name, text.join("\n"));
    });
}

#[test]
fn times_in_json_are_timestamps_and_expectations_have_fields() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket shared-logs --yes").ends(0);
    account.wait(account.sandbox.deliver());
    let found = account.run("check alb --source web --output json").json()["logs"][0].clone();
    let newest = found["newest"].as_str().unwrap();
    assert!(newest.len() == 20 && newest.ends_with('Z') && newest.as_bytes()[10] == b'T', "{found:#}");
    assert!(found["delivered_at"].is_u64() && found["evidence"].is_string(), "{found:#}");
    let scanned = account.run("scan --newest --name web --output json").json();
    assert_eq!(scanned["logs"][0]["newest"], found["newest"], "{scanned:#}");
    // Only AWS's test file is there, but no log.
    let account = Account::seeded();
    let done = account.run("init nlb --source edge --bucket shared-logs --yes --wait 0 --output json").ends(0).json();
    let until = &done["delivery"]["until"];
    assert_eq!((until["after"].as_str(), until["minutes"].as_u64()), (Some("tls-connection"), Some(5)), "{done:#}");
    let found = account.run("check nlb --source edge --output json").json()["logs"][0].clone();
    assert!(found["newest"].is_null(), "{found:#}");
    assert_eq!(found["until"]["minutes"], 5, "{found:#}");
}
