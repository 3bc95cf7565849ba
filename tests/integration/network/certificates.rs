//! Certificates of private CAs.

use sandbox::Ca;

use super::company::{CHECK, assert_judged, write_file};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn the_certificates_of_a_bundle_replace_the_systems() {
    let account = Account::seeded();
    let ca = Ca::new().unwrap();
    let server = account.wait(account.sandbox.serve_tls(&ca)).unwrap();
    let right = write_file(&account, "right.pem", &ca.pem());
    // A bundle may also contain keys and other things that are not certificates.
    let mixed = "# ours\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let mixed = write_file(&account, "mixed.pem", &format!("{mixed}{}", ca.pem()));
    let other = write_file(&account, "other.pem", &Ca::new().unwrap().pem());
    let url = server.url();
    for bundle in [&right, &mixed] {
        assert_judged(&account.run_with(CHECK, &[("AWS_ENDPOINT_URL", &url), ("AWS_CA_BUNDLE", bundle)]));
    }
    write_file(
        &account,
        ".aws/config",
        &format!("[default]\nca_bundle = {right}\n[profile other]\nca_bundle = {other}\n"),
    );
    assert_judged(&account.run_with(CHECK, &[("AWS_ENDPOINT_URL", &url)]));
    // The environment overrides the profile.
    let cases = [
        vec![("AWS_ENDPOINT_URL", url.as_str()), ("AWS_CA_BUNDLE", other.as_str())],
        vec![("AWS_ENDPOINT_URL", url.as_str()), ("AWS_PROFILE", "other")],
    ];
    each_case(cases, |variables| {
        let ran = account.run_with(CHECK, &variables);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(account.sandbox.requests().is_empty());
        ran.says("certificate").says("set AWS_CA_BUNDLE (or `ca_bundle` in the profile) to a PEM file");
    });
}

#[test]
fn certificates_from_openssls_variables_are_trusted_whatever_else_is_in_the_folder() {
    let account = Account::seeded();
    let ca = Ca::new().unwrap();
    let server = account.wait(account.sandbox.serve_tls(&ca)).unwrap();
    let url = server.url();
    let right = write_file(&account, "certs/ca.pem", &ca.pem());
    write_file(&account, "certs/README", "no certificate");
    write_file(&account, "certs/empty.pem", "");
    let folder = account.home().join("certs");
    std::os::unix::fs::symlink(&right, folder.join("0a1b2c3d.0")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("4e5f6a7b.0")).unwrap();
    let folders = format!("/proc:/nonexistent:{}", folder.display());
    let other = write_file(&account, "other.pem", &Ca::new().unwrap().pem());
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
        assert_judged(&account.run_with(CHECK, &all));
    }
}

#[test]
fn a_bundle_without_certificates_is_refused_before_anything_is_sent() {
    let account = Account::seeded();
    let junk = write_file(&account, "junk.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let empty = write_file(&account, "empty.pem", "");
    let folder = account.home().to_str().unwrap().to_owned();
    let cases = [
        (junk.as_str(), "junk.pem contains no certificate in PEM format"),
        (&empty, "empty.pem contains no certificate in PEM format"),
        ("/nowhere/ca.pem", "/nowhere/ca.pem can't be read: No such file or directory"),
        (&folder, "is not a regular file"),
        ("/dev/zero", "/dev/zero is not a regular file"),
    ];
    each_case(cases, |(value, says)| {
        let ran = account.run_with(CHECK, &[("AWS_CA_BUNDLE", value)]);
        assert_eq!(ran.code, 2, "{value}: {ran:?}");
        assert!(account.sandbox.requests().is_empty());
        ran.says("AWS_CA_BUNDLE: ").says(says).says("hint: set AWS_CA_BUNDLE to a PEM file");
        write_file(&account, ".aws/config", &format!("[default]\nca_bundle = {value}\n"));
        account.run(CHECK).ends(2).says("`ca_bundle` of profile `default`: ").says(says);
        write_file(&account, ".aws/config", "");
    });
}
