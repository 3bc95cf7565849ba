//! Runs the program in this process and captures its output.

use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use logbucket::Access;
use sandbox::Sandbox;
use serde_json::Value;

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: u8,
    /// The printed JSON document.
    pub(crate) document: Value,
    pub(crate) stderr: String,
    pub(crate) began: SystemTime,
    pub(crate) took: Duration,
    /// The number of requests.
    pub(crate) requests: usize,
}

/// A client's retries and timeout.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClientSettings {
    /// How often it tries a call.
    pub(crate) attempts: u32,
    /// How long it waits for an answer.
    pub(crate) answer: Duration,
}

/// The default client, but without pauses between tries.
pub(crate) const DEFAULT: ClientSettings = ClientSettings { attempts: 3, answer: Duration::from_secs(20) };

pub(crate) fn run(sandbox: &Sandbox, words: &str, settings: ClientSettings) -> Ran {
    let retries = RetryConfig::standard().with_max_attempts(settings.attempts);
    let config = sandbox
        .sdk_config()
        .into_builder()
        .retry_config(retries.with_initial_backoff(Duration::from_millis(1)))
        .timeout_config(TimeoutConfig::builder().read_timeout(settings.answer).build())
        .build();
    let argv = ["logbucket"].into_iter().chain(words.split(' ')).chain(["--output", "json"]).map(OsString::from);
    sandbox.forget_requests();
    let (began, started) = (SystemTime::now(), Instant::now());
    let connect = Access::Through(Box::new(config));
    let (exit, stdout, stderr) = silently(|| logbucket::run(argv, connect));
    let took = started.elapsed();
    let document = serde_json::from_str(&stdout).unwrap_or(Value::Null);
    Ran { code: exit.number(), document, stderr, began, took, requests: sandbox.requests().len() }
}

/// Redirects printed output to files. Nothing else in the process may print meanwhile.
fn silently<T>(print: impl FnOnce() -> T) -> (T, String, String) {
    let kept = (std::io::stdout().as_fd().try_clone_to_owned(), std::io::stderr().as_fd().try_clone_to_owned());
    let mut files = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    rustix::stdio::dup2_stdout(&files.0).unwrap();
    rustix::stdio::dup2_stderr(&files.1).unwrap();
    let printed = print();
    std::io::stdout().flush().unwrap();
    rustix::stdio::dup2_stdout(kept.0.unwrap()).unwrap();
    rustix::stdio::dup2_stderr(kept.1.unwrap()).unwrap();
    let read = |file: &mut File| {
        let mut text = String::new();
        file.rewind().unwrap();
        file.read_to_string(&mut text).unwrap();
        text
    };
    (printed, read(&mut files.0), read(&mut files.1))
}

impl Ran {
    /// Returns whether there was nothing to do.
    pub(crate) fn had_nothing_to_do(&self) -> bool {
        let planned = self.document["plan"]["steps"].as_array();
        let put_back = self.document["changes"].as_array();
        let writes = |change: &&Value| matches!(change["verdict"].as_str(), Some("restore" | "delete"));
        self.code == 0
            && (planned.is_some_and(Vec::is_empty)
                || put_back.is_some_and(|changes| !changes.iter().any(|change| writes(&change))))
    }

    /// Returns whether the exit code says that nothing changed.
    pub(crate) fn changed_nothing(&self) -> bool {
        matches!(self.code, 1 | 5)
    }

    /// Returns the result of a run or an undo in one line.
    pub(crate) fn summary(&self) -> String {
        let text = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
        let list = |name: &str| self.document[name].as_array().cloned().unwrap_or_default().into_iter();
        let changes = list("changes").map(|change| {
            let text = |name: &str| text(&change, name);
            format!("[{} {}: {} {}]", text("verdict"), text("outcome"), text("what"), text("why"))
        });
        let done = list("done").map(|step| format!("[{}]", text(&step, "what")));
        let named = text(&self.document, "run") + &text(&self.document["run"], "run");
        let details = [named, text(&self.document, "error"), text(&self.document, "refusal")];
        details.into_iter().chain(changes).chain(done).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Returns the details of a failure.
    pub(crate) fn details(&self) -> String {
        let text = |name: &str| self.document[name].as_str().unwrap_or_default().to_owned();
        let delivery = &self.document["delivery"];
        format!(
            "exit {} after {:?}, {} requests: {}{} {delivery}",
            self.code,
            self.took,
            self.requests,
            text("error"),
            self.stderr
        )
    }
}
