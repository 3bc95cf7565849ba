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
        let scene = Scene::set(subject);
        let ran = run(&scene.sandbox, &scene.words(subject.words, 0), USUAL);
        assert_eq!(ran.code, 0, "{}: {}", subject.name, ran.told());
        let after = judge::settled(&scene.sandbox);
        if subject.undoes() {
            assert_eq!(judge::as_before(&scene.others, &after), None, "{} puts everything back", subject.name);
        }
        let left = json!({ "requests": ran.requests, "state": after });
        fs::write(folder.join(subject.name), left.to_string()).unwrap();
        let creates = scene.sandbox.requests().iter().any(|request| request.operation == "CreateBucket");
        Self { requests: ran.requests, creates }
    }
}

/// An account in which what comes before a command has happened.
struct Scene {
    sandbox: Sandbox,
    receipts: tempfile::TempDir,
    /// What is others': the account without what the command is about.
    others: Value,
}

impl Scene {
    fn set(subject: &Subject) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::seeded());
        let others = judge::settled(&sandbox);
        let mut scene = Self { sandbox, receipts: tempfile::tempdir().unwrap(), others };
        for words in subject.before {
            if subject.undoes() {
                scene.others = judge::settled(&scene.sandbox);
            }
            let ran = run(&scene.sandbox, &scene.words(words, 0), USUAL);
            assert_eq!(ran.code, 0, "{words}: {}", ran.told());
        }
        if !subject.undoes() {
            scene.others = judge::settled(&scene.sandbox);
        }
        scene
    }

    /// The words of a command. An undo names its run: *the newest* would be another once this one is undone.
    fn words(&self, words: &str, wait: u64) -> String {
        let folder = self.receipts.path().display();
        let words = words.replace("latest", &self.newest().unwrap_or_default());
        let wait = if words.starts_with("init") { format!(" --wait {wait}") } else { String::new() };
        format!("{words} --receipt-dir {folder}{wait}")
    }

    /// The name of the newest run.
    fn newest(&self) -> Option<String> {
        let files = fs::read_dir(self.receipts.path()).unwrap().map(|entry| entry.unwrap().path());
        let names = files.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
        let number = |name: &String| name.split('-').next().and_then(|number| number.parse::<u64>().ok());
        names.filter(|name| number(name).is_some()).max_by_key(number)
    }
}

/// Tries a case.
pub(crate) fn tried(case: &Case, folder: &Path) -> Outcome {
    let text = fs::read_to_string(folder.join(case.subject.name)).unwrap();
    let reference: Value = serde_json::from_str(&text).unwrap();
    let (requests, goal) = (&reference["requests"], &reference["state"]);
    let scene = Scene::set(case.subject);
    let Scene { sandbox, others, .. } = &scene;
    let before = judge::settled(sandbox);
    let words = scene.words(case.subject.words, case.fault.wait());
    case.fault.strike(sandbox, case.shape, case.nth);
    let first = run(sandbox, &words, Patience { attempts: case.attempts(), answer: case.fault.patience() });
    let mut outcome = Outcome { disturbed: first.code != 0 || *requests != first.requests, ..Outcome::default() };
    outcome.looked(case, sandbox, others, &first);
    let after = judge::settled(sandbox);
    outcome.untrue += usize::from(first.changed_nothing() && after != before);
    outcome.unfinished = first.code == 0 && after != *goal;
    if case.fault.lingers() {
        let second = run(sandbox, &words, USUAL);
        outcome.looked(case, sandbox, others, &second);
    }
    calm(sandbox);
    for _ in 0..2 {
        let next = run(sandbox, &words, USUAL);
        outcome.looked(case, sandbox, others, &next);
        if next.had_nothing_to_do() || next.code != 0 {
            outcome.converged = next.code == 0;
            break;
        }
    }
    let left = judge::settled(sandbox);
    if left != *goal {
        outcome.converged = false;
        outcome.story.push(difference(goal, &left, ""));
    }
    outcome
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
