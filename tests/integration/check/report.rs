//! The report of `check` on one log, and whether its fix works.

use serde_json::Value;

use crate::account::{Account, Ran};

/// The only log of this type in a document.
#[track_caller]
pub(crate) fn log(ran: &Ran, number: usize) -> Value {
    ran.json()["logs"][number].clone()
}

/// Returns a check's report on a log. The log must have this state and, if it is dead, this cause.
#[track_caller]
pub(crate) fn assert_health(account: &Account, words: &str, health: &str, cause: &str) -> Value {
    let ran = account.run(&format!("check {words} --output json"));
    let first = log(&ran, 0);
    assert_eq!(first["health"], health, "{words}: {first:#}");
    // A run that could judge no log is not a success.
    let document = ran.json();
    let unknown = document["logs"].as_array().unwrap().iter().all(|log| log["health"] == "unknown");
    assert_eq!(ran.code, if health == "dead" { 3 } else { i32::from(unknown) }, "{words}");
    if health == "dead" {
        assert_eq!(first["findings"][0]["id"], cause, "{words}: {first:#}");
        assert!(first["findings"][0]["page"].as_str().unwrap().starts_with("https://"), "{first:#}");
    }
    assert!(account.writes().is_empty(), "{words} changed something: {:?}", account.writes());
    first
}

/// Runs the printed fix, after which the log must arrive or be allowed.
#[track_caller]
pub(crate) fn assert_fixed(account: &Account, words: &str, found: &Value) {
    let fix = found["fix"].as_str().unwrap_or_else(|| panic!("no fix for {words}: {found:#}"));
    let fix = fix.strip_prefix("logbucket ").unwrap();
    account.run(&format!("{fix} --wait 0")).ends(0);
    let after = log(&account.run(&format!("check {words} --output json")), 0);
    assert!(["delivering", "pending"].contains(&after["health"].as_str().unwrap()), "{words}: {after:#}");
}

/// An account where `web` logs to `web-logs`, and logs have arrived.
pub(crate) fn with_web() -> Account {
    let account = Account::seeded();
    account.run("init alb --source web --bucket web-logs --yes").ends(0);
    account.wait(account.sandbox.deliver());
    account
}

pub(crate) const WEB: &str = "alb --source web --log-type access";
