//! Every error that a user meets says what failed, why, and what to do.

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::seed;

use crate::account::Account;

/// An account with a configuration file and a credentials file.
fn configured(config: &str, credentials: &str) -> Account {
    let account = Account::seeded();
    let folder = account.home().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("config"), config).unwrap();
    std::fs::write(folder.join("credentials"), credentials).unwrap();
    account
}

/// A profile with the seeded account's keys.
fn profile(name: &str) -> String {
    let key = access_key_id(seed::ACCOUNT);
    format!("[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET_ACCESS_KEY}\n")
}

/// A profile that assumes a role by the keys of another.
fn assuming(role: &str) -> Account {
    configured(&format!("{}[profile ops]\nsource_profile = base\nrole_arn = {role}\n", profile("profile base")), "")
}

#[test]
fn a_profiles_role_is_assumed_at_the_endpoint_and_in_the_region_of_the_run() {
    let account = assuming("arn:aws:iam::444455556666:role/Ops");
    account
        .run_with("init alb --source web --bucket demo-logs --dry-run --profile ops", &[("AWS_REGION", "us-west-2")])
        .ends(1)
        .says("in us-west-2");
    let requests = account.sandbox.requests();
    let assumed = requests.iter().find(|request| request.operation == "AssumeRole").expect("a role");
    assert_eq!((assumed.region.as_str(), assumed.account.as_str()), ("us-west-2", seed::ACCOUNT));
    account
        .run("init alb --source web --bucket demo-logs --dry-run --profile ops --region eu-west-1")
        .ends(1)
        .says("in eu-west-1");
    assert!(account.sandbox.requests().iter().all(|request| request.region == "eu-west-1"));
}

#[test]
fn an_endpoint_that_refuses_connections_is_named() {
    let account = Account::seeded();
    account
        .run("init alb --source web --bucket demo-logs --endpoint-url http://127.0.0.1:1")
        .ends(1)
        .says("no answer from http://127.0.0.1:1: ");
}
