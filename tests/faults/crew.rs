//! Each job in a process of its own, some at a time, with a watchdog.
//!
//! A process holds what the SDK counts for all its clients, such as the tokens for retries, and can be ended where it hangs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The words of the job, the folder that all jobs share, and the file for what came of it.
const JOB: &str = "LOGBUCKET_FAULTS_JOB";
const FOLDER: &str = "LOGBUCKET_FAULTS_FOLDER";
const RESULT: &str = "LOGBUCKET_FAULTS_RESULT";

/// How often a process is looked after.
const SLICE: Duration = Duration::from_millis(5);

/// A job.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// What is to be done, as the process reads it.
    pub(crate) words: String,
    /// How long it may take.
    pub(crate) bound: Duration,
}

/// A crew of processes that run the same test of this binary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crew<'a> {
    /// The test, which begins with [`served`].
    pub(crate) test: &'a str,
    /// The folder that all jobs share.
    pub(crate) folder: &'a Path,
    /// How many processes there are at once, for each core.
    pub(crate) hands: usize,
}

/// Why nothing came of a job, in words.
pub(crate) type Lost = &'static str;

impl Crew<'_> {
    /// Does every job and returns what came of each, in order.
    pub(crate) fn work<T: DeserializeOwned + Send>(&self, jobs: &[Job]) -> Vec<Result<T, Lost>> {
        let hands = thread::available_parallelism().map_or(1, usize::from) * self.hands;
        let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
        thread::scope(|scope| {
            for _ in 0..hands {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(at) else { break };
                        let outcome = self.apart(job, &self.folder.join(format!("result-{at}")));
                        done.lock().unwrap().insert(at, outcome);
                    }
                });
            }
        });
        done.into_inner().unwrap().into_values().collect()
    }

    /// Does a job in a process of its own.
    fn apart<T: DeserializeOwned>(&self, job: &Job, result: &Path) -> Result<T, Lost> {
        // Of work that the crew did before.
        let _ = fs::remove_file(result);
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", self.test, "--nocapture"])
            .env(JOB, &job.words)
            .env(FOLDER, self.folder)
            .env(RESULT, result)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        if !ends(&mut process, job.bound) {
            process.kill().unwrap();
            process.wait().unwrap();
            return Err("it never ended");
        }
        match fs::read_to_string(result) {
            Ok(text) => Ok(serde_json::from_str(&text).unwrap()),
            Err(_) => Err("it broke off"),
        }
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

/// Does the job that the environment names, where it names one: then this process is one of a crew's.
pub(crate) fn served<T: Serialize>(work: impl FnOnce(&str, &Path) -> T) -> bool {
    let Ok(words) = std::env::var(JOB) else { return false };
    let path = |name: &str| PathBuf::from(std::env::var_os(name).unwrap());
    let outcome = work(&words, &path(FOLDER));
    // Renamed when it is whole, so that nobody reads the half of it.
    let (result, begun) = (path(RESULT), path(RESULT).with_extension("begun"));
    fs::write(&begun, serde_json::to_string(&outcome).unwrap()).unwrap();
    fs::rename(begun, result).unwrap();
    true
}
