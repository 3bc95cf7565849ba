//! Runs one case, and the undisturbed run that it is compared with.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sandbox::{FlowLogSeed, NetworkSeed, PolicyChange, Sandbox, seed};
use serde_json::{Value, json};

use crate::case::Case;
use crate::fault::{Shape, clear_faults};
use crate::judge;
use crate::outcome::Outcome;
use crate::program::{ClientSettings, DEFAULT, run};
use crate::subject::Subject;

/// An undisturbed run and its result.
#[derive(Debug)]
pub(crate) struct Reference {
    /// The number of requests.
    pub(crate) requests: usize,
    /// Whether the run creates a bucket.
    pub(crate) creates: bool,
}

impl Reference {
    /// Runs a command undisturbed. Saves the resulting state in a file for the cases.
    pub(crate) fn of(subject: &Subject, folder: &Path) -> Self {
        let scene = Scene::set(subject);
        let ran = run(&scene.sandbox, &scene.words(subject.words, 0), DEFAULT);
        assert_eq!(ran.code, 0, "{}: {}", subject.name, ran.details());
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

/// An account after the commands that run before the tested one.
struct Scene {
    sandbox: Sandbox,
    receipts: tempfile::TempDir,
    /// The state that belongs to others: everything in the account that the command does not affect.
    others: Value,
}

impl Scene {
    fn set(subject: &Subject) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::seeded());
        runtime.block_on(seed::plant_classic(&sandbox));
        seed::plant_vpc(&sandbox);
        // A colleague's flow logs: of the same network to another bucket, and of another network to the same place.
        let other = sandbox.put_network(NetworkSeed::vpc("theirs"));
        for (network, place) in [(seed::VPC, "old-alb-logs"), (&other, "shared-logs/net/")] {
            sandbox.put_flow_log(FlowLogSeed::new(network, &format!("arn:aws:s3:::{place}")));
        }
        let others = judge::settled(&sandbox);
        let mut scene = Self { sandbox, receipts: tempfile::tempdir().unwrap(), others };
        for words in subject.before {
            if subject.undoes() {
                scene.others = judge::settled(&scene.sandbox);
            }
            let ran = run(&scene.sandbox, &scene.words(words, 0), DEFAULT);
            assert_eq!(ran.code, 0, "{words}: {}", ran.details());
        }
        if !subject.undoes() {
            scene.others = judge::settled(&scene.sandbox);
        }
        scene
    }

    /// Returns a command's words. An undo names its run, because `latest` means another run once the named run is
    /// undone.
    fn words(&self, words: &str, wait: u64) -> String {
        let folder = self.receipts.path().display();
        let words = words.replace("latest", &self.newest().unwrap_or_default());
        let wait = if words.starts_with("init") { format!(" --wait {wait}") } else { String::new() };
        format!("{words} --receipt-dir {folder}{wait}")
    }

    /// Returns the newest run's ID.
    fn newest(&self) -> Option<String> {
        let files = fs::read_dir(self.receipts.path()).unwrap().map(|entry| entry.unwrap().path());
        let names = files.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
        let number = |name: &String| name.split('-').next().and_then(|number| number.parse::<u64>().ok());
        names.filter(|name| number(name).is_some()).max_by_key(number)
    }
}

/// Runs a case.
pub(crate) fn run_case(case: &Case, folder: &Path) -> Outcome {
    let text = fs::read_to_string(folder.join(case.subject.name)).unwrap();
    let reference: Value = serde_json::from_str(&text).unwrap();
    let (requests, goal) = (&reference["requests"], &reference["state"]);
    let scene = Scene::set(case.subject);
    let Scene { sandbox, others, .. } = &scene;
    // The harshest way in which AWS may change a bucket policy. Nothing can restore the policy while every call fails.
    // A run can't see it if reads lag for longer than the run watches the policy.
    if case.shape != Shape::Lasting && !case.fault.lingers() {
        sandbox.set_policy_change(PolicyChange::AlwaysOverwrites);
    }
    let before = judge::settled(sandbox);
    let words = scene.words(case.subject.words, case.fault.wait());
    case.fault.strike(sandbox, case.shape, case.nth);
    let first = run(sandbox, &words, ClientSettings { attempts: case.attempts(), answer: case.fault.answer_timeout() });
    let mut outcome = Outcome { disturbed: first.code != 0 || *requests != first.requests, ..Outcome::default() };
    outcome.record(case, sandbox, others, &first);
    let after = judge::settled(sandbox);
    outcome.untrue += usize::from(first.changed_nothing() && after != before);
    outcome.unfinished = first.code == 0 && after != *goal;
    if case.fault.lingers() {
        let second = run(sandbox, &words, DEFAULT);
        outcome.record(case, sandbox, others, &second);
    }
    clear_faults(sandbox);
    for _ in 0..2 {
        let next = run(sandbox, &words, DEFAULT);
        outcome.record(case, sandbox, others, &next);
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

/// Returns the first difference between two states.
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
    format!("{at} is {left} instead of {wanted}")
}

/// Returns how long a whole case may take: its runs, and some time to start.
pub(crate) fn bound(case: &Case) -> Duration {
    case.fault.bound() * 4
}
