//! Logs whose own setting is off, but that are delivered as `CloudWatch` vended logs.

use std::fs;
use std::time::{Duration, Instant};

use sandbox::{DeliverySeed, Effect, Fault, When};
use serde_json::{Value, json};

use crate::account::Account;

const BUCKET: &str = "arn:aws:s3:::new-logs/team";
const COULD_NOT_READ: &str =
    "not checked whether CloudWatch vended logs deliver logs that are off: could not be read (`--verbose` shows why)\n";
const SOURCES: &str = "DescribeDeliverySources";

/// Logs of the seeded account that are off, each with its log type in vended logs.
const LOGS: [(&str, &str); 5] = [
    ("check alb --source web --log-type access", "ALB_ACCESS_LOGS"),
    ("check alb --source web --log-type connection", "ALB_CONNECTION_LOGS"),
    ("check alb --source web --log-type health-check", "ALB_HEALTH_CHECK_LOGS"),
    ("check nlb --source edge", "NLB_ACCESS_LOGS"),
    ("check s3-access --source app-data", "S3_SERVER_ACCESS_LOGS"),
];

/// The only log that a check finds.
#[track_caller]
fn log(account: &Account, words: &str, exit: i32) -> Value {
    let document = account.run(&format!("{words} --output json")).ends(exit).json();
    let logs = document["logs"].as_array().unwrap();
    assert_eq!(logs.len(), 1, "{document:#}");
    logs[0].clone()
}

fn arn_of(account: &Account, words: &str) -> String {
    log(account, words, 0)["source_arn"].as_str().unwrap().to_owned()
}

/// The number of calls of an operation in the last run.
fn asked(account: &Account, operation: &str) -> usize {
    account.sandbox.requests().iter().filter(|request| request.operation == operation).count()
}

fn fault(operation: &str, effect: Effect) -> Fault {
    Fault { when: When::Operation(operation.to_owned()), effect }
}

#[test]
fn a_disabled_log_that_is_vended_names_its_delivery_source_and_is_not_off_for_fail_on() {
    for (words, log_type) in LOGS {
        let account = Account::seeded();
        let arn = arn_of(&account, words);
        account.run(&format!("{words} --fail-on off")).ends(3).omits("vended");
        // Deliveries of another log, in another Region, and from another source.
        let other = if log_type == "ALB_ACCESS_LOGS" { "ALB_CONNECTION_LOGS" } else { "ALB_ACCESS_LOGS" };
        account.sandbox.put_delivery(DeliverySeed::new("other", &arn, other).to(BUCKET));
        account.sandbox.put_delivery(DeliverySeed::new("far", &arn, log_type).to(BUCKET).within("eu-west-1"));
        account.sandbox.put_delivery(DeliverySeed::new("theirs", &format!("{arn}x"), log_type).to(BUCKET));
        assert_eq!(log(&account, &format!("{words} --fail-on off"), 3)["vended"], Value::Null, "{words}");
        account.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, log_type).to(BUCKET));
        let found = log(&account, &format!("{words} --fail-on off"), 0);
        assert_eq!(found["health"], "off", "{found:#}");
        let what = format!("delivered by CloudWatch vended logs: delivery source `route-2` to `{BUCKET}`; not judged");
        let vended = json!({"delivery_source": "route-2", "delivers": true, "destinations": [BUCKET], "what": what});
        assert_eq!(found["vended"], vended, "{found:#}");
        let ran = account.run(words).ends(0);
        assert!(ran.stdout.starts_with("vended      "), "{words}: {ran:?}");
        ran.says(&what).omits("off ").omits("not checked");
        for operation in [SOURCES, "DescribeDeliveries", "DescribeDeliveryDestinations"] {
            assert_eq!(asked(&account, operation), 1, "{words}: {operation}");
        }
    }
}

#[test]
fn a_delivery_source_that_delivers_nothing_leaves_its_log_off() {
    let words = "check nlb --source edge --fail-on off";
    for (seed, says) in [
        (DeliverySeed::new as fn(&str, &str, &str) -> DeliverySeed, "has no delivery, so it delivers nothing"),
        (
            |name, arn, log| DeliverySeed::new(name, arn, log).to(BUCKET).inactive(),
            "is inactive, so it delivers nothing",
        ),
    ] {
        let account = Account::seeded();
        let arn = arn_of(&account, "check nlb --source edge");
        account.sandbox.put_delivery(seed("route-2", &arn, "NLB_ACCESS_LOGS"));
        assert_eq!(log(&account, words, 3)["vended"]["delivers"], false);
        let ran = account.run(words).ends(3);
        assert!(ran.stdout.starts_with("off "), "{ran:?}");
        ran.says("delivery source `route-2` of CloudWatch vended logs").says(says);
    }
}

#[test]
fn an_unreadable_destination_is_described_with_what_is_known() {
    let words = "check nlb --source edge --fail-on off";
    let with_route = |seed: fn(DeliverySeed) -> DeliverySeed| {
        let account = Account::seeded();
        let arn = arn_of(&account, "check nlb --source edge");
        account.sandbox.put_delivery(seed(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET)));
        account
    };
    // A delivery destination of another account, or one that the caller may not list.
    let theirs = with_route(|seed| seed.of_account("444455556666"));
    theirs.run(words).ends(0).says("`arn:aws:logs:us-east-1:444455556666:delivery-destination:route-2-destination`");
    let account = with_route(|seed| seed);
    account.sandbox.inject(fault("DescribeDeliveryDestinations", Effect::access_denied()));
    account.run(words).ends(0).says("`arn:aws:logs:us-east-1:111122223333:delivery-destination:route-2-destination`");
}

#[test]
fn an_unreadable_delivery_does_not_count_as_a_delivery() {
    let words = "check nlb --source edge --fail-on off,unknown";
    let after_a_page = || When::Beyond { operation: "DescribeDeliveries".to_owned(), burst: 1, per_second: 0 };
    let always = || When::Operation("DescribeDeliveries".to_owned());
    for (when, effect, why) in [
        (always(), Effect::access_denied(), "denied"),
        (after_a_page(), Effect::access_denied(), "denied"),
        (always(), Effect::throttled(), "ThrottlingException"),
        (always(), Effect::status(500, "InternalFailure", "x"), "InternalFailure"),
        (after_a_page(), Effect::status(500, "InternalFailure", "x"), "InternalFailure"),
    ] {
        let account = Account::seeded();
        let arn = arn_of(&account, "check nlb --source edge");
        for number in 0..60 {
            let seed = DeliverySeed::new(&format!("a-{number}"), "arn:aws:x", "NLB_ACCESS_LOGS");
            account.sandbox.put_delivery(seed.to(BUCKET));
        }
        account.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
        let strike = || {
            account.sandbox.clear_faults();
            account.sandbox.inject(Fault { when: when.clone(), effect: effect.clone() });
        };
        let what = format!(
            "may be delivered by CloudWatch vended logs (delivery source `route-2`): `logs:DescribeDeliveries` could not be read ({why})"
        );
        strike();
        let found = log(&account, words, 3);
        assert_eq!(found["health"], "off", "{found:#}");
        assert_eq!(found["vended"], json!({"delivery_source": "route-2", "what": what}), "{found:#}");
        strike();
        let ran = account.run(words).ends(3);
        assert!(ran.stdout.starts_with("off "), "{ran:?}");
        ran.says(&what).omits("  delivered by CloudWatch");
        strike();
        let scan = account.run("scan --region us-east-1 --producer nlb --fail-on off").ends(3);
        scan.says("may be delivered by CloudWatch vended logs").omits("of them by CloudWatch vended logs");
    }
}

#[test]
fn deliveries_already_read_count_even_if_the_rest_is_unreadable() {
    let account = Account::seeded();
    let arn = arn_of(&account, "check nlb --source edge");
    account.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
    for number in 0..60 {
        let seed = DeliverySeed::new(&format!("z-{number}"), "arn:aws:x", "NLB_ACCESS_LOGS");
        account.sandbox.put_delivery(seed.to(BUCKET));
    }
    let when = When::Beyond { operation: "DescribeDeliveries".to_owned(), burst: 1, per_second: 0 };
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    account.run("check nlb --source edge --fail-on off").ends(0).says("delivered by CloudWatch vended logs");
}

#[test]
fn a_slow_service_is_given_a_few_seconds() {
    for (operation, effect) in [
        (SOURCES, Effect::Delay(Duration::from_mins(1))),
        (SOURCES, Effect::EndlessBody),
        ("DescribeDeliveries", Effect::Delay(Duration::from_mins(1))),
        ("DescribeDeliveryDestinations", Effect::Delay(Duration::from_mins(1))),
    ] {
        for words in ["check nlb --source edge", "scan --regions us-east-1,eu-west-1 --producer nlb"] {
            let account = Account::seeded();
            let arn = arn_of(&account, "check nlb --source edge");
            account.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
            account.sandbox.inject(fault(operation, effect.clone()));
            let started = Instant::now();
            let ran = account.run(words).ends(0);
            assert!(started.elapsed() < Duration::from_secs(9), "{operation} {words}: {:?}", started.elapsed());
            match operation {
                SOURCES => ran.says(COULD_NOT_READ),
                "DescribeDeliveries" => {
                    ran.says("may be delivered").says("`logs:DescribeDeliveries` could not be read")
                }
                _ => ran.says("delivery-destination:route-2-destination`"),
            };
        }
    }
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
    assert_eq!(log(&account, "check nlb --source edge", 0)["vended"]["delivery_source"], "last");
    assert_eq!(asked(&account, SOURCES), 3);
}

#[test]
fn a_refusal_is_reported_once_and_does_not_change_the_exit_code() {
    for words in ["check alb --source web", "scan --regions us-east-1,eu-west-1"] {
        let account = Account::seeded();
        let before = account.run(words);
        account.sandbox.inject(fault(SOURCES, Effect::access_denied()));
        let ran = account.run(words).ends(before.code);
        let lines = ran.stdout.lines().filter(|line| line.contains("logs:DescribeDeliverySources` was denied")).count();
        assert_eq!(lines, 1, "{words}: {}", ran.stdout);
        assert!(ran.stdout.contains("not checked CloudWatch vended logs in "), "{}", ran.stdout);
        let document = account.run(&format!("{words} --output json")).ends(before.code).json();
        assert_eq!(document["not_checked"].as_array().unwrap().len(), 1, "{document:#}");
        assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{document:#}");
    }
}

#[test]
fn a_failing_service_is_asked_once_and_reported_in_a_line() {
    for effect in [
        Effect::status(404, "UnknownOperationException", "no such operation"),
        Effect::status(400, "UnknownOperationException", "no such operation"),
        Effect::status(501, "NotImplemented", "not simulated"),
        Effect::internal_error(),
        Effect::throttled(),
        Effect::ResetBefore,
        Effect::CutShort,
        Effect::Garbled,
        Effect::Page(404),
        Effect::Page(200),
        Effect::EndlessPages(2),
    ] {
        for words in ["check alb --source web", "scan --region us-east-1"] {
            let account = Account::seeded();
            let before = account.run(words);
            account.sandbox.inject(fault(SOURCES, effect.clone()));
            let started = Instant::now();
            let ran = account.run(words).ends(before.code);
            assert!(started.elapsed() < Duration::from_secs(20), "{effect:?}: {:?}", started.elapsed());
            let rest = ran.stdout.replacen(COULD_NOT_READ, "", 1);
            assert_ne!(rest, ran.stdout, "{words} {effect:?}");
            assert_eq!((&rest, &ran.stderr), (&before.stdout, &before.stderr), "{words} {effect:?}");
            assert!(matches!(effect, Effect::EndlessPages(_)) || asked(&account, SOURCES) == 1, "{words} {effect:?}");
            let document = account.run(&format!("{words} --output json")).ends(before.code).json();
            assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{effect:?}: {document:#}");
            assert_eq!(document["not_checked"].as_array().unwrap().len(), 1, "{effect:?}: {document:#}");
            let verbose = account.run(&format!("{words} --verbose"));
            assert!(verbose.stderr.contains("not checked: CloudWatch vended logs in us-east-1"), "{verbose:?}");
        }
    }
}

#[test]
fn vended_logs_are_not_queried_unless_a_log_that_could_be_vended_is_off() {
    let account = Account::seeded();
    account.run("init nlb --source edge --bucket edge-logs --yes").ends(0);
    for words in ["check nlb --source edge", "check inventory --source app-data", "check --bucket edge-logs"] {
        account.run(words).ends(0);
        assert_eq!(asked(&account, SOURCES), 0, "{words}");
    }
}

#[test]
fn a_waiting_check_queries_vended_logs_once() {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes --wait 0").ends(0);
    account.run("check alb --source web --wait 5");
    assert!(asked(&account, "DescribeLoadBalancers") > 1, "it looked once");
    assert_eq!(asked(&account, SOURCES), 1);
}

#[test]
fn its_own_endpoint_is_used_instead_of_the_global_one() {
    let (account, other) = (Account::seeded(), Account::seeded());
    let arn = arn_of(&account, "check nlb --source edge");
    other.sandbox.put_delivery(DeliverySeed::new("route-2", &arn, "NLB_ACCESS_LOGS").to(BUCKET));
    let variables = [("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", other.url())];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, url)| (*name, url.as_str())).collect();
    account.run_with("check nlb --source edge", &variables).ends(0).says("delivery source `route-2`");
    assert_eq!((asked(&account, SOURCES), asked(&other, SOURCES)), (0, 1));
}

#[test]
fn the_printed_policies_allow_the_calls_for_vended_logs() {
    for words in
        ["permissions check alb --source web", "permissions check --producer nlb --source edge", "permissions scan"]
    {
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
    }
    let account = Account::seeded();
    for words in ["permissions check --producer inventory --source app-data", "permissions init --producer alb"] {
        account.run(words).ends(0).omits("logs:Describe");
    }
}

/// The delivery sources that `check` names for a bucket.
#[track_caller]
fn into_bucket(account: &Account) -> Vec<String> {
    let document = account.run("check --bucket shared-logs --output json").ends(0).json();
    let Some(all) = document["vended_here"].as_array() else { return Vec::new() };
    all.iter().map(|one| one["delivery_source"].as_str().unwrap().to_owned()).collect()
}

const HERE: &str = "arn:aws:s3:::shared-logs";

#[test]
fn check_of_a_bucket_names_the_vended_logs_that_are_delivered_there() {
    let account = Account::seeded();
    let web = arn_of(&account, LOGS[0].0);
    assert!(into_bucket(&account).is_empty());
    // If nothing goes to the bucket, one listing is enough.
    assert_eq!((asked(&account, "DescribeDeliveryDestinations"), asked(&account, "DescribeDeliveries")), (1, 0));
    for (name, to) in
        [("root", HERE), ("deep", "arn:aws:s3:::shared-logs/team/x"), ("other", "arn:aws:s3:::shared-logs-2")]
    {
        account.sandbox.put_delivery(DeliverySeed::new(name, &web, "ALB_ACCESS_LOGS").to(to));
    }
    account.sandbox.put_delivery(DeliverySeed::new("far", &web, "ALB_ACCESS_LOGS").to(HERE).within("eu-west-1"));
    account
        .sandbox
        .put_delivery(DeliverySeed::new("theirs", &web, "ALB_ACCESS_LOGS").to(HERE).of_account("444455556666"));
    assert_eq!(into_bucket(&account), ["root", "deep"]);
    let sentence =
        format!("delivery source `root` of CloudWatch vended logs (`ALB_ACCESS_LOGS` of `{web}`) delivers to `{HERE}`");
    let ran = account.run("check --bucket shared-logs").ends(0).says(&sentence).says("not judged").omits("not checked");
    assert!(ran.stdout.contains("\nvended "), "{ran:?}");
    // Global services such as CloudFront have their delivery sources in us-east-1, wherever the bucket is.
    let west = "arn:aws:s3:::west-logs";
    account
        .sandbox
        .put_delivery(DeliverySeed::new("global", "arn:aws:cloudfront::1:distribution/E", "ACCESS_LOGS").to(west));
    account.run("check --bucket west-logs").says("delivery source `global`").says("`ACCESS_LOGS` of");
}

#[test]
fn a_failure_to_read_a_buckets_deliveries_changes_no_verdict() {
    for operation in ["DescribeDeliveryDestinations", "DescribeDeliveries", SOURCES] {
        for (effect, refused) in [(Effect::access_denied(), true), (Effect::status(500, "InternalFailure", "x"), false)]
        {
            let account = Account::seeded();
            let web = arn_of(&account, LOGS[0].0);
            account.sandbox.put_delivery(DeliverySeed::new("root", &web, "ALB_ACCESS_LOGS").to(HERE));
            account.sandbox.inject(fault(operation, effect));
            let ran = account.run_with("check --bucket shared-logs", &[("AWS_MAX_ATTEMPTS", "1")]).ends(0);
            if operation == SOURCES {
                // The delivery itself names its source.
                ran.says("delivery source `root` of CloudWatch vended logs delivers to");
            } else if refused {
                ran.says(&format!("which may deliver to this bucket: `logs:{operation}` was denied"));
            } else {
                ran.says(
                    "what CloudWatch vended logs deliver to this bucket: could not be read (`--verbose` shows why)",
                );
            }
        }
    }
}
