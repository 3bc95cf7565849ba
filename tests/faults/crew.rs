//! Runs each job in its own process, several at a time, with a watchdog.
//!
//! In one process, the SDK's clients would share state, such as retry tokens. Also, a process that hangs can be killed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The environment variables with the job's words, the folder that all jobs share, and the file for the result.
const JOB: &str = "LOGBUCKET_FAULTS_JOB";
const FOLDER: &str = "LOGBUCKET_FAULTS_FOLDER";
const RESULT: &str = "LOGBUCKET_FAULTS_RESULT";

/// How often to check on a process.
const SLICE: Duration = Duration::from_millis(5);

#[derive(Clone, Debug)]
pub(crate) struct Job {
    /// The words that tell the process what to do.
    pub(crate) words: String,
    /// The time limit.
    pub(crate) bound: Duration,
}

/// Processes that run the same test of this binary.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crew<'a> {
    /// The test. It must begin with [`serve_job`].
    pub(crate) test: &'a str,
    pub(crate) folder: &'a Path,
    /// How many processes run at once per core.
    pub(crate) per_core: usize,
}

/// Why a job has no result, as text.
pub(crate) type Lost = &'static str;

impl Crew<'_> {
    /// Runs every job and returns the results in order.
    pub(crate) fn work<T: DeserializeOwned + Send>(&self, jobs: &[Job]) -> Vec<Result<T, Lost>> {
        let processes = thread::available_parallelism().map_or(1, usize::from) * self.per_core;
        let (next, done) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
        thread::scope(|scope| {
            for _ in 0..processes {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(job) = jobs.get(at) else { break };
                        let outcome = self.run_in_process(job, &self.folder.join(format!("result-{at}")));
                        done.lock().unwrap().insert(at, outcome);
                    }
                });
            }
        });
        done.into_inner().unwrap().into_values().collect()
    }

    /// Runs a job in its own process.
    fn run_in_process<T: DeserializeOwned>(&self, job: &Job, result: &Path) -> Result<T, Lost> {
        // An earlier crew may have left a result.
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
            Err(_) => Err("it crashed"),
        }
    }
}

/// Returns whether a process ends in time.
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

/// Runs the job that the environment names. Returns false if it names none, because this process then belongs to no
/// crew.
pub(crate) fn serve_job<T: Serialize>(work: impl FnOnce(&str, &Path) -> T) -> bool {
    let Ok(words) = std::env::var(JOB) else { return false };
    let path = |name: &str| PathBuf::from(std::env::var_os(name).unwrap());
    let outcome = work(&words, &path(FOLDER));
    // The file is renamed when it is complete, so that no one reads an incomplete file.
    let (result, begun) = (path(RESULT), path(RESULT).with_extension("begun"));
    fs::write(&begun, serde_json::to_string(&outcome).unwrap()).unwrap();
    fs::rename(begun, result).unwrap();
    true
}
