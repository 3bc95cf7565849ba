//! Deliveries that can't be read.

use std::time::{Duration, Instant};

use sandbox::{DeliverySeed, Effect, Fault, When};
use serde_json::json;

use super::setup::{BUCKET, COULD_NOT_READ, SOURCES, arn_of, count_calls, fault, only_log};
use crate::account::Account;
use crate::tables::each_case;

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
    let cases = [
        (always(), Effect::access_denied(), "denied"),
        (after_a_page(), Effect::access_denied(), "denied"),
        (always(), Effect::throttled(), "ThrottlingException"),
        (always(), Effect::status(500, "InternalFailure", "x"), "InternalFailure"),
        (after_a_page(), Effect::status(500, "InternalFailure", "x"), "InternalFailure"),
    ];
    each_case(cases, |(when, effect, why)| {
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
        let found = only_log(&account, words, 3);
        assert_eq!(found["health"], "off", "{found:#}");
        assert_eq!(found["vended"], json!({"delivery_source": "route-2", "what": what}), "{found:#}");
        strike();
        let ran = account.run(words).ends(3);
        assert!(ran.stdout.starts_with("off "), "{ran:?}");
        ran.says(&what).omits("  delivered by CloudWatch");
        strike();
        let scan = account.run("scan --region us-east-1 --producer nlb --fail-on off").ends(3);
        scan.says("may be delivered by CloudWatch vended logs").omits("of them by CloudWatch vended logs");
    });
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
    let cases = [
        (SOURCES, Effect::Delay(Duration::from_mins(1))),
        (SOURCES, Effect::EndlessBody),
        ("DescribeDeliveries", Effect::Delay(Duration::from_mins(1))),
        ("DescribeDeliveryDestinations", Effect::Delay(Duration::from_mins(1))),
    ];
    each_case(cases, |(operation, effect)| {
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
    });
}

#[test]
fn a_refusal_is_reported_once_and_does_not_change_the_exit_code() {
    each_case(["check alb --source web", "scan --regions us-east-1,eu-west-1"], |words| {
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
    });
}

#[test]
fn a_failing_service_is_asked_once_and_reported_in_a_line() {
    let cases = [
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
    ];
    each_case(cases, |effect| {
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
            assert!(
                matches!(effect, Effect::EndlessPages(_)) || count_calls(&account, SOURCES) == 1,
                "{words} {effect:?}"
            );
            let document = account.run(&format!("{words} --output json")).ends(before.code).json();
            assert_eq!(document["unknown"].as_array().unwrap().len(), 0, "{effect:?}: {document:#}");
            assert_eq!(document["not_checked"].as_array().unwrap().len(), 1, "{effect:?}: {document:#}");
            let verbose = account.run(&format!("{words} --verbose"));
            assert!(verbose.stderr.contains("not checked: CloudWatch vended logs in us-east-1"), "{verbose:?}");
        }
    });
}
