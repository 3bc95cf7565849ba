//! An event history that can't be read.

use std::time::{Duration, Instant};

use sandbox::{Effect, Fault, When, seed};
use serde_json::json;

use super::setup::{
    INIT, account, add_test_file, assert_in_doubt, assert_settled, break_history, commands, grant, guard, plain_grant,
};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn without_an_event_history_an_object_counts_only_while_it_is_fresh() {
    let account = account(&[grant("*")]);
    let when = When::Operation("LookupEvents".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::access_denied() });
    add_test_file(&account, 30);
    assert_in_doubt(&account);
    add_test_file(&account, 0);
    assert_settled(&account);
}

/// Asserts how often `check`, `scan` and `init` report an unreadable event history.
#[track_caller]
fn assert_reported_everywhere(account: &Account, times: usize, why: &str) {
    for words in commands() {
        assert_reported(account, &words, times, why);
    }
}

#[track_caller]
fn assert_reported(account: &Account, words: &str, times: usize, why: &str) {
    let ran = account.run_with(words, &[("AWS_MAX_ATTEMPTS", "1")]);
    let all = format!("{}{}", ran.stdout, ran.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(all.matches("cloudtrail:LookupEvents").count(), times, "{words}: {all}");
    assert_eq!(all.matches(why).count(), times, "{words}: {all}");
}

#[test]
fn a_denied_event_history_that_could_change_a_verdict_is_reported_once() {
    let cases = [
        json!({"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringEquals": {"aws:SourceAccount": seed::ACCOUNT}}),
    ];
    each_case(cases, |condition| {
        let mut grant = grant("*");
        grant["Condition"] = condition;
        let account = account(&[grant]);
        break_history(&account, Effect::access_denied());
        // Without an object, the event history could settle nothing.
        assert_reported_everywhere(&account, 0, "was denied");
        add_test_file(&account, 30);
        assert_reported_everywhere(&account, 1, "was denied");
        // For the same reason, it is also unknown who turned off two other logs.
        let both = account.run("check alb --source x --output json").json()["unknown"].clone();
        assert_eq!(both.as_array().unwrap().len(), 1, "{both:#}");
        assert!(both[0].as_str().unwrap().contains("last changed, and who changed what: could not read"), "{both:#}");
        add_test_file(&account, 0);
        assert_reported_everywhere(&account, 1, "was denied");
    });
}

#[test]
fn a_denied_event_history_is_not_reported_if_every_verdict_is_certain() {
    let nobody = json!({
        "Sid": "Nobody", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::web-logs/*"
    });
    let certain = account(&[plain_grant()]);
    let refused = account(&[grant("*"), nobody]);
    for account in [certain, refused] {
        add_test_file(&account, 30);
        break_history(&account, Effect::access_denied());
        account.run(INIT);
        for words in ["scan --name x --output json".to_owned(), format!("{INIT} --output json")] {
            let all = account.run(&words).stdout;
            assert!(!all.contains("when the settings of uncertain logs"), "{words}: {all}");
        }
    }
}

#[test]
fn an_event_history_that_throttles_or_fails_is_also_reported() {
    let cases = [
        (Effect::throttled(), "ThrottlingException"),
        (Effect::status(500, "InternalError", "We encountered an internal error."), "InternalError"),
    ];
    each_case(cases, |(effect, why)| {
        let account = account(&[grant("*")]);
        add_test_file(&account, 30);
        break_history(&account, effect);
        assert_reported_everywhere(&account, 1, why);
    });
}

#[test]
fn an_event_history_that_times_out_is_also_reported_only_once() {
    let account = account(&[grant("*")]);
    add_test_file(&account, 30);
    // The event history times out after 10 seconds, so the test runs the commands in parallel.
    break_history(&account, Effect::Delay(Duration::from_mins(5)));
    std::thread::scope(|scope| {
        let account = &account;
        for words in commands() {
            scope.spawn(move || assert_reported(account, &words, 1, "did not end within 10 s"));
        }
    });
}

#[test]
fn a_denied_event_history_needed_to_judge_a_report_is_reported() {
    let account = Account::seeded();
    account.run("init inventory --source app-data --bucket inv-logs --yes").ends(0);
    let mut policy = account.policy("inv-logs");
    let deny = guard(&json!({"StringNotEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}})).to_string();
    policy["Statement"]
        .as_array_mut()
        .unwrap()
        .push(serde_json::from_str(&deny.replace("web-logs", "inv-logs")).unwrap());
    account.sandbox.set_policy("inv-logs", Some(&policy.to_string()));
    break_history(&account, Effect::access_denied());
    let document = account.run("check inventory --source app-data --output json").json();
    let missed = document["unknown"].as_array().unwrap();
    assert_eq!(missed.len(), 1, "{document:#}");
    assert!(missed[0].as_str().unwrap().contains("`cloudtrail:LookupEvents`"), "{document:#}");
}

#[test]
fn a_failing_event_history_does_not_delay_a_check() {
    let cases = [
        (Effect::throttled(), 3),
        (Effect::status(500, "InternalFailure", "x"), 3),
        (Effect::Delay(Duration::from_mins(1)), 1),
    ];
    each_case(cases, |(effect, tries)| {
        let account = account(&[grant("*")]);
        add_test_file(&account, 30);
        break_history(&account, effect.clone());
        let started = Instant::now();
        let ran = account.run("check --bucket web-logs");
        assert!(started.elapsed() < Duration::from_secs(20), "{effect:?}: {:?}", started.elapsed());
        let asked = |account: &Account| {
            account.sandbox.requests().iter().filter(|request| request.operation == "LookupEvents").count()
        };
        assert_eq!(asked(&account), tries, "{effect:?}: {ran:?}");
        ran.says("cloudtrail:LookupEvents");
        // If the user sets a number of attempts, that number applies.
        if tries > 1 {
            account.run_with("check --bucket web-logs", &[("AWS_MAX_ATTEMPTS", "4")]);
            assert_eq!(asked(&account), 4, "{effect:?}");
        }
    });
}
