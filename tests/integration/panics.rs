//! A panic is an error like any other: one message, one document, and one of the program's exit codes.

use std::io::Write as _;
use std::process::Command;

use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use logbucket::Access;
use sandbox::Sandbox;

use crate::account::Ran;
use crate::tables::each_case;

/// The variable with the arguments of the run in its own process.
const WORDS: &str = "LOGBUCKET_TEST_WORDS";

/// Marks the start and end of the run's output.
const MARK: &str = "\n=====\n";

/// A client that panics when used, with a password in its message.
#[derive(Debug)]
struct Panics;

impl HttpClient for Panics {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        panic!("no connector for http://me:hush@host\nsecond line")
    }
}

fn mark() {
    let mut out = std::io::stdout();
    out.write_all(MARK.as_bytes()).unwrap();
    out.flush().unwrap();
}

#[test]
#[expect(clippy::exit, reason = "the exit code is what the other tests look at")]
fn a_run_that_panics() {
    // Only the process that the other tests start has anything to run.
    let Ok(words) = std::env::var(WORDS) else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = runtime.block_on(Sandbox::seeded()).sdk_config();
    let config = config.into_builder().http_client(SharedHttpClient::new(Panics)).build();
    let argv = std::iter::once("logbucket").chain(words.split(' ')).map(Into::into);
    mark();
    let exit = logbucket::run(argv, Access::Through(Box::new(config)));
    mark();
    std::process::exit(exit.number().into());
}

/// Runs the program in its own process.
fn run(words: &str) -> Ran {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "panics::a_run_that_panics", "--nocapture"]).env(WORDS, words);
    let output = command.output().unwrap();
    let all = String::from_utf8(output.stdout).unwrap();
    let stdout = all.split(MARK).nth(1).unwrap_or_else(|| panic!("{all}")).to_owned();
    Ran { code: output.status.code().unwrap(), stdout, stderr: String::from_utf8(output.stderr).unwrap() }
}

#[test]
fn a_panic_is_reported_as_an_error_that_asks_for_a_bug_report() {
    let cases = [
        ("check alb --source web", false),
        ("scan --region us-east-1", false),
        ("init alb --source web --bucket demo-logs --yes", true),
    ];
    each_case(cases, |(words, writes)| {
        let ran = run(words).ends(1);
        assert_eq!(ran.stdout, "", "{words}");
        assert!(ran.stderr.starts_with("error: internal error at tests/integration/panics.rs:"), "{ran:?}");
        assert!(ran.stderr.contains("hint: this is a bug in logbucket: please report it"), "{ran:?}");
        assert_eq!(ran.stderr.contains("changes may have been made"), writes, "{ran:?}");
        let others = ["hush", "second line", "thread '", "RUST_BACKTRACE"];
        assert!(!others.iter().any(|other| ran.stderr.contains(other)), "{ran:?}");
        let json = run(&format!("{words} --output json")).ends(1);
        let document = json.json();
        assert_eq!(document["schema"], "logbucket.error/1");
        assert!(document["error"].as_str().unwrap().starts_with("internal error at "), "{document}");
        assert!(!json.stdout.contains("hush") && !json.stderr.contains("hush"), "{json:?}");
    });
}
