//! Settings that are refused before anything is sent.

use std::ffi::OsStr;
use std::fs;

use super::runs::{ATTEMPTS, CHECK, ends_well, write_config};
use crate::account::{Account, Ran};
use crate::tables::each_case;

/// A run that is refused before anything is sent.
#[track_caller]
fn assert_refused(account: &Account, ran: &Ran, says: &str) {
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stderr.contains(says) && ran.stderr.contains("hint: "), "{says}: {ran:?}");
    assert!(account.sandbox.requests().is_empty(), "{says}");
}

#[test]
fn an_unusable_setting_is_named_and_refused_before_anything_is_sent() {
    let account = Account::seeded();
    let cases = [
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
    ];
    each_case(cases, |(name, value, says)| {
        let ran = account.run_with(CHECK, &[(name, value)]);
        assert_refused(&account, &ran, says);
        assert!(!ran.stderr.contains("hush"), "{ran:?}");
    });
    let cases = [
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
    ];
    each_case(cases, |(text, says)| {
        write_config(&account, format!("[default]\n{text}\n").as_bytes(), b"");
        assert_refused(&account, &account.run(CHECK), says);
    });
    write_config(&account, b"[default]\nregion = x\nname = \xff\n", b"");
    assert_refused(&account, &account.run(CHECK), "config is not valid UTF-8: see line 3");
    write_config(&account, b"", b"[default]\naws_access_key_id = AKIA\n  X\naws_secret_access_key = x\n");
    assert_refused(
        &account,
        &account.run(&format!("{CHECK} --profile default")),
        "`aws_access_key_id` of profile `default`",
    );
}

#[test]
fn a_container_token_that_cannot_be_sent_is_named_and_refused() {
    let account = Account::seeded();
    let uri = format!("{}/credentials", account.url());
    let variables = [("AWS_ACCESS_KEY_ID", ""), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri.as_str())];
    let token = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hush\n");
    let ran = account.run_with(CHECK, &[variables[0], variables[1], token]);
    assert_refused(&account, &ran, "AWS_CONTAINER_AUTHORIZATION_TOKEN contains a line break");
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
    let cases = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_PROFILE", "AWS_REGION", "AWS_MAX_ATTEMPTS"];
    each_case(cases, |name| {
        let ran = ends_well(&account, &[], &[(name.as_ref(), OsStr::from_bytes(b"http://127.0.0.1:1/\xff"))]);
        assert_refused(&account, &ran, &format!("{name} is not valid UTF-8"));
    });
    // A file's path may contain any bytes.
    let file = account.home().join(OsStr::from_bytes(b"config\xff"));
    fs::write(&file, "[default]\nmax_attempts = 0\n").unwrap();
    let ran =
        ends_well(&account, &[], &[("AWS_CONFIG_FILE".as_ref(), file.as_ref()), (ATTEMPTS.as_ref(), "".as_ref())]);
    assert_refused(&account, &ran, "`max_attempts` of profile `default`");
}

#[test]
fn an_endless_certificate_file_is_refused_even_if_a_certificate_folder_is_set() {
    let account = Account::seeded();
    let ran = account.run_with(CHECK, &[("SSL_CERT_FILE", "/dev/zero"), ("SSL_CERT_DIR", "/etc/ssl/certs")]);
    assert_refused(&account, &ran, "SSL_CERT_FILE: /dev/zero is not a regular file");
}
