//! Proxies and their exceptions.

use std::net::TcpListener;

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Effect, Fault, When, seed};

use super::company::{CHECK, Company, OF_BUCKET, assert_judged, write_file};
use crate::account::Account;
use crate::tables::each_case;

/// A loopback address without a listener.
pub(super) fn unused_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn every_https_call_is_tunneled_through_the_proxy() {
    let company = Company::new();
    let (url, bundle) = (company.url(), company.bundle.clone());
    for variable in ["HTTPS_PROXY", "https_proxy"] {
        for (words, service) in [(CHECK, "elasticloadbalancing.us-east-1."), (OF_BUCKET, "app-data.s3.us-east-1.")] {
            let ran = company.run(words, &[(variable, &url), ("AWS_CA_BUNDLE", &bundle)]);
            assert_judged(&ran);
            let hosts = company.hosts();
            for service in ["sts.us-east-1.", service] {
                let is_asked = |host: &String| host.starts_with(service) && host.ends_with(".amazonaws.com:443");
                assert!(hosts.iter().any(is_asked), "{service}: {hosts:?}");
            }
            let passed = company.proxy.passed().len();
            assert!(!company.account.sandbox.requests().is_empty() && passed > 0);
        }
    }
    // The proxy itself got no request that was sent in a tunnel.
    assert!(company.proxy.passed().iter().all(|passed| passed.method == "CONNECT"));
}

#[test]
fn the_calls_for_credentials_go_through_the_proxy_too() {
    let company = Company::new();
    let keys =
        format!("aws_access_key_id = {}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n", access_key_id(seed::ACCOUNT));
    let bundle = company.bundle.clone();
    let role =
        "[profile ops]\nrole_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\nregion = us-east-1\n";
    write_file(&company.account, ".aws/config", &format!("{role}ca_bundle = {bundle}\n"));
    write_file(&company.account, ".aws/credentials", &format!("[base]\n{keys}"));
    let ran = company.run(&format!("{CHECK} --profile ops"), &[("HTTPS_PROXY", &company.url())]);
    assert_judged(&ran);
    assert!(company.account.sandbox.requests().iter().any(|request| request.operation == "AssumeRole"));
}

#[test]
fn the_http_proxy_is_used_only_for_http_endpoints() {
    let company = Company::new();
    let endpoint = "http://aws.corp.example:8080";
    for variable in ["HTTP_PROXY", "http_proxy"] {
        let ran = company.run(CHECK, &[(variable, &company.url()), ("AWS_ENDPOINT_URL", endpoint)]);
        assert_judged(&ran);
        let passed = company.proxy.passed();
        assert!(!passed.is_empty() && passed.iter().all(|one| one.target == "aws.corp.example:8080"), "{passed:?}");
    }
    // A proxy for the other scheme does not apply.
    let ran = company.run(CHECK, &[("HTTPS_PROXY", &unused_url()), ("AWS_ENDPOINT_URL", &company.account.url())]);
    assert_judged(&ran);
    assert_eq!(company.proxy.passed(), []);
}

#[test]
fn lowercase_variables_take_precedence_and_a_scheme_is_optional() {
    let company = Company::new();
    let (url, bundle) = (company.url(), company.bundle.clone());
    let bare = company.proxy.address();
    let nobody = unused_url();
    let ran = company.run(CHECK, &[("HTTPS_PROXY", &nobody), ("https_proxy", &url), ("AWS_CA_BUNDLE", &bundle)]);
    assert_judged(&ran);
    assert_judged(&company.run(CHECK, &[("HTTPS_PROXY", &bare), ("AWS_CA_BUNDLE", &bundle)]));
    // An empty lowercase variable means no proxy, whatever the uppercase variable says.
    let endpoint = company.account.url();
    let ran = company.run(CHECK, &[("HTTP_PROXY", &nobody), ("http_proxy", ""), ("AWS_ENDPOINT_URL", &endpoint)]);
    assert_judged(&ran);
}

#[test]
fn exempt_hosts_are_reached_without_the_proxy() {
    let company = Company::new();
    let endpoint = company.account.url();
    let port = endpoint.rsplit(':').next().unwrap();
    let with_port = format!("example.com,127.0.0.1:{port}");
    let nobody = unused_url();
    for (variable, exempt) in
        [("NO_PROXY", "127.0.0.1"), ("no_proxy", "127.0.0.0/8"), ("NO_PROXY", "*"), ("NO_PROXY", &with_port)]
    {
        let ran = company.run(CHECK, &[("HTTP_PROXY", &nobody), (variable, exempt), ("AWS_ENDPOINT_URL", &endpoint)]);
        assert_judged(&ran);
    }
    let ran = company.run(
        &format!("{CHECK} -v"),
        &[
            ("HTTP_PROXY", &nobody),
            ("NO_PROXY", "127.0.0.1:1"),
            ("AWS_ENDPOINT_URL", &endpoint),
            ("AWS_MAX_ATTEMPTS", "1"),
        ],
    );
    assert_eq!(ran.code, 1, "{ran:?}");
    ran.says(&format!("no answer from {endpoint} through the proxy {nobody} of HTTP_PROXY"))
        .says("hint: check the proxy in HTTP_PROXY, or exempt that host from it in NO_PROXY");
}

#[test]
fn credentials_are_sent_to_the_proxy() {
    // `me:h@sh` in base64.
    let company = Company::with_authorization(Some("Basic bWU6aEBzaA=="));
    let (address, bundle) = (company.proxy.address(), company.bundle.clone());
    for user in ["me:h%40sh", "me:h@sh"] {
        let url = format!("http://{user}@{address}");
        assert_judged(&company.run(CHECK, &[("HTTPS_PROXY", &url), ("AWS_CA_BUNDLE", &bundle)]));
        assert_judged(&company.run(CHECK, &[("HTTP_PROXY", &url), ("AWS_ENDPOINT_URL", "http://aws.corp.example")]));
    }
    let wrong = format!("http://me:hush@{address}");
    let cases = [
        [("HTTPS_PROXY", wrong.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())],
        [("HTTP_PROXY", wrong.as_str()), ("AWS_ENDPOINT_URL", "http://aws.corp.example")],
    ];
    each_case(cases, |variables| {
        let ran = company.run(&format!("{CHECK} -vv"), &variables);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(!ran.stderr.contains("hush") && !ran.stdout.contains("hush"), "{ran:?}");
        let hint = format!(
            "the proxy needs a user and a password: write `USER:PASSWORD@` before its host in {}",
            variables[0].0
        );
        ran.says(&hint);
    });
}

#[test]
fn an_invalid_proxy_is_refused_before_anything_is_sent() {
    let company = Company::new();
    let cases = [
        ("socks5://proxy:1080", "`socks5://proxy:1080` is not a proxy URL"),
        ("http://me:hush@proxy:0", "`http://proxy:0` is not a proxy URL: its port is not a number from 1 to 65535"),
        ("http://me:hush@", "`http://` is not a proxy URL"),
        ("http://me:hush@pro xy", "is not a proxy URL: only printable ASCII characters without spaces are allowed"),
        ("http://me:hush@pro<xy>", "is not a proxy URL"),
    ];
    each_case(cases, |(value, says)| {
        for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"] {
            let ran = company.account.run_with(CHECK, &[(variable, value)]);
            assert_eq!(ran.code, 2, "{value}: {ran:?}");
            assert!(!ran.stderr.contains("hush"), "{ran:?}");
            ran.says(&format!("{variable}: ")).says(says).says(&format!("hint: set {variable} to an HTTP proxy"));
            assert!(company.account.sandbox.requests().is_empty());
        }
    });
}

#[test]
fn a_proxys_error_page_is_not_taken_for_a_response_from_aws() {
    let between = "a web page came in place of AWS's response (HTTP";
    let cases = [("DescribeLoadBalancers", CHECK), ("GetBucketLogging", OF_BUCKET), ("HeadBucket", OF_BUCKET)];
    each_case(cases, |(operation, words)| {
        // The message does not claim that something does not exist or is not allowed.
        for status in [502, 503, 504, 500, 403, 404] {
            let account = Account::seeded();
            account.run("init s3-access --source app-data --bucket demo-logs --yes --wait 0").ends(0);
            account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect: Effect::Page(status) });
            let ran = account.run_with(words, &[("AWS_MAX_ATTEMPTS", "1")]);
            let all = format!("{}{}", ran.stdout, ran.stderr);
            assert!(all.contains(between), "{operation} {status}: {ran:?}");
            for word in ["AWS failed", "health.aws.amazon.com", "AccessDenied", "does not exist", "no bucket"] {
                assert!(!all.contains(word), "{operation} {status} {word}: {ran:?}");
            }
        }
    });
    let account = Account::seeded();
    account.sandbox.inject(Fault { when: When::Operation("GetCallerIdentity".to_owned()), effect: Effect::Page(503) });
    let ran = account.run_with(CHECK, &[("AWS_MAX_ATTEMPTS", "1")]).ends(1);
    ran.says("hint: check the proxy in HTTPS_PROXY or HTTP_PROXY, or exempt the host from it in NO_PROXY");
    // A failure of AWS itself is still reported as AWS's.
    let account = Account::seeded();
    let effect = Effect::status(503, "ServiceUnavailable", "Try again.");
    account.sandbox.inject(Fault { when: When::Operation("GetCallerIdentity".to_owned()), effect });
    account.run_with(CHECK, &[("AWS_MAX_ATTEMPTS", "1")]).ends(1).says("the failure is in AWS, not in the request");
}

#[test]
fn a_write_answered_by_a_proxys_page_is_reported_as_possibly_applied() {
    let words = "init nlb --source edge --bucket demo-logs --kms-key create --yes";
    for status in [502, 503] {
        let account = Account::seeded();
        let when = When::Operation("PutBucketEncryption".to_owned());
        account.sandbox.inject(Fault { when, effect: Effect::Page(status) });
        let ran = account.run_with(words, &[("AWS_MAX_ATTEMPTS", "1")]).ends(6);
        ran.says(&format!("a web page came in place of AWS's response (HTTP {status})"));
        account.sandbox.clear_faults();
        account.run(words).ends(0);
    }
}
