//! What `check` and `scan` report about logs that are delivered.

use std::fs;

use sandbox::DeliverySeed;
use serde_json::{Value, json};

use super::setup::{BUCKET, LOGS, SOURCES, arn_of, count_calls, only_log};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_disabled_log_that_is_vended_names_its_delivery_source_and_is_not_off_for_fail_on() {
    each_case(LOGS, |(words, log_type)| {
        let account = Account::seeded();
        let arn = arn_of(&account, words);
        account.run(&format!("{words} --fail-on off")).ends(3).omits("vended");
        // Deliveries of another log, in another Region, and from another source.
        let other = if log_type == "ALB_ACCESS_LOGS" { "ALB_CONNECTION_LOGS" } else { "ALB_ACCESS_LOGS" };
        account.sandbox.put_delivery(DeliverySeed::new("other", &arn, other).to(BUCKET));
        account.sandbox.put_delivery(DeliverySeed::new("far", &arn, log_type).to(BUCKET).within("eu-west-1"));
        account.sandbox.put_delivery(DeliverySeed::new("theirs", &format!("{arn}x"), log_type).to(BUCKET));
        assert_eq!(only_log(&account, &format!("{words} --fail-on off"), 3)["vended"], Value::Null, "{words}");
        account.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, log_type).to(BUCKET));
        let found = only_log(&account, &format!("{words} --fail-on off"), 0);
        assert_eq!(found["health"], "off", "{found:#}");
        let what = format!("delivered by CloudWatch vended logs: delivery source `route-2` to `{BUCKET}`; not judged");
        let vended = json!({"delivery_source": "route-2", "delivers": true, "destinations": [BUCKET], "what": what});
        assert_eq!(found["vended"], vended, "{found:#}");
        let ran = account.run(words).ends(0);
        assert!(ran.stdout.starts_with("vended      "), "{words}: {ran:?}");
        ran.says(&what).omits("off ").omits("not checked");
        for operation in [SOURCES, "DescribeDeliveries", "DescribeDeliveryDestinations"] {
            assert_eq!(count_calls(&account, operation), 1, "{words}: {operation}");
        }
    });
}

#[test]
fn a_delivery_source_that_delivers_nothing_leaves_its_log_off() {
    let words = "check nlb --source edge --fail-on off";
    let cases = [
        (DeliverySeed::new as fn(&str, &str, &str) -> DeliverySeed, "has no delivery, so it delivers nothing"),
        (
            |name, arn, log| DeliverySeed::new(name, arn, log).to(BUCKET).inactive(),
            "is inactive, so it delivers nothing",
        ),
    ];
    each_case(cases, |(seed, says)| {
        let account = Account::seeded();
        let arn = arn_of(&account, "check nlb --source edge");
        account.sandbox.put_delivery(seed("route-2", &arn, "NLB_ACCESS_LOGS"));
        assert_eq!(only_log(&account, words, 3)["vended"]["delivers"], false);
        let ran = account.run(words).ends(3);
        assert!(ran.stdout.starts_with("off "), "{ran:?}");
        ran.says("delivery source `route-2` of CloudWatch vended logs").says(says);
    });
}

#[test]
fn a_scan_asks_each_region_once_and_reports_it_in_every_format() {
    let account = Account::seeded();
    let arn = arn_of(&account, "check nlb --source edge");
    account.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
    let what = format!("delivered by CloudWatch vended logs: delivery source `route-2` to `{BUCKET}`; not judged");
    let page = account.home().join("report.html");
    let words = "scan --regions us-east-1,eu-west-1 --producer nlb,alb,s3-access";
    let ran = account.run(&format!("{words} --report {}", page.display())).ends(3);
    ran.says(&format!("            {what}")).says(" (1 of them by CloudWatch vended logs)").omits("not checked");
    let mut regions: Vec<String> =
        account.sandbox.requests().into_iter().filter(|one| one.operation == SOURCES).map(|one| one.region).collect();
    regions.sort();
    let all = regions.len();
    regions.dedup();
    assert!(all == regions.len() && regions.contains(&"us-east-1".to_owned()), "{regions:?}");
    assert!(fs::read_to_string(&page).unwrap().contains("delivery source <code>route-2</code>"));
    account.run(&format!("{words} --output csv")).ends(3).says(&what);
    let document =
        account.run("scan --regions us-east-1 --producer nlb --name edge --output json --fail-on off").ends(0);
    assert_eq!(document.json()["logs"][0]["vended"]["delivery_source"], "route-2");
    assert_eq!(document.json()["counts"]["off"], 1);
}

#[test]
fn many_delivery_sources_are_read_page_by_page() {
    let account = Account::seeded();
    let arn = arn_of(&account, "check nlb --source edge");
    for number in 0..120 {
        account
            .sandbox
            .put_delivery(DeliverySeed::new(&format!("a-{number}"), "arn:aws:x", "NLB_ACCESS_LOGS").to(BUCKET));
    }
    account.sandbox.put_delivery(DeliverySeed::new("last", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
    assert_eq!(only_log(&account, "check nlb --source edge", 0)["vended"]["delivery_source"], "last");
    assert_eq!(count_calls(&account, SOURCES), 3);
}

#[test]
fn vended_logs_are_not_queried_unless_a_log_that_could_be_vended_is_off() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    let cases = ["check nlb --source edge", "check inventory --source app-data", "check --bucket edge-logs"];
    each_case(cases, |words| {
        account.run(words).ends(0);
        assert_eq!(count_calls(&account, SOURCES), 0, "{words}");
    });
}

#[test]
fn a_waiting_check_queries_vended_logs_once() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes --wait 0").ends(0);
    account.run("check alb --source web --wait 5");
    assert!(count_calls(&account, "DescribeLoadBalancers") > 1, "it looked once");
    assert_eq!(count_calls(&account, SOURCES), 1);
}

#[test]
fn its_own_endpoint_is_used_instead_of_the_global_one() {
    let (account, other) = (Account::seeded(), Account::seeded());
    let arn = arn_of(&account, "check nlb --source edge");
    other.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
    let variables = [("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", other.url())];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, url)| (*name, url.as_str())).collect();
    account.run_with("check nlb --source edge", &variables).ends(0).says("delivery source `route-2`");
    assert_eq!((count_calls(&account, SOURCES), count_calls(&other, SOURCES)), (0, 1));
}

#[test]
fn the_printed_policies_allow_the_calls_for_vended_logs() {
    let cases =
        ["permissions check alb --source web", "permissions check --producer nlb --source edge", "permissions scan"];
    each_case(cases, |words| {
        let words = words.replace("check alb", "check --producer alb");
        let account = Account::seeded();
        let arn = arn_of(&account, "check nlb --source edge");
        account.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
        let policy = account.run(&words).ends(0).json();
        account.sandbox.allow_only(&policy);
        let scans = words.ends_with("scan");
        let ran = account.run(if scans { "scan --region us-east-1 --producer nlb" } else { "check nlb --source edge" });
        if scans || words.contains("nlb") {
            ran.says(&format!("delivery source `route-2` to `{BUCKET}`")).omits("not checked");
        } else {
            assert!(policy.to_string().contains("logs:DescribeDeliverySources"), "{policy:#}");
        }
    });
    let account = Account::seeded();
    for words in ["permissions check --producer inventory --source app-data", "permissions init --producer alb"] {
        account.run(words).ends(0).omits("logs:Describe");
    }
}
