//! A simulated account and the program: the start of every end-to-end test.

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

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Account {
    pub(crate) fn seeded() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::seeded());
        let served = runtime.block_on(sandbox.serve(0)).unwrap();
        Self { sandbox, served, home: tempfile::tempdir().unwrap(), runtime }
    }

    /// The seeded account with a Classic Load Balancer, `old-web`.
    pub(crate) fn with_classic() -> Self {
        let account = Self::seeded();
        account.wait(seed::plant_classic(&account.sandbox));
        account
    }

    /// Waits for a future.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Runs the program with these arguments and a minimal environment.
    pub(crate) fn run(&self, words: &str) -> Ran {
        self.run_args(&words.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    /// Runs the program with additional environment variables.
    pub(crate) fn run_with(&self, words: &str, variables: &[(&str, &str)]) -> Ran {
        self.sandbox.forget_requests();
        Ran::from_output(
            self.command().envs(variables.iter().copied()).args(words.split_whitespace()).output().unwrap(),
        )
    }

    /// The sandbox's URL.
    pub(crate) fn url(&self) -> String {
        self.served.url()
    }

    /// The program's home folder.
    pub(crate) fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    pub(crate) fn run_args(&self, args: &[String]) -> Ran {
        self.sandbox.forget_requests();
        Ran::from_output(self.command().args(args).output().unwrap())
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
        // Where a coverage run collects its data.
        command.envs(std::env::var_os("LLVM_PROFILE_FILE").map(|file| ("LLVM_PROFILE_FILE", file)));
        command
    }

    /// Returns a bucket. Panics if there is none.
    #[track_caller]
    pub(crate) fn bucket(&self, name: &str) -> BucketView {
        self.sandbox.bucket(name).unwrap_or_else(|| panic!("no bucket {name}"))
    }

    /// Returns a bucket's policy as JSON.
    #[track_caller]
    pub(crate) fn policy(&self, name: &str) -> Value {
        serde_json::from_str(&self.bucket(name).policy.expect("a policy")).unwrap()
    }

    /// Returns the Sids of a bucket's policy, in order. A statement without a Sid is `-`.
    #[track_caller]
    pub(crate) fn sids(&self, name: &str) -> Vec<String> {
        let policy = self.policy(name);
        let statements = policy["Statement"].as_array().unwrap();
        statements.iter().map(|statement| statement["Sid"].as_str().unwrap_or("-").to_owned()).collect()
    }

    /// Returns the requests of the last run that change something, except requests about the test object.
    pub(crate) fn writes(&self) -> Vec<String> {
        let requests = self.sandbox.requests().into_iter();
        requests
            .filter(|request| request.mutating && !is_about_a_test_object(request))
            .map(|request| request.operation)
            .collect()
    }
}

fn is_about_a_test_object(request: &Recorded) -> bool {
    request.resource.contains("logbucket-test-run-")
}

impl Ran {
    fn from_output(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Parses standard output as one JSON document.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// Asserts that the text is in neither stream.
    #[track_caller]
    pub(crate) fn omits(self, text: &str) -> Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(!all.contains(text), "`{text}` is in\n{all}");
        self
    }

    /// Asserts that the text is in one of the streams.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(all.contains(text), "`{text}` is not in\n{all}");
        self
    }
}
