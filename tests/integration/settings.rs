//! No value of a variable, a configuration key or a flag makes the program panic, hang or stay silent.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::seed;

use crate::account::{Account, Ran};

const CHECK: &str = "check alb --source web";

/// The variable that every run sets unless a test changes it.
const ATTEMPTS: &str = "AWS_MAX_ATTEMPTS";

/// Longer than any of these runs takes, and shorter than any limit on credentials.
const BOUND: Duration = Duration::from_secs(45);

/// Services whose endpoint can be set separately.
const SERVICES: [&str; 11] = [
    "ACCOUNT",
    "CLOUDTRAIL",
    "CLOUDWATCH_LOGS",
    "ELASTIC_LOAD_BALANCING_V2",
    "IAM",
    "KMS",
    "S3",
    "SIGNIN",
    "SSO",
    "SSO_OIDC",
    "STS",
];

/// Every variable that the SDK reads, except those of single services.
const VARIABLES: [&str; 44] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_ACCOUNT_ID",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE",
    "AWS_AUTH_SCHEME_PREFERENCE",
    "AWS_CONFIG_FILE",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULTS_MODE",
    "AWS_DEFAULT_REGION",
    "AWS_DISABLE_CLOCK_SKEW_CORRECTION",
    "AWS_DISABLE_REQUEST_COMPRESSION",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    "AWS_EC2_METADATA_V1_DISABLED",
    "AWS_ENDPOINT_URL",
    "AWS_EXECUTION_ENV",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LOGIN_CACHE_DIRECTORY",
    "AWS_MAX_ATTEMPTS",
    "AWS_NEW_RETRIES_2026",
    "AWS_PROFILE",
    "AWS_REGION",
    "AWS_REQUEST_CHECKSUM_CALCULATION",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
    "AWS_RESPONSE_CHECKSUM_VALIDATION",
    "AWS_RETRY_MODE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_S3_DISABLE_EXPRESS_SESSION_AUTH",
    "AWS_SDK_UA_APP_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_SIGV4A_SIGNING_REGION_SET",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "HTTPS_PROXY",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
];

/// Every key of a profile that the SDK reads.
const KEYS: [&str; 36] = [
    "account_id_endpoint_mode",
    "auth_scheme_preference",
    "aws_access_key_id",
    "aws_account_id",
    "aws_secret_access_key",
    "aws_session_token",
    "credential_process",
    "credential_source",
    "defaults_mode",
    "disable_clock_skew_correction",
    "disable_request_compression",
    "ec2_metadata_service_endpoint",
    "ec2_metadata_service_endpoint_mode",
    "ec2_metadata_v1_disabled",
    "endpoint_url",
    "external_id",
    "ignore_configured_endpoint_urls",
    "login_session",
    "max_attempts",
    "region",
    "request_checksum_calculation",
    "request_min_compression_size_bytes",
    "response_checksum_validation",
    "retry_mode",
    "role_arn",
    "role_session_name",
    "s3_disable_express_session_auth",
    "sdk_ua_app_id",
    "services",
    "sigv4a_signing_region_set",
    "source_profile",
    "sso_account_id",
    "sso_session",
    "use_dualstack_endpoint",
    "use_fips_endpoint",
    "web_identity_token_file",
];

/// Invalid values, and some valid ones.
fn values() -> Vec<String> {
    let mut values: Vec<String> = [
        "",
        " ",
        "junk",
        "0",
        "-5",
        "99999999999999999999999999",
        "a\nb",
        "AKIA\r\n",
        "\u{1b}[31m\u{e9}\u{202e}",
        "%s%n$(x){}",
        "/dev/zero",
        "/proc",
        "http://",
        "http://127.0.0.1:1",
        "http://me:hush@ho st",
        "http://me:hush@[::1",
        "arn:aws:iam::1:role/x",
    ]
    .map(str::to_owned)
    .into();
    values.push("x".repeat(20_000));
    values
}

/// Kills a run that does not end, so that the test can name the run.
fn ended(mut child: Child, of: &dyn std::fmt::Debug) -> Ran {
    fn reader(mut pipe: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            pipe.read_to_end(&mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        })
    }
    let (stdout, stderr) = (reader(child.stdout.take().unwrap()), reader(child.stderr.take().unwrap()));
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > BOUND {
            child.kill().unwrap();
            panic!("it did not end: {of:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    Ran { code: status.code().unwrap_or(-1), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// A run with `--output json`, which must end with one of the program's exit codes, one document, and a message if it
/// failed.
#[track_caller]
fn ends_well(account: &Account, flags: &[&OsStr], variables: &[(&OsStr, &OsStr)]) -> Ran {
    let of = (flags, variables);
    let mut command = account.command();
    command.args(CHECK.split(' ')).args(["--output", "json"]).args(flags);
    // Each call is tried only once, so an endpoint that does not answer takes little time.
    command.env(ATTEMPTS, "1").envs(variables.iter().copied());
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    // The process can't start if its environment is too long for the kernel.
    let Ok(child) = child else { panic!("it can't be started: {of:?}") };
    let ran = ended(child, &of);
    assert!([0, 1, 2, 3].contains(&ran.code), "{of:?}: {ran:?}");
    let document = ran.json();
    assert_eq!(document["exit_code"], ran.code, "{of:?}: {ran:?}");
    if [1, 2].contains(&ran.code) {
        assert!(ran.stderr.starts_with("error: ") && document["error"].is_string(), "{of:?}: {ran:?}");
    }
    let all = format!("{}{}", ran.stdout, ran.stderr);
    for never in ["internal error", "hush", "interceptor", "This is a bug"] {
        assert!(!all.contains(never), "{of:?}: {all}");
    }
    ran
}

/// Runs many commands, as many at once as there are processors.
fn side_by_side<T: Send>(cases: Vec<T>, run: impl Fn(&Account, &T) + Sync) {
    let cases = std::sync::Mutex::new(cases.into_iter());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                let account = Account::seeded();
                loop {
                    let Some(case) = cases.lock().unwrap().next() else { break };
                    run(&account, &case);
                }
            });
        }
    });
}

fn written(account: &Account, config: &[u8], credentials: &[u8]) {
    let folder = account.home().join(".aws");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config"), config).unwrap();
    fs::write(folder.join("credentials"), credentials).unwrap();
}

#[test]
fn no_variable_makes_a_run_panic_hang_or_end_silently() {
    let services = SERVICES.map(|service| format!("AWS_ENDPOINT_URL_{service}"));
    let names = VARIABLES.map(str::to_owned).into_iter().chain(services);
    let cases: Vec<(String, String)> =
        names.flat_map(|name| values().into_iter().map(move |value| (name.clone(), value))).collect();
    side_by_side(cases, |account, (name, value)| {
        ends_well(account, &[], &[(name.as_ref(), value.as_ref())]);
    });
}

#[test]
fn no_credentials_variable_makes_a_run_without_keys_panic_hang_or_end_silently() {
    let names = VARIABLES.iter().filter(|name| {
        ["CONTAINER", "EC2", "ROLE", "IDENTITY", "PROFILE", "ENDPOINT", "LOGIN"].iter().any(|part| name.contains(part))
    });
    let cases: Vec<(&str, String)> =
        names.flat_map(|name| values().into_iter().map(move |value| (*name, value))).collect();
    side_by_side(cases, |account, (name, value)| {
        let mut variables: Vec<(&OsStr, &OsStr)> = vec![("AWS_ACCESS_KEY_ID".as_ref(), "".as_ref())];
        let role = "arn:aws:iam::444455556666:role/Ops";
        for (companion, given) in [("AWS_ROLE_ARN", role), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/dev/null")] {
            if *name != companion && name.contains(if companion == "AWS_ROLE_ARN" { "IDENTITY" } else { "ROLE" }) {
                variables.push((companion.as_ref(), given.as_ref()));
            }
        }
        variables.push(((*name).as_ref(), value.as_ref()));
        ends_well(account, &[], &variables);
    });
}

#[test]
fn no_key_of_a_profile_makes_a_run_panic_hang_or_end_silently() {
    let cases: Vec<(&str, String)> =
        KEYS.iter().flat_map(|key| values().into_iter().map(move |value| (*key, value))).collect();
    side_by_side(cases, |account, (key, value)| {
        let keys = format!(
            "aws_access_key_id = {}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n",
            access_key_id(seed::ACCOUNT)
        );
        // The value is set in a profile that is used directly, and in one that is a role's source.
        let role = "role_arn = arn:aws:iam::444455556666:role/Ops\nsource_profile = base\n";
        for config in [
            format!("[profile role]\n{key} = {value}\n{keys}"),
            format!("[profile role]\n{role}[profile base]\n{key} = {value}\n"),
        ] {
            written(account, config.as_bytes(), format!("[base]\n{keys}").as_bytes());
            ends_well(account, &["--profile".as_ref(), "role".as_ref()], &[(ATTEMPTS.as_ref(), "".as_ref())]);
        }
    });
}

#[test]
fn no_endpoint_in_a_services_section_makes_a_run_panic_hang_or_end_silently() {
    let urls = values().into_iter().filter(|value| value.is_empty() || value.contains("//") || value == "junk");
    let cases: Vec<(&str, String)> =
        urls.flat_map(|url| SERVICES.iter().map(move |service| (*service, url.clone()))).collect();
    side_by_side(cases, |account, (service, url)| {
        let service = service.to_lowercase();
        let text = format!("[default]\nservices = s\n[services s]\n{service} =\n  endpoint_url = {url}\n");
        written(account, text.as_bytes(), b"");
        ends_well(account, &[], &[]);
    });
}

#[test]
fn no_configuration_file_makes_a_run_panic_hang_or_end_silently() {
    let texts: [&[u8]; 16] = [
        b"",
        b"\0\0\0",
        b"\xff\xfe[\0d\0",
        b"[",
        b"[]",
        b"[profile",
        b"[default]\n[default]\n",
        b"[default]\n= x\n",
        b"[default]\nkey\n",
        b"  x = y\n",
        b"x = y\n",
        b"[profile \"\"]\nregion = x\n",
        b"[default]\nsource_profile = default\nrole_arn = x\n",
        b"[default]\nsource_profile = a\nrole_arn = x\n[profile a]\nsource_profile = default\nrole_arn = x\n",
        b"[default]\nregion = us-east-1\r[profile x]\r\n",
        b"\xef\xbb\xbf[default]\nregion = us-east-1\n",
    ];
    let account = Account::seeded();
    for text in texts {
        for (config, credentials) in [(text, b"".as_slice()), (b"", text)] {
            written(&account, config, credentials);
            ends_well(&account, &[], &[]);
            ends_well(&account, &[], &[("AWS_ACCESS_KEY_ID".as_ref(), "".as_ref())]);
        }
    }
}

#[test]
fn no_flag_makes_a_run_panic_hang_or_end_silently() {
    let names = ["--profile", "--region", "--endpoint-url"];
    let cases: Vec<(&str, String)> =
        names.iter().flat_map(|name| values().into_iter().map(move |value| (*name, value))).collect();
    side_by_side(cases, |account, (name, value)| {
        let flag = OsString::from(format!("{name}={value}"));
        ends_well(account, &[&flag], &[]);
    });
}

#[test]
fn settings_that_the_aws_cli_accepts_are_accepted() {
    let account = Account::seeded();
    let url = account.url();
    for (name, value) in [
        ("AWS_ENDPOINT_URL_S3", ""),
        ("AWS_ENDPOINT_URL_STS", ""),
        ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", ""),
        ("AWS_ENDPOINT_URL_STS", &url),
        ("AWS_RETRY_MODE", "legacy"),
        ("AWS_RETRY_MODE", "adaptive"),
        ("AWS_RETRY_MODE", ""),
        ("AWS_RETRY_MODE", " standard "),
        ("AWS_MAX_ATTEMPTS", ""),
        ("AWS_MAX_ATTEMPTS", "3 "),
        ("AWS_MAX_ATTEMPTS", "4294967295"),
        ("AWS_MAX_ATTEMPTS", "99999999999999999999"),
        ("AWS_SESSION_TOKEN", ""),
        ("AWS_PROFILE", ""),
        ("AWS_CONFIG_FILE", ""),
        ("AWS_EXECUTION_ENV", "AWS_ECS_FARGATE"),
        ("AWS_EXECUTION_ENV", "two\nlines"),
        ("AWS_EXECUTION_ENV", "caf\u{e9}"),
        ("AWS_USE_FIPS_ENDPOINT", "false"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "two\nlines"),
        ("SSL_CERT_FILE", ""),
        ("SSL_CERT_DIR", ""),
    ] {
        let ran = ends_well(&account, &[], &[(name.as_ref(), value.as_ref())]);
        assert!([0, 3].contains(&ran.code), "{name}={value}: {ran:?}");
    }
    for text in [
        "[default]\nendpoint_url =\nretry_mode = legacy\nmax_attempts = 3 \n",
        "[default]\nretry_mode =\nmax_attempts =\nregion: us-east-1\n",
        "[default]\nservices = s\n[services s]\ns3 =\n  endpoint_url =\nsts =\n  endpoint_url =\n",
        "[default]\n  max_attempts = 2\n  # a comment\n",
    ] {
        written(&account, text.as_bytes(), b"");
        let ran = ends_well(&account, &[], &[(ATTEMPTS.as_ref(), "".as_ref())]);
        assert!([0, 3].contains(&ran.code), "{text}: {ran:?}");
    }
}

#[test]
fn an_empty_endpoint_is_also_ignored_by_calls_for_credentials() {
    let account = Account::seeded();
    let keys = format!(
        "[base]\naws_access_key_id = {}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n",
        access_key_id(seed::ACCOUNT)
    );
    let role = "[profile ops]\nrole_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\n";
    for (config, variables) in [
        (role.to_owned(), vec![("AWS_ENDPOINT_URL_STS", "")]),
        (format!("{role}services = s\n[services s]\nsts =\n  endpoint_url =\n"), vec![]),
    ] {
        written(&account, config.as_bytes(), keys.as_bytes());
        let ran = account.run_with(&format!("{CHECK} --profile ops"), &variables);
        assert!([0, 3].contains(&ran.code), "{ran:?}");
        assert!(account.sandbox.requests().iter().any(|request| request.operation == "AssumeRole"));
    }
}

/// A run that is refused before anything is sent.
#[track_caller]
fn refused(account: &Account, ran: &Ran, says: &str) {
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains(says) && ran.stderr.contains("hint: "), "{says}: {ran:?}");
    assert!(account.sandbox.requests().is_empty(), "{says}");
}

#[test]
fn an_unusable_setting_is_named_and_refused_before_anything_is_sent() {
    let account = Account::seeded();
    for (name, value, says) in [
        ("AWS_ENDPOINT_URL", "junk", "AWS_ENDPOINT_URL: `junk` is not an endpoint URL"),
        ("SSL_CERT_FILE", "/nonexistent", "SSL_CERT_FILE: /nonexistent can't be read"),
        ("SSL_CERT_FILE", "/dev/zero", "SSL_CERT_FILE: /dev/zero is not a regular file"),
        ("SSL_CERT_FILE", "/dev/null", "SSL_CERT_FILE: /dev/null is not a regular file"),
        ("SSL_CERT_DIR", "/proc", "SSL_CERT_DIR: /proc contains no certificate"),
        ("SSL_CERT_DIR", "/nonexistent:/dev/zero", "SSL_CERT_DIR: /nonexistent:/dev/zero contains no certificate"),
        ("AWS_USE_FIPS_ENDPOINT", "true", "AWS_USE_FIPS_ENDPOINT can't be combined with AWS_ENDPOINT_URL"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "TRUE", "AWS_USE_DUALSTACK_ENDPOINT can't be combined with AWS_ENDPOINT_URL"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "localhost:80", "`localhost:80` is not an endpoint URL"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "//u:hush@h", "`//h` is not an endpoint URL"),
        ("AWS_ENDPOINT_URL_STS", "http://h:0", "AWS_ENDPOINT_URL_STS: `http://h:0` is not an endpoint URL"),
        ("AWS_MAX_ATTEMPTS", "0", "AWS_MAX_ATTEMPTS: `0` is not a number of attempts"),
        ("AWS_MAX_ATTEMPTS", "-5", "AWS_MAX_ATTEMPTS: `-5` is not a number of attempts"),
        ("AWS_RETRY_MODE", "junk", "AWS_RETRY_MODE: `junk` is not a retry mode"),
        ("AWS_ACCESS_KEY_ID", "AKIA\rX", "AWS_ACCESS_KEY_ID contains a line break"),
        ("AWS_SECRET_ACCESS_KEY", "hush\n", "AWS_SECRET_ACCESS_KEY contains a line break"),
        ("AWS_SESSION_TOKEN", "hush\r\n", "AWS_SESSION_TOKEN contains a line break"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/dev/zero", "AWS_WEB_IDENTITY_TOKEN_FILE: /dev/zero is not a regular file"),
    ] {
        let ran = account.run_with(CHECK, &[(name, value)]);
        refused(&account, &ran, says);
        assert!(!ran.stderr.contains("hush"), "{ran:?}");
    }
    for (text, says) in [
        ("endpoint_url = junk", "`endpoint_url` of profile `default`: `junk` is not an endpoint URL"),
        ("max_attempts = 0", "`max_attempts` of profile `default`: `0` is not a number of attempts"),
        ("retry_mode = fast", "`retry_mode` of profile `default`: `fast` is not a retry mode"),
        ("services = s\n[services s]\nkms =\n  endpoint_url = junk", "`endpoint_url` of `kms` in section `services s`"),
        (
            "services = s\n[services s]\nelastic_load_balancing_v2 =\n  endpoint_url = junk",
            "`endpoint_url` of `elastic_load_balancing_v2` in section `services s`",
        ),
        (
            "use_fips_endpoint = true",
            "`use_fips_endpoint` of profile `default` can't be combined with AWS_ENDPOINT_URL",
        ),
        ("[profile dev", "config can't be parsed: line 2: "),
        ("junk", "config can't be parsed: line 2: "),
    ] {
        written(&account, format!("[default]\n{text}\n").as_bytes(), b"");
        refused(&account, &account.run(CHECK), says);
    }
    written(&account, b"[default]\nregion = x\nname = \xff\n", b"");
    refused(&account, &account.run(CHECK), "config is not valid UTF-8: see line 3");
    written(&account, b"", b"[default]\naws_access_key_id = AKIA\n  X\naws_secret_access_key = x\n");
    refused(&account, &account.run(&format!("{CHECK} --profile default")), "`aws_access_key_id` of profile `default`");
}

#[test]
fn a_container_token_that_cannot_be_sent_is_named_and_refused() {
    let account = Account::seeded();
    let uri = format!("{}/credentials", account.url());
    let variables = [("AWS_ACCESS_KEY_ID", ""), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.as_str())];
    let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush\n");
    let ran = account.run_with(CHECK, &[variables[0], variables[1], token]);
    refused(&account, &ran, "AWS_CONTAINER_AUTHORIZATION_TOKEN contains a line break");
    assert!(!ran.stderr.contains("hush"), "{ran:?}");
    let file = account.home().join("token");
    fs::write(&file, "hush\n").unwrap();
    let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().unwrap());
    let ran = account.run_with(CHECK, &[variables[0], variables[1], token]);
    assert!(!ran.stderr.contains("hush"), "{ran:?}");
    ran.says("the auth token could not be used").says("hint: copy the credentials again, without line breaks");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_valid_text_is_refused_before_anything_is_sent() {
    use std::os::unix::ffi::OsStrExt as _;
    let account = Account::seeded();
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_REGION", "AWS_MAX_ATTEMPTS"] {
        let ran = ends_well(&account, &[], &[(name.as_ref(), OsStr::from_bytes(b"http://127.0.0.1:1/\xff"))]);
        refused(&account, &ran, &format!("{name} is not valid UTF-8"));
    }
    // A file's path may contain any bytes.
    let file = account.home().join(OsStr::from_bytes(b"config\xff"));
    fs::write(&file, "[default]\nmax_attempts = 0\n").unwrap();
    let ran =
        ends_well(&account, &[], &[("AWS_CONFIG_FILE".as_ref(), file.as_ref()), (ATTEMPTS.as_ref(), "".as_ref())]);
    refused(&account, &ran, "`max_attempts` of profile `default`");
}

#[test]
fn profile_names_are_parsed_as_in_the_aws_cli() {
    let account = Account::seeded();
    let id = access_key_id(seed::ACCOUNT);
    let keys = format!("aws_access_key_id = {id}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
    let config = format!(
        "[profile \"my prof\"] # mine\n{keys}\n[profile 'caf\u{e9} 100%']\n{keys}\n[ profile \t tabs\t]\n{keys}\n\
         [profile \"the role\"]\nrole_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = my prof\n"
    );
    written(&account, config.as_bytes(), format!("[of credentials]\n{keys}").as_bytes());
    for name in ["my prof", "caf\u{e9} 100%", "tabs", "the role", "of credentials"] {
        let flag = OsString::from(format!("--profile={name}"));
        let ran = ends_well(&account, &[&flag], &[]);
        assert!([0, 3].contains(&ran.code), "{name}: {ran:?}");
        let variables: [(&OsStr, &OsStr); 2] =
            [("AWS_ACCESS_KEY_ID".as_ref(), "".as_ref()), ("AWS_PROFILE".as_ref(), name.as_ref())];
        let ran = ends_well(&account, &[], &variables);
        assert!([0, 3].contains(&ran.code), "{name}: {ran:?}");
    }
    let ran = ends_well(&account, &["--profile=my porf".as_ref()], &[]);
    ran.says("there is no profile `my porf`").says("did you mean `my prof`?");
}

#[test]
fn a_service_endpoint_in_the_configuration_is_used_as_aws_documents() {
    let account = Account::seeded();
    let url = account.url();
    let services = SERVICES.map(|service| format!("{} =\n  endpoint_url = {url}\n", service.to_lowercase())).concat();
    written(&account, format!("[default]\nservices = s\n[services s]\n{services}").as_bytes(), b"");
    let ran = account.run_with(CHECK, &[("AWS_ENDPOINT_URL", "")]);
    assert!([0, 3].contains(&ran.code), "{ran:?}");
    assert!(account.sandbox.requests().iter().any(|request| request.operation == "DescribeLoadBalancers"));
}

#[test]
fn an_endless_certificate_file_is_refused_even_if_a_certificate_folder_is_set() {
    let account = Account::seeded();
    let ran = account.run_with(CHECK, &[("SSL_CERT_FILE", "/dev/zero"), ("SSL_CERT_DIR", "/etc/ssl/certs")]);
    refused(&account, &ran, "SSL_CERT_FILE: /dev/zero is not a regular file");
}
