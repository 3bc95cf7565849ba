//! Endpoints that fail or don't answer like AWS.

use sandbox::{Effect, Fault, When};

use super::setup::{ALB, account_that_refuses, error_text, says};
use crate::account::Account;
use crate::tables::each_case;

/// A server that is not AWS and answers each request with this status and text.
fn server_that_answers(status: &'static str, kind: &'static str, text: &'static str) -> String {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut length = 0;
            for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let _ = reader.read_exact(&mut vec![0; length]);
            let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
            let head =
                format!("HTTP/1.1 {status}\r\n{kind}Content-Length: {}\r\nConnection: close\r\n\r\n", text.len());
            let _ = reader.get_mut().write_all(format!("{head}{text}").as_bytes());
        }
    });
    url
}

#[test]
fn an_unparseable_response_is_described() {
    let account = Account::seeded();
    let mut errors = String::new();
    for (status, kind, text) in [
        ("200 OK", "text/plain", "hello"),
        ("200 OK", "", "hello"),
        ("200 OK", "", ""),
        ("200 OK", "application/json", "{}"),
        ("302 Found", "text/plain", "elsewhere"),
        ("404 Not Found", "text/plain", "no such page"),
    ] {
        let ran = account
            .run_with("check alb --source web", &[("AWS_ENDPOINT_URL", &server_that_answers(status, kind, text))]);
        errors.push_str(&error_text(&account, &ran.ends(1)));
    }
    insta::assert_snapshot!(errors);
}

#[test]
fn exhausted_retries_are_reported() {
    let account = account_that_refuses("DescribeLoadBalancers", 400, "Throttling", "Rate exceeded");
    says!(account, account.run(ALB));
}

#[test]
fn the_configured_number_of_attempts_applies_to_every_command() {
    each_case(["scan", "check --bucket shared-logs", ALB], |command| {
        let account = account_that_refuses("GetCallerIdentity", 503, "ServiceUnavailable", "Try again.");
        account.run_with(command, &[("AWS_MAX_ATTEMPTS", "1")]).ends(1);
        let asked =
            account.sandbox.requests().iter().filter(|request| request.operation == "GetCallerIdentity").count();
        assert_eq!(asked, 1, "{command}");
    });
}

#[test]
fn a_failure_of_aws_is_distinguished_from_a_bad_request() {
    let account =
        account_that_refuses("DescribeLoadBalancers", 500, "InternalFailure", "We encountered an internal error.");
    says!(account, account.run(ALB));
}

#[test]
fn an_endpoint_that_refuses_connections_is_named() {
    let account = Account::seeded();
    says!(account, account.run(&format!("{ALB} --endpoint-url http://127.0.0.1:1")));
}

#[test]
fn an_endpoint_that_drops_connections_is_named() {
    let account = Account::seeded();
    let when = When::Operation("GetCallerIdentity".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::ResetBefore });
    says!(account, account.run(ALB));
}

#[test]
fn an_endpoint_without_tls_is_named() {
    let account = Account::seeded();
    let url = account.url().replace("http:", "https:");
    says!(account, account.run(&format!("{ALB} --endpoint-url {url}")));
}
