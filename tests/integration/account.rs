//! A simulated account with the program beside it: what every end-to-end test begins with.

use std::path::PathBuf;
use std::process::{Command, Output};

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{BucketView, Recorded, Sandbox, Served, seed};
use serde_json::Value;
use tokio::runtime::Runtime;

/// A sandbox over HTTP, and a home folder for the program.
pub(crate) struct Account {
    pub(crate) sandbox: Sandbox,
    served: Served,
    home: tempfile::TempDir,
    runtime: Runtime,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Account {
    /// The seeded account.
    pub(crate) fn seeded() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::seeded());
        let served = runtime.block_on(sandbox.serve(0)).unwrap();
        Self { sandbox, served, home: tempfile::tempdir().unwrap(), runtime }
    }

    /// Waits for something asynchronous.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Runs the program with these words, in an environment that holds nothing else.
    pub(crate) fn run(&self, words: &str) -> Ran {
        self.run_args(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    /// The same with more variables in the environment.
    pub(crate) fn run_with(&self, words: &str, variables: &[(&str, &str)]) -> Ran {
        self.sandbox.forget_requests();
        ran(self.command().envs(variables.iter().copied()).args(words.split_whitespace()).output().unwrap())
    }

    /// Where the sandbox is served.
    pub(crate) fn url(&self) -> String {
        self.served.url()
    }

    /// The folder that the program takes for its user's home.
    pub(crate) fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    pub(crate) fn run_args(&self, args: &[String]) -> Ran {
        self.sandbox.forget_requests();
        ran(self.command().args(args).output().unwrap())
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(PathBuf::from(env!("CARGO_BIN_EXE_logbucket")));
        command
            .env_clear()
            .env("HOME", self.home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", self.served.url())
            .env("AWS_ACCESS_KEY_ID", access_key_id(seed::ACCOUNT))
            .env("AWS_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY)
            .env("AWS_REGION", seed::REGION);
        // Where a coverage run collects what its processes have run.
        command.envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
        command
    }

    /// A bucket that must be there.
    #[track_caller]
    pub(crate) fn bucket(&self, name: &str) -> BucketView {
        self.sandbox.bucket(name).unwrap_or_else(|| panic!("no bucket {name}"))
    }

    /// A bucket's policy as JSON.
    #[track_caller]
    pub(crate) fn policy(&self, name: &str) -> Value {
        serde_json::from_str(&self.bucket(name).policy.expect("a policy")).unwrap()
    }

    /// The Sids of a bucket's policy, in order; a statement without one is `-`.
    #[track_caller]
    pub(crate) fn sids(&self, name: &str) -> Vec<String> {
        let policy = self.policy(name);
        let statements = policy["Statement"].as_array().unwrap();
        statements.iter().map(|statement| statement["Sid"].as_str().unwrap_or("-").to_owned()).collect()
    }

    /// The requests of the last run that change something, but for those about the test object.
    pub(crate) fn writes(&self) -> Vec<String> {
        let requests = self.sandbox.requests().into_iter();
        requests
            .filter(|request| request.mutating && !of_test_object(request))
            .map(|request| request.operation)
            .collect()
    }
}

fn of_test_object(request: &Recorded) -> bool {
    request.resource.contains("logbucket-test-run-")
}

fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Ran {
    /// The same run, which must have ended so.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as the one JSON document that it is.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    #[track_caller]
    pub(crate) fn omits(self, text: &str) -> Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(!all.contains(text), "`{text}` is in\n{all}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(all.contains(text), "`{text}` is not in\n{all}");
        self
    }
}
