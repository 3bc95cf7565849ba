//! Profiles, and the roles that they assume.

use sandbox::{Effect, Fault, When, seed};

use super::setup::{ALB, NO_KEYS, account_with_config, profile, says};
use crate::account::Account;

#[test]
fn a_missing_profile_gets_the_nearest_name_suggested() {
    let account = account_with_config("[profile prod]\n[profile dev]\n", "");
    says!(account, account.run(&format!("{ALB} --profile prdo")), 2);
}

#[test]
fn a_missing_profile_from_the_environment_is_named() {
    let account = account_with_config("[profile prod]\n[profile dev]\n", "");
    let [id, secret] = NO_KEYS;
    says!(account, account.run_with(ALB, &[id, secret, ("AWS_PROFILE", "prdo")]), 2);
}

#[test]
fn for_a_profile_similar_to_none_all_profiles_are_listed() {
    let account = account_with_config("[profile prod]\n[profile dev]\n", "");
    says!(account, account.run(&format!("{ALB} --profile elsewhere")), 2);
}

#[test]
fn without_any_profiles_the_hint_shows_how_to_create_one() {
    let account = Account::seeded();
    says!(account, account.run(&format!("{ALB} --profile corp")), 2);
}

#[test]
fn a_profile_without_credentials_has_its_own_error() {
    let account = account_with_config("[profile empty]\nregion = us-east-1\n", "");
    says!(account, account.run(&format!("{ALB} --profile empty")));
}

#[test]
fn a_broken_configuration_is_reported_without_a_panic() {
    let account = account_with_config("[profile dev\n[]\n= x\n", "");
    says!(account, account.run(&format!("{ALB} --profile dev")), 2);
}

/// A profile that assumes a role with another profile's keys.
fn account_with_role(role: &str) -> Account {
    account_with_config(
        &format!("{}[profile ops]\nsource_profile = base\nrole_arn = {role}\n", profile("profile base")),
        "",
    )
}

#[test]
fn a_profiles_role_is_assumed_at_the_runs_endpoint_and_in_its_region() {
    let account = account_with_role("arn:aws:iam::444455556666:role/Ops");
    account
        .run_with("init alb --source web --bucket demo-logs --dry-run --profile ops", &[("AWS_REGION", "us-west-2")])
        .ends(2)
        .says("in us-west-2 of account 444455556666");
    let requests = account.sandbox.requests();
    let assumed = requests.iter().find(|request| request.operation == "AssumeRole").expect("a role");
    assert_eq!((assumed.region.as_str(), assumed.account.as_str()), ("us-west-2", seed::ACCOUNT));
    account
        .run("init alb --source web --bucket demo-logs --dry-run --profile ops --region eu-west-1")
        .ends(2)
        .says("in eu-west-1 of account 444455556666");
    assert!(account.sandbox.requests().iter().all(|request| request.region == "eu-west-1"));
}

#[test]
fn a_denied_assume_role_names_the_statement() {
    let account = account_with_role("arn:aws:iam::444455556666:role/Ops");
    let message = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/Ops";
    let effect = Effect::status(403, "AccessDenied", message);
    account.sandbox.inject(Fault { when: When::Operation("AssumeRole".to_owned()), effect });
    says!(account, account.run(&format!("{ALB} --profile ops")));
}
