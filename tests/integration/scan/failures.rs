//! Parts of an account that are denied, throttled or failing.

use std::collections::BTreeSet;

use sandbox::{Crowd, Effect, Encryption, Fault, LoadBalancerSeed, When};
use serde_json::Value;

use super::account::{dead_and_on, states};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn a_denied_part_is_reported_and_the_rest_is_scanned() {
    let cases = [
        ("ListRegions", "account:ListRegions"),
        ("DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("ListBuckets", "s3:ListAllMyBuckets"),
    ];
    each_case(cases, |(operation, action)| {
        let account = Account::seeded();
        let effect = Effect::access_denied();
        account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
        let ran = account.run("scan --output json");
        assert!(ran.json()["unknown"].to_string().contains(action), "{operation}: {}", ran.stdout);
        assert!(!ran.json()["logs"].as_array().unwrap().is_empty(), "{operation}");
    });
    let account = Account::seeded();
    let effect = Effect::access_denied();
    account.sandbox.inject(Fault { when: When::Operation("GetBucketLogging".to_owned()), effect });
    let ran = account.run("scan --producer s3-access --output json").ends(1);
    assert!(states(&ran.json()).values().all(|state| state == "unknown"), "{}", ran.stdout);
}

#[test]
fn throttling_by_s3_does_not_make_a_scan_incomplete() {
    let account = Account::seeded();
    let crowd = Crowd { regions: vec!["us-east-1".to_owned()], balancers: 0, buckets: 1000, ..Crowd::default() };
    account.wait(account.sandbox.plant_crowd(&crowd));
    account.sandbox.set_latency(std::time::Duration::from_millis(10));
    let when = When::Beyond { operation: "GetBucketLogging".to_owned(), burst: 50, per_second: 150 };
    account.sandbox.inject(Fault { when, effect: Effect::slow_down() });
    let document = account.run("scan --producer s3-access --output json").ends(3).json();
    assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
    let (dead, on) = dead_and_on(1000);
    assert_eq!(document["counts"]["dead"], dead, "{}", document["counts"]);
    assert_eq!(document["counts"]["permitted"], on, "{}", document["counts"]);
}

#[test]
fn a_region_that_denies_access_is_reported_and_the_others_are_scanned() {
    let account = Account::seeded();
    let far = LoadBalancerSeed::application("far").within("eu-west-1").logging("access_logs", "gone-logs", "");
    account.wait(account.sandbox.put_load_balancer(far));
    account.sandbox.inject(Fault {
        when: When::OperationTimes("DescribeLoadBalancers".to_owned(), 1),
        effect: Effect::access_denied(),
    });
    let document = account.run("scan --regions us-east-1,eu-west-1 --producer alb --output json").json();
    let unread = document["unknown"].as_array().unwrap();
    assert_eq!(unread.len(), 1, "{document:#}");
    let denied = unread[0].as_str().unwrap();
    assert!(denied.starts_with("load balancers in "), "{denied}");
    let said: BTreeSet<&str> =
        document["logs"].as_array().unwrap().iter().map(|log| log["region"].as_str().unwrap()).collect();
    assert_eq!(said.len(), 1, "{document:#}");
    assert!(!denied.contains(said.first().unwrap()), "{denied}");
}

#[test]
fn a_load_balancer_or_key_that_fails_does_not_affect_the_others() {
    let account = Account::seeded();
    let fault = |code: &str| Fault {
        when: When::OperationTimes("DescribeLoadBalancerAttributes".to_owned(), 1),
        effect: Effect::status(400, code, "odd"),
    };
    account.sandbox.inject(fault("LoadBalancerNotFound"));
    let all = |document: &Value| document["logs"].as_array().unwrap().len();
    let document = account.run("scan --producer nlb --output json").ends(0).json();
    assert_eq!((all(&document), document["unknown"].as_array().unwrap().len()), (1, 0), "{document:#}");
    account.sandbox.inject(fault("InternalOdd"));
    let document = account.run("scan --producer nlb --output json").ends(0).json();
    assert_eq!(document["counts"]["unknown"], 1, "{document:#}");
    assert_eq!(document["counts"]["off"], 1, "{document:#}");

    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    let nowhere = "arn:aws:kms:xx-none-1:111122223333:key/11111111-2222-3333-4444-555555555555";
    account.sandbox.set_encryption("web-logs", Encryption::kms(Some(nowhere)));
    let document = account.run("scan --producer alb --output json").ends(3).json();
    assert_eq!(states(&document)["alb legacy-web access"], "dead", "{document:#}");
}

#[test]
fn an_account_that_cannot_be_listed_is_not_reported_as_healthy() {
    let account = Account::seeded();
    for operation in ["DescribeLoadBalancers", "ListBuckets", "DescribeVpcs"] {
        let when = When::Operation(operation.to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    }
    account
        .run("scan")
        .ends(1)
        .says("no load balancers, buckets or VPCs could be listed")
        .says("no sources found in what could be read");
}

#[test]
fn a_throttling_region_is_scanned_completely_at_a_slower_pace() {
    let account = Account::seeded();
    let crowd = Crowd { regions: vec!["us-east-1".to_owned()], balancers: 300, buckets: 0, ..Crowd::default() };
    account.wait(account.sandbox.plant_crowd(&crowd));
    // With one call at a time, the rate stays below the limit.
    account.sandbox.set_latency(std::time::Duration::from_millis(40));
    let operation = "DescribeLoadBalancerAttributes".to_owned();
    let when = When::Beyond { operation: operation.clone(), burst: 40, per_second: 50 };
    account.sandbox.inject(Fault { when, effect: Effect::throttled() });
    let document = account.run("scan --producer alb,nlb --output json").ends(3).json();
    assert!(document["counts"]["unknown"].is_null(), "{}", document["counts"]);
    assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
    let asked = account.sandbox.requests();
    let of_it = asked.iter().filter(|request| request.operation == operation);
    let (refused, taken): (Vec<_>, Vec<_>) = of_it.partition(|request| request.status != 200);
    assert!(taken.len() >= 300 && !refused.is_empty(), "{} and {}", taken.len(), refused.len());
    assert!(refused.len() * 2 < taken.len(), "{} of {} were in vain", refused.len(), taken.len());
}

#[test]
fn regions_unreadable_for_the_same_reason_are_reported_in_one_line() {
    let reasons = [
        Effect::access_denied(),
        Effect::status(
            403,
            "AccessDenied",
            "User: x is not authorized with an explicit deny in a service control policy",
        ),
        Effect::status(400, "Unheard", "no"),
    ];
    each_case(reasons, |effect| {
        for (operation, flag) in [("DescribeLoadBalancers", ""), ("DescribeTags", "--tag team")] {
            let account = Account::seeded();
            let west = LoadBalancerSeed { region: "us-west-2".to_owned(), ..LoadBalancerSeed::application("west") };
            account.wait(account.sandbox.put_load_balancer(west));
            account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: effect.clone() });
            let ran = account.run(&format!("scan {flag} --output json"));
            let unread = ran.json()["unknown"].as_array().unwrap().clone();
            let of_balancers: Vec<_> =
                unread.iter().filter(|line| line.to_string().contains("load balancers in")).collect();
            assert_eq!(of_balancers.len(), 1, "{operation}: {unread:#?}");
            assert!(of_balancers[0].to_string().contains("us-west-2"), "{unread:#?}");
        }
    });
}
