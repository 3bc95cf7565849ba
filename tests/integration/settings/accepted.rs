//! Settings that are accepted as in the AWS CLI.

use std::ffi::{OsStr, OsString};

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::seed;

use super::runs::{ATTEMPTS, CHECK, ends_well, write_config};
use super::values::SERVICES;
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn settings_that_the_aws_cli_accepts_are_accepted() {
    let account = Account::seeded();
    let url = account.url();
    let cases = [
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
    ];
    each_case(cases, |(name, value)| {
        let ran = ends_well(&account, &[], &[(name.as_ref(), value.as_ref())]);
        assert!([0, 3].contains(&ran.code), "{name}={value}: {ran:?}");
    });
    let cases = [
        "[default]\nendpoint_url =\nretry_mode = legacy\nmax_attempts = 3 \n",
        "[default]\nretry_mode =\nmax_attempts =\nregion: us-east-1\n",
        "[default]\nservices = s\n[services s]\ns3 =\n  endpoint_url =\nsts =\n  endpoint_url =\n",
        "[default]\n  max_attempts = 2\n  # a comment\n",
    ];
    each_case(cases, |text| {
        write_config(&account, text.as_bytes(), b"");
        let ran = ends_well(&account, &[], &[(ATTEMPTS.as_ref(), "".as_ref())]);
        assert!([0, 3].contains(&ran.code), "{text}: {ran:?}");
    });
}

#[test]
fn an_empty_endpoint_is_also_ignored_by_calls_for_credentials() {
    let account = Account::seeded();
    let keys = format!(
        "[base]\naws_access_key_id = {}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n",
        access_key_id(seed::ACCOUNT)
    );
    let role = "[profile ops]\nrole_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\n";
    let cases = [
        (role.to_owned(), vec![("AWS_ENDPOINT_URL_STS", "")]),
        (format!("{role}services = s\n[services s]\nsts =\n  endpoint_url =\n"), vec![]),
    ];
    each_case(cases, |(config, variables)| {
        write_config(&account, config.as_bytes(), keys.as_bytes());
        let ran = account.run_with(&format!("{CHECK} --profile ops"), &variables);
        assert!([0, 3].contains(&ran.code), "{ran:?}");
        assert!(account.sandbox.requests().iter().any(|request| request.operation == "AssumeRole"));
    });
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
    write_config(&account, config.as_bytes(), format!("[of credentials]\n{keys}").as_bytes());
    each_case(["my prof", "caf\u{e9} 100%", "tabs", "the role", "of credentials"], |name| {
        let flag = OsString::from(format!("--profile={name}"));
        let ran = ends_well(&account, &[&flag], &[]);
        assert!([0, 3].contains(&ran.code), "{name}: {ran:?}");
        let variables: [(&OsStr, &OsStr); 2] =
            [("AWS_ACCESS_KEY_ID".as_ref(), "".as_ref()), ("AWS_PROFILE".as_ref(), name.as_ref())];
        let ran = ends_well(&account, &[], &variables);
        assert!([0, 3].contains(&ran.code), "{name}: {ran:?}");
    });
    let ran = ends_well(&account, &["--profile=my porf".as_ref()], &[]);
    ran.says("there is no profile `my porf`").says("did you mean `my prof`?");
}

#[test]
fn a_service_endpoint_in_the_configuration_is_used_as_aws_documents() {
    let account = Account::seeded();
    let url = account.url();
    let services = SERVICES.map(|service| format!("{} =\n  endpoint_url = {url}\n", service.to_lowercase())).concat();
    write_config(&account, format!("[default]\nservices = s\n[services s]\n{services}").as_bytes(), b"");
    let ran = account.run_with(CHECK, &[("AWS_ENDPOINT_URL", "")]);
    assert!([0, 3].contains(&ran.code), "{ran:?}");
    assert!(account.sandbox.requests().iter().any(|request| request.operation == "DescribeLoadBalancers"));
}
