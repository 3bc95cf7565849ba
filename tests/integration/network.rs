//! A company's network: proxies, private CAs, and AWS's endpoint variants, as in the AWS CLI.

use std::fs;
use std::net::TcpListener;
use std::sync::Arc;

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Ca, Effect, Fault, Passed, Proxy, When, seed};

use crate::account::{Account, Ran};

const CHECK: &str = "check alb --source web";
const OF_BUCKET: &str = "check s3-access --source app-data";

/// An account behind a proxy: AWS's real endpoint names only work through it.
struct Company {
    account: Account,
    proxy: Proxy,
    bundle: String,
}

impl Company {
    fn new() -> Self {
        Self::with_authorization(None)
    }

    fn with_authorization(authorization: Option<&str>) -> Self {
        let account = Account::seeded();
        let ca = Arc::new(Ca::new().unwrap());
        let proxy = account.wait(account.sandbox.serve_proxy(Arc::clone(&ca), authorization)).unwrap();
        let bundle = written(&account, "ca.pem", &ca.pem());
        Self { account, proxy, bundle }
    }

    /// A run that only has AWS's own endpoints.
    fn run(&self, words: &str, variables: &[(&str, &str)]) -> Ran {
        self.proxy.forget();
        let none = [("AWS_ENDPOINT_URL", "")];
        let all: Vec<_> = none.iter().chain(variables).copied().collect();
        self.account.run_with(words, &all)
    }

    fn url(&self) -> String {
        format!("http://{}", self.proxy.address())
    }

    /// The hosts of the requested tunnels.
    fn hosts(&self) -> Vec<String> {
        let tunnels = self.proxy.passed().into_iter().filter(|passed| passed.method == "CONNECT");
        let mut hosts: Vec<String> = tunnels.map(|Passed { target, .. }| target).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }
}

fn written(account: &Account, name: &str, text: &str) -> String {
    let path = account.home().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[track_caller]
fn judged(ran: &Ran) {
    assert!([0, 3].contains(&ran.code), "{ran:?}");
}

/// A loopback address without a listener.
fn nobody() -> String {
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
            judged(&ran);
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
    written(&company.account, ".aws/config", &format!("{role}ca_bundle = {bundle}\n"));
    written(&company.account, ".aws/credentials", &format!("[base]\n{keys}"));
    let ran = company.run(&format!("{CHECK} --profile ops"), &[("HTTPS_PROXY", &company.url())]);
    judged(&ran);
    assert!(company.account.sandbox.requests().iter().any(|request| request.operation == "AssumeRole"));
}

#[test]
fn the_http_proxy_is_used_only_for_http_endpoints() {
    let company = Company::new();
    let endpoint = "http://aws.corp.example:8080";
    for variable in ["HTTP_PROXY", "http_proxy"] {
        let ran = company.run(CHECK, &[(variable, &company.url()), ("AWS_ENDPOINT_URL", endpoint)]);
        judged(&ran);
        let passed = company.proxy.passed();
        assert!(!passed.is_empty() && passed.iter().all(|one| one.target == "aws.corp.example:8080"), "{passed:?}");
    }
    // A proxy for the other scheme does not apply.
    let ran = company.run(CHECK, &[("HTTPS_PROXY", &nobody()), ("AWS_ENDPOINT_URL", &company.account.url())]);
    judged(&ran);
    assert_eq!(company.proxy.passed(), []);
}

#[test]
fn lowercase_variables_take_precedence_and_a_scheme_is_optional() {
    let company = Company::new();
    let (url, bundle) = (company.url(), company.bundle.clone());
    let bare = company.proxy.address();
    let nobody = nobody();
    let ran = company.run(CHECK, &[("HTTPS_PROXY", &nobody), ("https_proxy", &url), ("AWS_CA_BUNDLE", &bundle)]);
    judged(&ran);
    judged(&company.run(CHECK, &[("HTTPS_PROXY", &bare), ("AWS_CA_BUNDLE", &bundle)]));
    // An empty lowercase variable means no proxy, whatever the uppercase variable says.
    let endpoint = company.account.url();
    let ran = company.run(CHECK, &[("HTTP_PROXY", &nobody), ("http_proxy", ""), ("AWS_ENDPOINT_URL", &endpoint)]);
    judged(&ran);
}

#[test]
fn exempt_hosts_are_reached_without_the_proxy() {
    let company = Company::new();
    let endpoint = company.account.url();
    let port = endpoint.rsplit(':').next().unwrap();
    let with_port = format!("example.com,127.0.0.1:{port}");
    let nobody = nobody();
    for (variable, exempt) in
        [("NO_PROXY", "127.0.0.1"), ("no_proxy", "127.0.0.0/8"), ("NO_PROXY", "*"), ("NO_PROXY", &with_port)]
    {
        let ran = company.run(CHECK, &[("HTTP_PROXY", &nobody), (variable, exempt), ("AWS_ENDPOINT_URL", &endpoint)]);
        judged(&ran);
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
        judged(&company.run(CHECK, &[("HTTPS_PROXY", &url), ("AWS_CA_BUNDLE", &bundle)]));
        judged(&company.run(CHECK, &[("HTTP_PROXY", &url), ("AWS_ENDPOINT_URL", "http://aws.corp.example")]));
    }
    let wrong = format!("http://me:hush@{address}");
    for variables in [
        [("HTTPS_PROXY", wrong.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())],
        [("HTTP_PROXY", wrong.as_str()), ("AWS_ENDPOINT_URL", "http://aws.corp.example")],
    ] {
        let ran = company.run(&format!("{CHECK} -vv"), &variables);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(!ran.stderr.contains("hush") && !ran.stdout.contains("hush"), "{ran:?}");
        let hint = format!(
            "the proxy needs a user and a password: write `USER:PASSWORD@` before its host in {}",
            variables[0].0
        );
        ran.says(&hint);
    }
}

#[test]
fn an_invalid_proxy_is_refused_before_anything_is_sent() {
    let company = Company::new();
    for (value, says) in [
        ("socks5://proxy:1080", "`socks5://proxy:1080` is not a proxy URL"),
        ("http://me:hush@proxy:0", "`http://proxy:0` is not a proxy URL: its port is not a number from 1 to 65535"),
        ("http://me:hush@", "`http://` is not a proxy URL"),
        ("http://me:hush@pro xy", "is not a proxy URL: only printable ASCII characters without spaces are allowed"),
        ("http://me:hush@pro<xy>", "is not a proxy URL"),
    ] {
        for variable in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY"] {
            let ran = company.account.run_with(CHECK, &[(variable, value)]);
            assert_eq!(ran.code, 2, "{value}: {ran:?}");
            assert!(!ran.stderr.contains("hush"), "{ran:?}");
            ran.says(&format!("{variable}: ")).says(says).says(&format!("hint: set {variable} to an HTTP proxy"));
            assert!(company.account.sandbox.requests().is_empty());
        }
    }
}

#[test]
fn the_certificates_of_a_bundle_replace_the_systems() {
    let account = Account::seeded();
    let ca = Ca::new().unwrap();
    let server = account.wait(account.sandbox.serve_tls(&ca)).unwrap();
    let right = written(&account, "right.pem", &ca.pem());
    // A bundle may also contain keys and other things that are not certificates.
    let mixed = "# ours\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let mixed = written(&account, "mixed.pem", &format!("{mixed}{}", ca.pem()));
    let other = written(&account, "other.pem", &Ca::new().unwrap().pem());
    let url = server.url();
    for bundle in [&right, &mixed] {
        judged(&account.run_with(CHECK, &[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", bundle)]));
    }
    written(
        &account,
        ".aws/config",
        &format!("[default]\nca_bundle = {right}\n[profile other]\nca_bundle = {other}\n"),
    );
    judged(&account.run_with(CHECK, &[("AWS_ENDPOINT_URL", &url)]));
    // The environment overrides the profile.
    for variables in [
        vec![("AWS_ENDPOINT_URL", url.as_str()), ("AWS_CA_BUNDLE", other.as_str())],
        vec![("AWS_ENDPOINT_URL", url.as_str()), ("AWS_PROFILE", "other")],
    ] {
        let ran = account.run_with(CHECK, &variables);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(account.sandbox.requests().is_empty());
        ran.says("certificate").says("set AWS_CA_BUNDLE (or `ca_bundle` in the profile) to a PEM file");
    }
}

#[test]
fn certificates_from_openssls_variables_are_trusted_whatever_else_is_in_the_folder() {
    let account = Account::seeded();
    let ca = Ca::new().unwrap();
    let server = account.wait(account.sandbox.serve_tls(&ca)).unwrap();
    let url = server.url();
    let right = written(&account, "certs/ca.pem", &ca.pem());
    written(&account, "certs/README", "no certificate");
    written(&account, "certs/empty.pem", "");
    let folder = account.home().join("certs");
    std::os::unix::fs::symlink(&right, folder.join("0a1b2c3d.0")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("4e5f6a7b.0")).unwrap();
    let folders = format!("/proc:/nonexistent:{}", folder.display());
    let other = written(&account, "other.pem", &Ca::new().unwrap().pem());
    for variables in [
        vec![("SSL_CERT_FILE", right.as_str())],
        vec![("SSL_CERT_DIR", folders.as_str())],
        vec![("SSL_CERT_FILE", ""), ("SSL_CERT_DIR", folders.as_str())],
        vec![("SSL_CERT_FILE", other.as_str()), ("SSL_CERT_DIR", folders.as_str())],
        vec![("SSL_CERT_FILE", "/nonexistent"), ("SSL_CERT_DIR", folders.as_str())],
        vec![("SSL_CERT_FILE", right.as_str()), ("SSL_CERT_DIR", "/nonexistent")],
    ] {
        let mut all = vec![("AWS_ENDPOINT_URL", url.as_str())];
        all.extend(variables);
        judged(&account.run_with(CHECK, &all));
    }
}

#[test]
fn a_bundle_without_certificates_is_refused_before_anything_is_sent() {
    let account = Account::seeded();
    let junk = written(&account, "junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let empty = written(&account, "empty.pem", "");
    let folder = account.home().to_str().unwrap().to_owned();
    for (value, says) in [
        (junk.as_str(), "junk.pem contains no certificate in PEM format"),
        (&empty, "empty.pem contains no certificate in PEM format"),
        ("/nowhere/ca.pem", "/nowhere/ca.pem can't be read: No such file or directory"),
        (&folder, "is not a regular file"),
        ("/dev/zero", "/dev/zero is not a regular file"),
    ] {
        let ran = account.run_with(CHECK, &[("AWS_CA_BUNDLE", value)]);
        assert_eq!(ran.code, 2, "{value}: {ran:?}");
        assert!(account.sandbox.requests().is_empty());
        ran.says("AWS_CA_BUNDLE: ").says(says).says("hint: set AWS_CA_BUNDLE to a PEM file");
        written(&account, ".aws/config", &format!("[default]\nca_bundle = {value}\n"));
        account.run(CHECK).ends(2).says("`ca_bundle` of profile `default`: ").says(says);
        written(&account, ".aws/config", "");
    }
}

#[test]
fn fips_and_dual_stack_endpoints_are_used_if_configured() {
    let company = Company::new();
    let (url, bundle) = (company.url(), company.bundle.clone());
    let network = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())];
    // <https://docs.aws.amazon.com/general/latest/gr/elb.html>, <https://docs.aws.amazon.com/general/latest/gr/sts.html>
    for (variable, key, hosts) in [
        (
            "AWS_USE_FIPS_ENDPOINT",
            "use_fips_endpoint",
            ["elasticloadbalancing-fips.us-east-1.amazonaws.com:443", "sts-fips.us-east-1.amazonaws.com:443"],
        ),
        (
            "AWS_USE_DUALSTACK_ENDPOINT",
            "use_dualstack_endpoint",
            ["elasticloadbalancing.us-east-1.api.aws:443", "sts.us-east-1.api.aws:443"],
        ),
    ] {
        let _ = company.run(CHECK, &[network[0], network[1], (variable, "true")]);
        let by_variable = company.hosts();
        written(&company.account, ".aws/config", &format!("[default]\n{key} = True\n"));
        let _ = company.run(CHECK, &network);
        let by_key = company.hosts();
        // The call that assumes a role uses the same kind of endpoint.
        let id = access_key_id(seed::ACCOUNT);
        let base = format!("[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
        let role = "role_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\n";
        written(&company.account, ".aws/config", &format!("[profile ops]\n{role}{key} = true\n{base}"));
        let _ = company.run(&format!("{CHECK} --profile ops"), &network);
        let by_role = company.hosts();
        written(&company.account, ".aws/config", "");
        for asked in [by_variable, by_key, by_role] {
            assert!(hosts.iter().any(|host| asked.iter().any(|one| one == host)), "{hosts:?}: {asked:?}");
            let plain = ["elasticloadbalancing.us-east-1.amazonaws.com:443", "sts.us-east-1.amazonaws.com:443"];
            assert!(plain.iter().all(|host| asked.iter().all(|one| one != host)), "{variable}: {asked:?}");
        }
        // The SDK alone would treat any other value as unset. A run that must use FIPS endpoints would then use
        // ordinary endpoints.
        let ran = company.run(CHECK, &[network[0], network[1], (variable, "1")]);
        assert_eq!((ran.code, company.hosts().len()), (2, 0), "{ran:?}");
        ran.says(&format!("{variable}: `1` is neither true nor false")).says("to `true` or `false`");
    }
}

#[test]
fn ignored_endpoints_are_ignored_for_credentials_too() {
    let company = Company::new();
    let (url, bundle, nobody) = (company.url(), company.bundle.clone(), nobody());
    let id = access_key_id(seed::ACCOUNT);
    let base = format!("[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
    let role = "role_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\nregion = us-east-1\n";
    let services = format!("services = s\nendpoint_url = {nobody}\n[services s]\nsts =\n  endpoint_url = {nobody}\n");
    let network = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())];
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    for (config, more) in [
        (format!("{base}[profile ops]\n{role}{services}"), vec![ignore]),
        (format!("{base}[profile ops]\nignore_configured_endpoint_urls = true\n{role}{services}"), vec![]),
        (
            format!("{base}[profile ops]\n{role}"),
            vec![ignore, ("AWS_ENDPOINT_URL_STS", nobody.as_str()), ("AWS_ENDPOINT_URL_S3", nobody.as_str())],
        ),
        // The profile's setting is enough, also for endpoints from the environment.
        (
            format!("{base}[profile ops]\nignore_configured_endpoint_urls = TRUE\n{role}"),
            vec![("AWS_ENDPOINT_URL_STS", nobody.as_str()), ("AWS_ENDPOINT_URL", nobody.as_str())],
        ),
    ] {
        written(&company.account, ".aws/config", &config);
        let variables: Vec<_> = network.iter().chain(&more).copied().collect();
        judged(&company.run(&format!("{CHECK} --profile ops"), &variables));
        assert!(company.account.sandbox.requests().iter().any(|request| request.operation == "AssumeRole"), "{config}");
    }
}

#[test]
fn the_active_profile_decides_whether_environment_endpoints_are_ignored() {
    let company = Company::new();
    let (url, bundle, nobody) = (company.url(), company.bundle.clone(), nobody());
    let network = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())];
    let id = access_key_id(seed::ACCOUNT);
    let base = format!("[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
    let role = "role_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\nregion = us-east-1\n";
    let config = |said: &str| format!("{base}[profile \"my ops\"]\n{role}{said}[profile other]\n{role}");
    let ignored = config("ignore_configured_endpoint_urls = true\n");
    let elsewhere = ("AWS_ENDPOINT_URL_STS", nobody.as_str());
    let run = |config: &str, words: &str, more: &[(&str, &str)]| {
        written(&company.account, ".aws/config", config);
        let variables: Vec<_> = network.iter().chain(&[elsewhere]).chain(more).copied().collect();
        company.run(
            words,
            &[&variables[..], &[("AWS_MAX_ATTEMPTS", "1"), ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")]]
                .concat(),
        )
    };
    // A profile has the same effect whether a variable or the flag names it.
    judged(&run(&ignored, CHECK, &[("AWS_PROFILE", "my ops")]));
    let flagged = |profile: &str| format!("check alb --source web --profile={profile}");
    judged(&run(&ignored.replace("my ops", "ops"), &flagged("ops"), &[("AWS_PROFILE", "other")]));
    // Another profile's setting does not matter, and the environment overrides the profile.
    run(&ignored, &flagged("other"), &[]).ends(1).says("no answer from");
    run(&ignored, CHECK, &[("AWS_PROFILE", "my ops"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "false")])
        .ends(1)
        .says("no answer from");
    run(&config("ignore_configured_endpoint_urls = false\n"), CHECK, &[("AWS_PROFILE", "my ops")])
        .ends(1)
        .says("no answer from");
}

#[test]
fn a_proxys_error_page_is_not_taken_for_a_response_from_aws() {
    let between = "a web page came in place of AWS's response (HTTP";
    for (operation, words) in
        [("DescribeLoadBalancers", CHECK), ("GetBucketLogging", OF_BUCKET), ("HeadBucket", OF_BUCKET)]
    {
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
    }
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

#[test]
fn a_service_endpoint_takes_precedence_over_the_global_one() {
    let account = Account::seeded();
    let elsewhere = Account::seeded();
    let (url, other) = (elsewhere.url(), account.url());
    for (variable, words, service) in [
        ("AWS_ENDPOINT_URL_S3", OF_BUCKET, "s3"),
        ("AWS_ENDPOINT_URL_STS", CHECK, "sts"),
        ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", CHECK, "elasticloadbalancing"),
    ] {
        elsewhere.sandbox.forget_requests();
        judged(&account.run_with(words, &[("AWS_ENDPOINT_URL", &other), (variable, &url)]));
        let services = |account: &Account| {
            account.sandbox.requests().into_iter().map(|request| request.service).collect::<Vec<_>>()
        };
        let (here, there) = (services(&account), services(&elsewhere));
        assert!(!there.is_empty() && there.iter().all(|one| one == service), "{variable}: {there:?}");
        assert!(!here.contains(&service.to_owned()), "{variable}: {here:?}");
    }
}

#[test]
fn the_retry_mode_and_attempts_from_the_environment_are_used() {
    let account = Account::seeded();
    for mode in ["standard", "adaptive", "legacy"] {
        for (attempts, ends) in [("1", 1), ("2", 0)] {
            let when = When::OperationTimes("DescribeLoadBalancers".to_owned(), 1);
            account.sandbox.inject(Fault { when, effect: Effect::throttled() });
            let ran = account.run_with(CHECK, &[("AWS_RETRY_MODE", mode), ("AWS_MAX_ATTEMPTS", attempts)]);
            account.sandbox.clear_faults();
            assert_eq!(ran.code == 1, ends == 1, "{mode}, {attempts}: {ran:?}");
        }
    }
}
