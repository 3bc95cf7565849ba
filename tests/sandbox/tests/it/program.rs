//! The program itself, and its messages about its arguments.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use sandbox::account::access_key_id;
use sandbox::seed;

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sandbox")).args(arguments).output().expect("ran")
}

#[test]
fn help_is_printed_without_starting_the_server() {
    for arguments in [&["--help"][..], &["-h"], &["serve", "--help"], &["serve", "4599", "-h"]] {
        let output = run(arguments);
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}");
        assert!(String::from_utf8_lossy(&output.stdout).contains("sandbox serve [PORT]"), "{arguments:?}");
    }
}

#[test]
fn wrong_arguments_are_reported_with_the_usage() {
    for (arguments, what) in [
        (&["serve", "port"][..], "'port' is not a port"),
        (&["serve", "1", "2"], "serve takes only a port"),
        (&["serve", "--latency"], "--latency takes a number of milliseconds"),
        (&["serve", "--latency", "--crowd"], "--latency takes a number of milliseconds"),
        (&["serve", "--deliver", "0"], "--deliver takes a number of seconds"),
        (&["serve", "--crowds"], "unknown option '--crowds'"),
        (&[], "missing command"),
        (&["init"], "unknown command 'init'"),
    ] {
        let output = run(arguments);
        let reported = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{reported}");
        assert!(reported.starts_with(&format!("sandbox: {what}")) && reported.contains("Usage:"), "{reported}");
    }
}

#[cfg(unix)]
#[test]
fn a_crowd_is_served_slowly_and_the_requests_are_counted_at_the_end() {
    let mut serving = Command::new(env!("CARGO_BIN_EXE_sandbox"))
        .args(["serve", "0", "--crowd", "--latency", "50"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    let said: Vec<String> =
        BufReader::new(serving.stdout.take().expect("piped")).lines().take(6).collect::<Result<_, _>>().expect("text");
    assert!(said[5].starts_with("export "), "a pipe that is closed before the last line would end it: {said:?}");
    let address = said[0].strip_prefix("export AWS_ENDPOINT_URL=http://").expect("a URL");
    for _ in 0..2 {
        let before = Instant::now();
        let listed = listed_buckets(address);
        assert!(before.elapsed() >= Duration::from_millis(50), "{:?}", before.elapsed());
        assert!(listed.contains("crowd-data-0999"), "{listed}");
    }
    assert!(Command::new("kill").args(["-INT", &serving.id().to_string()]).status().expect("ran").success());
    let output = serving.wait_with_output().expect("ended");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "served 2 requests, at most 1 at once\n");
}

/// Returns the answer to a minimal `ListBuckets` request. Its signature is not checked.
fn listed_buckets(address: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    let key = access_key_id(seed::ACCOUNT);
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nAuthorization: AWS4-HMAC-SHA256 \
         Credential={key}/20260101/{}/s3/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n",
        seed::REGION
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer
}
