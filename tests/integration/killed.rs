//! A run that is killed at any time, by any signal: its receipt is readable, nothing that belongs to others is lost,
//! and the same command continues.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use logbucket::internals::undo::receipt::Receipt;
use sandbox::{Effect, Fault, When};
use serde_json::Value;

use crate::account::Account;

/// Longer than any test takes, so the signal arrives during the request.
pub(crate) const LONG: Duration = Duration::from_mins(2);

/// How a process is ended.
const SIGNALS: [&str; 3] = ["KILL", "TERM", "INT"];

/// Ends a run with a signal during its nth request. Returns whether the run got that far.
fn end_at_request(account: &Account, words: &str, nth: usize, effect: Effect, signal: &str) -> bool {
    account.sandbox.forget_requests();
    account.sandbox.inject(Fault { when: When::Nth(nth), effect });
    let mut command = account.command();
    command.args(words.split_whitespace()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let began = Instant::now();
    let came = loop {
        if account.sandbox.requests().len() >= nth {
            break true;
        }
        if child.try_wait().unwrap().is_some() {
            break false;
        }
        assert!(began.elapsed() < LONG, "{words}: request {nth} never came");
        std::thread::sleep(Duration::from_millis(2));
    };
    if came {
        send_signal(&child, signal);
        if signal != "KILL" {
            // After a second signal, the program does not wait for the current request.
            send_signal(&child, signal);
        }
    }
    child.wait().unwrap();
    account.sandbox.clear_faults();
    came
}

fn send_signal(child: &Child, signal: &str) {
    let status = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// Returns every receipt of the account. All of them must be readable.
fn receipts(account: &Account) -> Vec<Receipt> {
    let folder = account.home().join(".local/state/logbucket/receipts");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let files = entries.map(|entry| entry.unwrap().path()).filter(|file| file.extension().is_some());
    let files = files.filter(|file| !file.file_name().unwrap().to_str().unwrap().starts_with('.'));
    files.map(|file| Receipt::parse(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
}

fn statements(account: &Account, bucket: &str) -> Vec<Value> {
    account.policy(bucket)["Statement"].as_array().unwrap().clone()
}

/// Returns the state with the same token in the tags of all keys.
fn without_tokens(mut state: Value) -> Value {
    for key in state["keys"].as_object_mut().unwrap().values_mut() {
        if let Some(tag) = key["tags"].get_mut("logbucket") {
            *tag = "run-TOKEN".into();
        }
    }
    state
}

/// Ends the run at each of its requests, before or after the request is carried out, and continues the run.
fn at_every_request(words: &str, before: impl Fn(&Account), again: &str) {
    let undisturbed = Account::seeded();
    before(&undisturbed);
    undisturbed.run(words).ends(0);
    let (requests, goal) = (undisturbed.sandbox.requests().len(), without_tokens(undisturbed.sandbox.state()));
    let foreign = statements(&Account::seeded(), "shared-logs");
    for nth in 1..=requests {
        let signal = SIGNALS[nth % SIGNALS.len()];
        for effect in [Effect::Delay(LONG), Effect::Held(LONG)] {
            let account = Account::seeded();
            before(&account);
            let name = format!("{words}: {signal} at request {nth} of {requests}, {effect:?}");
            assert!(end_at_request(&account, words, nth, effect, signal), "{name}");
            receipts(&account);
            let ran = account.run(again);
            assert_eq!(ran.code, 0, "{name}: {ran:?}");
            assert_eq!(without_tokens(account.sandbox.state()), goal, "{name}");
            assert_eq!(statements(&account, "shared-logs")[..foreign.len()], foreign, "{name}");
        }
    }
}

#[test]
fn an_init_that_is_killed_at_any_request_can_be_resumed() {
    let words = "init nlb --source edge --bucket shared-logs --kms-key create --fix --yes";
    at_every_request(words, |_| {}, words);
}

#[test]
fn an_undo_that_is_killed_at_any_request_can_be_resumed() {
    let init = "init alb --source web --bucket shared-logs --prefix alb --expire-days 9 --tag a=b --fix --yes";
    at_every_request("undo latest --yes", |account| drop(account.run(init).ends(0)), "undo latest --yes");
}

#[test]
fn a_killed_run_can_be_undone() {
    let before = Account::seeded().sandbox.state();
    let words = "init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes";
    let undisturbed = Account::seeded();
    undisturbed.run(words).ends(0);
    for nth in 1..=undisturbed.sandbox.requests().len() {
        let account = Account::seeded();
        assert!(end_at_request(&account, words, nth, Effect::Held(LONG), "KILL"));
        if receipts(&account).is_empty() {
            assert_eq!(account.sandbox.state(), before, "request {nth}");
            continue;
        }
        account.run("undo latest --yes").ends(0);
        let policy = |state: &Value| -> Value {
            serde_json::from_str(state["buckets"]["shared-logs"]["policy"].as_str().unwrap()).unwrap()
        };
        assert_eq!(policy(&account.sandbox.state()), policy(&before), "request {nth}");
        assert!(account.bucket("app-data").logging.is_none(), "request {nth}");
    }
}

#[test]
fn what_a_killed_run_never_began_is_not_its_own() {
    let words = "init s3-access --source app-data --bucket shared-logs --prefix s3/ --yes";
    let undisturbed = Account::seeded();
    undisturbed.run(words).ends(0);
    let requests = undisturbed.sandbox.requests();
    // The attachment begins after the test object was read.
    let read = requests.iter().position(|request| request.operation == "GetObject").unwrap();
    let mut tried = 0;
    for nth in 1..=read + 1 {
        let account = Account::seeded();
        assert!(end_at_request(&account, words, nth, Effect::Held(LONG), "KILL"));
        if receipts(&account).is_empty() {
            continue;
        }
        // A colleague runs the same command.
        let folder = tempfile::tempdir().unwrap();
        account.run(&format!("{words} --receipt-dir {}", folder.path().join("receipts").display())).ends(0);
        let left = (account.policy("shared-logs"), account.bucket("app-data").logging);
        let undone = account.run("undo latest --yes");
        assert!([0, 6].contains(&undone.code), "request {nth}: {undone:?}");
        assert_eq!((account.policy("shared-logs"), account.bucket("app-data").logging), left, "request {nth}");
        tried += 1;
    }
    assert!(tried > 3, "only {tried} runs had begun");
}
