//! Each case in a process of its own, some at a time, with a watchdog.
//!
//! A process holds what the SDK counts for all its clients, such as the tokens for retries, and can be ended where it hangs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::case::Case;
use crate::outcome::Outcome;
use crate::trial;

/// The words of the case, the folder of the references, and the file for what came of it.
const CASE: &str = "LOGBUCKET_FAULTS_CASE";
const FOLDER: &str = "LOGBUCKET_FAULTS_FOLDER";
const RESULT: &str = "LOGBUCKET_FAULTS_RESULT";

/// How often a process is looked after.
const SLICE: Duration = Duration::from_millis(5);

/// Tries every case and returns what came of each, in order.
pub(crate) fn work(cases: &[Case], folder: &Path) -> Vec<(Case, Outcome)> {
    // Most of them wait most of the time.
    let hands = thread::available_parallelism().map_or(4, |cores| cores.get() * 8);
    let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    thread::scope(|scope| {
        for _ in 0..hands {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(case) = cases.get(at) else { break };
                    let outcome = apart(case, folder, &folder.join(format!("result-{at}")));
                    done.lock().unwrap().insert(at, (*case, outcome));
                }
            });
        }
    });
    done.into_inner().unwrap().into_values().collect()
}

/// Tries a case in a process of its own.
fn apart(case: &Case, folder: &Path, result: &Path) -> Outcome {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "the_program_converges_after_any_fault_at_any_request", "--nocapture"])
        .env(CASE, case.to_string())
        .env(FOLDER, folder)
        .env(RESULT, result)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    if !ends(&mut process, trial::bound(case)) {
        process.kill().unwrap();
        process.wait().unwrap();
        return Outcome::never("it never ended");
    }
    match fs::read_to_string(result) {
        Ok(text) => serde_json::from_str(&text).unwrap(),
        Err(_) => Outcome::never("it broke off"),
    }
}

/// Whether a process ends in time.
fn ends(process: &mut Child, within: Duration) -> bool {
    let started = Instant::now();
    while started.elapsed() < within {
        if process.try_wait().unwrap().is_some() {
            return true;
        }
        thread::sleep(SLICE);
    }
    false
}

/// Tries the case that the environment names, where it names one: then this process is one of those that [`apart`] starts.
pub(crate) fn serves() -> bool {
    let Ok(words) = std::env::var(CASE) else { return false };
    let of = |name: &str| std::env::var_os(name).unwrap();
    let outcome = trial::tried(&Case::parse(&words), Path::new(&of(FOLDER)));
    // Renamed when it is whole, so that nobody reads the half of it.
    let (result, begun) = (of(RESULT), Path::new(&of(RESULT)).with_extension("begun"));
    fs::write(&begun, serde_json::to_string(&outcome).unwrap()).unwrap();
    fs::rename(begun, result).unwrap();
    true
}
