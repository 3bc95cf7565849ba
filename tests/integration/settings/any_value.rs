//! No value makes the program panic, hang or stay silent.

use std::ffi::{OsStr, OsString};

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::seed;

use super::runs::{ATTEMPTS, ends_well, run_in_parallel, write_config};
use super::values::{KEYS, SERVICES, VARIABLES, values};
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn no_variable_makes_a_run_panic_hang_or_end_silently() {
    let services = SERVICES.map(|service| format!("AWS_ENDPOINT_URL_{service}"));
    let names = VARIABLES.map(str::to_owned).into_iter().chain(services);
    let cases: Vec<(String, String)> =
        names.flat_map(|name| values().into_iter().map(move |value| (name.clone(), value))).collect();
    run_in_parallel(cases, |account, (name, value)| {
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
    run_in_parallel(cases, |account, (name, value)| {
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
    run_in_parallel(cases, |account, (key, value)| {
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
            write_config(account, config.as_bytes(), format!("[base]\n{keys}").as_bytes());
            ends_well(account, &["--profile".as_ref(), "role".as_ref()], &[(ATTEMPTS.as_ref(), "".as_ref())]);
        }
    });
}

#[test]
fn no_endpoint_in_a_services_section_makes_a_run_panic_hang_or_end_silently() {
    let urls = values().into_iter().filter(|value| value.is_empty() || value.contains("//") || value == "junk");
    let cases: Vec<(&str, String)> =
        urls.flat_map(|url| SERVICES.iter().map(move |service| (*service, url.clone()))).collect();
    run_in_parallel(cases, |account, (service, url)| {
        let service = service.to_lowercase();
        let text = format!("[default]\nservices = s\n[services s]\n{service} =\n  endpoint_url = {url}\n");
        write_config(account, text.as_bytes(), b"");
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
    each_case(texts, |text| {
        for (config, credentials) in [(text, b"".as_slice()), (b"", text)] {
            write_config(&account, config, credentials);
            ends_well(&account, &[], &[]);
            ends_well(&account, &[], &[("AWS_ACCESS_KEY_ID".as_ref(), "".as_ref())]);
        }
    });
}

#[test]
fn no_flag_makes_a_run_panic_hang_or_end_silently() {
    let names = ["--profile", "--region", "--endpoint-url"];
    let cases: Vec<(&str, String)> =
        names.iter().flat_map(|name| values().into_iter().map(move |value| (*name, value))).collect();
    run_in_parallel(cases, |account, (name, value)| {
        let flag = OsString::from(format!("{name}={value}"));
        ends_well(account, &[&flag], &[]);
    });
}
