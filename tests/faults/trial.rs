//! One case from its beginning to its end, and the undisturbed run that it is compared with.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::case::Case;
use crate::fault::calm;
use crate::judge;
use crate::outcome::Outcome;
use crate::program::{Patience, USUAL, run};
use crate::subject::Subject;

/// What an undisturbed run does and leaves behind.
#[derive(Debug)]
pub(crate) struct Reference {
    /// The requests that it makes.
    pub(crate) requests: usize,
    /// Whether it makes a bucket.
    pub(crate) creates: bool,
}

impl Reference {
    /// Runs a command undisturbed; what it leaves behind is kept in a file for the cases.
    pub(crate) fn of(subject: &Subject, folder: &Path) -> Self {
        let (sandbox, receipts) = prepared(subject);
        let ran = run(&sandbox, &words(subject, receipts.path(), 0), USUAL);
        assert_eq!(ran.code, 0, "{}: {}", subject.name, ran.told());
        let left = json!({ "requests": ran.requests, "state": judge::settled(&sandbox) });
        fs::write(folder.join(subject.name), left.to_string()).unwrap();
        let creates = sandbox.requests().iter().any(|request| request.operation == "CreateBucket");
        Self { requests: ran.requests, creates }
    }
}

/// Tries a case.
pub(crate) fn tried(case: &Case, folder: &Path) -> Outcome {
    let text = fs::read_to_string(folder.join(case.subject.name)).unwrap();
    let reference: Value = serde_json::from_str(&text).unwrap();
    let (requests, goal) = (&reference["requests"], &reference["state"]);
    let (sandbox, receipts) = prepared(case.subject);
    let before = judge::settled(&sandbox);
    let words = words(case.subject, receipts.path(), case.fault.wait());
    case.fault.strike(&sandbox, case.shape, case.nth);
    let first = run(&sandbox, &words, Patience { attempts: case.attempts(), answer: case.fault.patience() });
    let mut outcome = Outcome { disturbed: first.code != 0 || *requests != first.requests, ..Outcome::default() };
    outcome.looked(case, &sandbox, &before, &first);
    outcome.unfinished = first.code == 0 && judge::settled(&sandbox) != *goal;
    if case.fault.lingers() {
        let second = run(&sandbox, &words, USUAL);
        outcome.looked(case, &sandbox, &before, &second);
    }
    calm(&sandbox);
    for _ in 0..2 {
        let next = run(&sandbox, &words, USUAL);
        outcome.looked(case, &sandbox, &before, &next);
        if next.had_nothing_to_do() || next.code != 0 {
            outcome.converged = next.code == 0;
            break;
        }
    }
    let left = judge::settled(&sandbox);
    if left != *goal {
        outcome.converged = false;
        outcome.story.push(difference(goal, &left, ""));
    }
    outcome
}

fn prepared(subject: &Subject) -> (Sandbox, tempfile::TempDir) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let sandbox = runtime.block_on(Sandbox::seeded());
    let receipts = tempfile::tempdir().unwrap();
    for before in subject.before {
        let ran = run(&sandbox, &placed(before, receipts.path()), USUAL);
        assert_eq!(ran.code, 0, "{before}: {}", ran.told());
    }
    (sandbox, receipts)
}

fn placed(words: &str, receipts: &Path) -> String {
    words.replace("{receipts}", receipts.to_str().unwrap())
}

fn words(subject: &Subject, receipts: &Path, wait: u64) -> String {
    format!("{} --wait {wait}", placed(subject.words, receipts))
}

/// Where two states differ first.
fn difference(wanted: &Value, left: &Value, at: &str) -> String {
    if let (Value::Object(wanted), Value::Object(left)) = (wanted, left) {
        let mut keys: Vec<&String> = wanted.keys().chain(left.keys()).collect();
        keys.dedup();
        let one = |of: &serde_json::Map<String, Value>, key: &str| of.get(key).cloned().unwrap_or(Value::Null);
        let found = keys.into_iter().find(|key| one(wanted, key) != one(left, key));
        if let Some(key) = found {
            return difference(&one(wanted, key), &one(left, key), &format!("{at}/{key}"));
        }
    }
    format!("{at} is {left} in place of {wanted}")
}

/// How long a whole case may take: its runs, and some time to begin.
pub(crate) fn bound(case: &Case) -> Duration {
    case.fault.bound() * 4
}
