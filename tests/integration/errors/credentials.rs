//! Missing, expired and wrong credentials.

use sandbox::{Effect, Fault, When};

use super::setup::{ALB, EXPIRED, NO_KEYS, account_that_refuses, account_with_config, profile, says};
use crate::account::Account;

#[test]
fn without_credentials_the_hint_shows_how_to_sign_in() {
    let account = Account::seeded();
    says!(account, account.run_with(ALB, &NO_KEYS));
}

#[test]
fn without_credentials_the_hint_lists_the_existing_profiles() {
    let account = account_with_config("[profile dev]\nregion = us-east-1\n[profile corp]\n", "[ops]\n");
    says!(account, account.run_with(ALB, &NO_KEYS));
}

/// A profile of IAM Identity Center, whose token is in a file named by the SHA-1 of `corp`.
fn account_with_sso_token(expiry: Option<&str>) -> Account {
    let account = account_with_config(
        "[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Ops\nregion = us-east-1\n\
         [sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.awsapps.com/start\n",
        "",
    );
    if let Some(expiry) = expiry {
        let folder = account.home().join(".aws/sso/cache");
        std::fs::create_dir_all(&folder).unwrap();
        let token = format!(r#"{{"accessToken": "token", "expiresAt": "{expiry}"}}"#);
        std::fs::write(folder.join("ee0bfd2552fbd840c02cc48b6e823320543c450f.json"), token).unwrap();
    }
    account
}

#[test]
fn an_expired_sso_session_gets_a_login_command_for_its_profile() {
    let account = account_with_sso_token(Some("2026-01-01T00:00:00Z"));
    says!(account, account.run(&format!("{ALB} --profile dev")));
}

#[test]
fn a_missing_sso_session_gets_a_login_command_for_its_profile() {
    let account = account_with_sso_token(None);
    let [id, secret] = NO_KEYS;
    says!(account, account.run_with(ALB, &[id, secret, ("AWS_PROFILE", "dev")]));
}

#[test]
fn for_expired_credentials_in_the_environment_new_ones_are_suggested_there() {
    let account = account_that_refuses("GetCallerIdentity", 403, "ExpiredToken", EXPIRED);
    says!(account, account.run_with(ALB, &[("AWS_SESSION_TOKEN", "token")]));
}

#[test]
fn expired_keys_without_a_session_token_are_not_blamed_on_the_token() {
    let account = account_that_refuses("GetCallerIdentity", 403, "ExpiredToken", EXPIRED);
    says!(account, account.run(ALB));
}

#[test]
fn expired_credentials_of_a_profile_get_a_hint_for_that_profile() {
    let account = account_with_config(&profile("profile dev"), "");
    let effect = Effect::status(403, "ExpiredToken", EXPIRED);
    account.sandbox.inject(Fault { when: When::Operation("GetCallerIdentity".to_owned()), effect });
    says!(account, account.run(&format!("{ALB} --profile dev")));
}

#[test]
fn an_unknown_access_key_is_reported() {
    let message = "The security token included in the request is invalid.";
    let account = account_that_refuses("GetCallerIdentity", 403, "InvalidClientTokenId", message);
    says!(account, account.run(ALB));
}

#[test]
fn a_wrong_secret_key_is_reported() {
    let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.";
    let account = account_that_refuses("GetCallerIdentity", 403, "SignatureDoesNotMatch", message);
    says!(account, account.run(ALB));
}

#[test]
fn a_session_token_is_blamed_only_if_one_is_set() {
    let account = Account::seeded();
    account.sandbox.inject(Fault {
        when: When::FromNth(1),
        effect: Effect::status(400, "ExpiredToken", "The security token included in the request is expired"),
    });
    let with = |envs: &[(&str, &str)]| account.run_with("check alb --source web", envs).stderr;
    let none = with(&[]);
    assert!(!none.contains("your session token has expired"), "{none}");
    let empty = with(&[("AWS_SESSION_TOKEN", "")]);
    assert!(!empty.contains("your session token has expired"), "{empty}");
    let some = with(&[("AWS_SESSION_TOKEN", "token")]);
    assert!(some.contains("your session token has expired"), "{some}");
}
