//! AWS's endpoint variants, and retries.

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Effect, Fault, When, seed};

use super::company::{CHECK, Company, OF_BUCKET, assert_judged, write_file};
use super::proxies::unused_url;
use crate::account::Account;
use crate::tables::each_case;

#[test]
fn fips_and_dual_stack_endpoints_are_used_if_configured() {
    let company = Company::new();
    let (url, bundle) = (company.url(), company.bundle.clone());
    let network = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())];
    // <https://docs.aws.amazon.com/general/latest/gr/elb.html>, <https://docs.aws.amazon.com/general/latest/gr/sts.html>
    let cases = [
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
    ];
    each_case(cases, |(variable, key, hosts)| {
        let _ = company.run(CHECK, &[network[0], network[1], (variable, "true")]);
        let by_variable = company.hosts();
        write_file(&company.account, ".aws/config", &format!("[default]\n{key} = True\n"));
        let _ = company.run(CHECK, &network);
        let by_key = company.hosts();
        // The call that assumes a role uses the same kind of endpoint.
        let id = access_key_id(seed::ACCOUNT);
        let base = format!("[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
        let role = "role_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\n";
        write_file(&company.account, ".aws/config", &format!("[profile ops]\n{role}{key} = true\n{base}"));
        let _ = company.run(&format!("{CHECK} --profile ops"), &network);
        let by_role = company.hosts();
        write_file(&company.account, ".aws/config", "");
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
    });
}

#[test]
fn ignored_endpoints_are_ignored_for_credentials_too() {
    let company = Company::new();
    let (url, bundle, nobody) = (company.url(), company.bundle.clone(), unused_url());
    let id = access_key_id(seed::ACCOUNT);
    let base = format!("[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
    let role = "role_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\nregion = us-east-1\n";
    let services = format!("services = s\nendpoint_url = {nobody}\n[services s]\nsts =\n  endpoint_url = {nobody}\n");
    let network = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())];
    let ignore = ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    let cases = [
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
    ];
    each_case(cases, |(config, more)| {
        write_file(&company.account, ".aws/config", &config);
        let variables: Vec<_> = network.iter().chain(&more).copied().collect();
        assert_judged(&company.run(&format!("{CHECK} --profile ops"), &variables));
        assert!(company.account.sandbox.requests().iter().any(|request| request.operation == "AssumeRole"), "{config}");
    });
}

#[test]
fn the_active_profile_decides_whether_environment_endpoints_are_ignored() {
    let company = Company::new();
    let (url, bundle, nobody) = (company.url(), company.bundle.clone(), unused_url());
    let network = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", bundle.as_str())];
    let id = access_key_id(seed::ACCOUNT);
    let base = format!("[profile base]\naws_access_key_id = {id}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n");
    let role = "role_arn = arn:aws:iam::111122223333:role/Ops\nsource_profile = base\nregion = us-east-1\n";
    let config = |said: &str| format!("{base}[profile \"my ops\"]\n{role}{said}[profile other]\n{role}");
    let ignored = config("ignore_configured_endpoint_urls = true\n");
    let elsewhere = ("AWS_ENDPOINT_URL_STS", nobody.as_str());
    let run = |config: &str, words: &str, more: &[(&str, &str)]| {
        write_file(&company.account, ".aws/config", config);
        let variables: Vec<_> = network.iter().chain(&[elsewhere]).chain(more).copied().collect();
        company.run(
            words,
            &[&variables[..], &[("AWS_MAX_ATTEMPTS", "1"), ("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")]]
                .concat(),
        )
    };
    // A profile has the same effect whether a variable or the flag names it.
    assert_judged(&run(&ignored, CHECK, &[("AWS_PROFILE", "my ops")]));
    let flagged = |profile: &str| format!("check alb --source web --profile={profile}");
    assert_judged(&run(&ignored.replace("my ops", "ops"), &flagged("ops"), &[("AWS_PROFILE", "other")]));
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
fn a_service_endpoint_takes_precedence_over_the_global_one() {
    let account = Account::seeded();
    let elsewhere = Account::seeded();
    let (url, other) = (elsewhere.url(), account.url());
    let cases = [
        ("AWS_ENDPOINT_URL_S3", OF_BUCKET, "s3"),
        ("AWS_ENDPOINT_URL_STS", CHECK, "sts"),
        ("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", CHECK, "elasticloadbalancing"),
    ];
    each_case(cases, |(variable, words, service)| {
        elsewhere.sandbox.forget_requests();
        assert_judged(&account.run_with(words, &[("AWS_ENDPOINT_URL", &other), (variable, &url)]));
        let services = |account: &Account| {
            account.sandbox.requests().into_iter().map(|request| request.service).collect::<Vec<_>>()
        };
        let (here, there) = (services(&account), services(&elsewhere));
        assert!(!there.is_empty() && there.iter().all(|one| one == service), "{variable}: {there:?}");
        assert!(!here.contains(&service.to_owned()), "{variable}: {here:?}");
    });
}

#[test]
fn the_retry_mode_and_attempts_from_the_environment_are_used() {
    let account = Account::seeded();
    each_case(["standard", "adaptive", "legacy"], |mode| {
        for (attempts, ends) in [("1", 1), ("2", 0)] {
            let when = When::OperationTimes("DescribeLoadBalancers".to_owned(), 1);
            account.sandbox.inject(Fault { when, effect: Effect::throttled() });
            let ran = account.run_with(CHECK, &[("AWS_RETRY_MODE", mode), ("AWS_MAX_ATTEMPTS", attempts)]);
            account.sandbox.clear_faults();
            assert_eq!(ran.code == 1, ends == 1, "{mode}, {attempts}: {ran:?}");
        }
    });
}
