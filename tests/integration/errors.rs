//! Every error that a user meets says what failed, why, and what to do. The tests compare all of standard error from
//! the real executable.

use sandbox::account::{SECRET_ACCESS_KEY, access_key_id};
use sandbox::{Effect, Fault, When, seed};

use crate::account::{Account, Ran};

const ALB: &str = "init alb --source web --bucket demo-logs --yes";

/// The variables that remove the credentials from the environment; an empty variable counts as none.
const NO_KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];

/// The run's output, without the parts that differ between runs.
fn said(account: &Account, ran: &Ran) -> String {
    let text = ran.stderr.replace(account.home().to_str().unwrap(), "HOME");
    let text = after_each(&text, "127.0.0.1:", "PORT", |c| c.is_ascii_digit());
    after_each(&text, "SANDBOX", "", |c| c.is_ascii_digit())
}

/// Replaces the characters of this kind that follow each `mark`.
fn after_each(text: &str, mark: &str, with: &str, letter: fn(char) -> bool) -> String {
    let mut parts = text.split(mark);
    let mut whole = parts.next().unwrap().to_owned();
    for part in parts {
        whole.extend([mark, with, part.trim_start_matches(letter)]);
    }
    whole
}

/// An account that answers each call of an operation with this refusal.
fn refusing(operation: &str, status: u16, code: &str, message: &str) -> Account {
    let account = Account::seeded();
    let effect = Effect::status(status, code, message);
    account.sandbox.inject(Fault { when: When::Operation(operation.to_owned()), effect });
    account
}

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

macro_rules! says {
    ($account:expr, $ran:expr) => {
        says!($account, $ran, 1)
    };
    ($account:expr, $ran:expr, $code:expr) => {{
        let ran = $ran.ends($code);
        insta::assert_snapshot!(said(&$account, &ran));
    }};
}

#[test]
fn without_credentials_the_hint_shows_how_to_sign_in() {
    let account = Account::seeded();
    says!(account, account.run_with(ALB, &NO_KEYS));
}

#[test]
fn without_credentials_the_hint_lists_the_existing_profiles() {
    let account = configured("[profile dev]\nregion = us-east-1\n[profile corp]\n", "[ops]\n");
    says!(account, account.run_with(ALB, &NO_KEYS));
}

#[test]
fn a_missing_profile_gets_the_nearest_name_suggested() {
    let account = configured("[profile prod]\n[profile dev]\n", "");
    says!(account, account.run(&format!("{ALB} --profile prdo")), 2);
}

#[test]
fn a_missing_profile_from_the_environment_is_named() {
    let account = configured("[profile prod]\n[profile dev]\n", "");
    let [id, secret] = NO_KEYS;
    says!(account, account.run_with(ALB, &[id, secret, ("AWS_PROFILE", "prdo")]), 2);
}

#[test]
fn for_a_profile_similar_to_none_all_profiles_are_listed() {
    let account = configured("[profile prod]\n[profile dev]\n", "");
    says!(account, account.run(&format!("{ALB} --profile elsewhere")), 2);
}

#[test]
fn without_any_profiles_the_hint_shows_how_to_create_one() {
    let account = Account::seeded();
    says!(account, account.run(&format!("{ALB} --profile corp")), 2);
}

#[test]
fn a_profile_without_credentials_has_its_own_error() {
    let account = configured("[profile empty]\nregion = us-east-1\n", "");
    says!(account, account.run(&format!("{ALB} --profile empty")));
}

#[test]
fn a_broken_configuration_is_reported_without_a_panic() {
    let account = configured("[profile dev\n[]\n= x\n", "");
    says!(account, account.run(&format!("{ALB} --profile dev")), 2);
}

/// A profile of IAM Identity Center, whose token is in a file named by the SHA-1 of `corp`.
fn signed_on_until(expiry: Option<&str>) -> Account {
    let account = configured(
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
    let account = signed_on_until(Some("2026-01-01T00:00:00Z"));
    says!(account, account.run(&format!("{ALB} --profile dev")));
}

#[test]
fn a_missing_sso_session_gets_a_login_command_for_its_profile() {
    let account = signed_on_until(None);
    let [id, secret] = NO_KEYS;
    says!(account, account.run_with(ALB, &[id, secret, ("AWS_PROFILE", "dev")]));
}

const EXPIRED: &str = "The security token included in the request is expired";

#[test]
fn for_expired_credentials_in_the_environment_new_ones_are_suggested_there() {
    let account = refusing("GetCallerIdentity", 403, "ExpiredToken", EXPIRED);
    says!(account, account.run_with(ALB, &[("AWS_SESSION_TOKEN", "token")]));
}

#[test]
fn expired_keys_without_a_session_token_are_not_blamed_on_the_token() {
    let account = refusing("GetCallerIdentity", 403, "ExpiredToken", EXPIRED);
    says!(account, account.run(ALB));
}

#[test]
fn an_expired_request_is_blamed_on_the_keys_if_the_clock_is_right() {
    let account = refusing("DescribeLoadBalancers", 400, "RequestExpired", "Request has expired.");
    says!(account, account.run(ALB));
}

#[test]
fn an_expired_request_is_blamed_on_the_clock_if_it_is_wrong() {
    let message = "Request has expired: 20260101T000000Z is before 20260101T003000Z";
    let account = refusing("DescribeLoadBalancers", 400, "RequestExpired", message);
    says!(account, account.run_with(ALB, &[("AWS_SESSION_TOKEN", "token")]));
}

/// A server that is not AWS and answers each request with this status and text.
fn answering(status: &'static str, kind: &'static str, text: &'static str) -> String {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut length = 0;
            for line in reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let _ = reader.read_exact(&mut vec![0; length]);
            let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
            let head =
                format!("HTTP/1.1 {status}\r\n{kind}Content-Length: {}\r\nConnection: close\r\n\r\n", text.len());
            let _ = reader.get_mut().write_all(format!("{head}{text}").as_bytes());
        }
    });
    url
}

#[test]
fn an_unparseable_response_is_described() {
    let account = Account::seeded();
    let mut errors = String::new();
    for (status, kind, text) in [
        ("200 OK", "text/plain", "hello"),
        ("200 OK", "", "hello"),
        ("200 OK", "", ""),
        ("200 OK", "application/json", "{}"),
        ("302 Found", "text/plain", "elsewhere"),
        ("404 Not Found", "text/plain", "no such page"),
    ] {
        let ran = account.run_with("check alb --source web", &[("AWS_ENDPOINT_URL", &answering(status, kind, text))]);
        errors.push_str(&said(&account, &ran.ends(1)));
    }
    insta::assert_snapshot!(errors);
}

#[test]
fn expired_credentials_of_a_profile_get_a_hint_for_that_profile() {
    let account = configured(&profile("profile dev"), "");
    let effect = Effect::status(403, "ExpiredToken", EXPIRED);
    account.sandbox.inject(Fault { when: When::Operation("GetCallerIdentity".to_owned()), effect });
    says!(account, account.run(&format!("{ALB} --profile dev")));
}

#[test]
fn a_missing_load_balancer_gets_the_nearest_name_suggested() {
    let account = Account::seeded();
    says!(account, account.run("init alb --source weeb --bucket demo-logs --yes"), 2);
    let asked = account.sandbox.requests().iter().filter(|one| one.operation == "DescribeLoadBalancers").count();
    assert_eq!(asked, 2, "one for its name, one for the list");
}

#[test]
fn for_a_load_balancer_similar_to_none_another_region_is_suggested() {
    let account = Account::seeded();
    says!(account, account.run("init alb --source nobody --source web --bucket demo-logs --region us-west-2 --yes"), 2);
}

#[test]
fn a_missing_source_bucket_gets_the_nearest_name_suggested() {
    let account = Account::seeded();
    says!(account, account.run("init s3-access --source app-dta --bucket demo-logs --yes"), 2);
}

#[test]
fn with_a_denied_listing_the_error_remains_without_a_suggestion() {
    let account = refusing("ListBuckets", 403, "AccessDenied", "Access Denied");
    says!(account, account.run("init s3-access --source app-dta --bucket demo-logs --yes"), 2);
}

#[test]
fn another_accounts_source_bucket_is_reported_with_s3s_error() {
    let account = Account::seeded();
    says!(account, account.run("init inventory --source other-account-logs --bucket demo-logs --yes"));
}

#[test]
fn a_mistyped_region_gets_a_suggestion() {
    let account = Account::seeded();
    says!(account, account.run(&format!("{ALB} --region us-esat-1 --endpoint-url http://127.0.0.1:1")));
}

#[test]
fn an_invalid_configured_region_gets_a_suggestion() {
    let account = Account::seeded();
    says!(account, account.run_with(ALB, &[("AWS_REGION", "useast1")]), 2);
}

#[test]
fn a_missing_region_has_one_error_message() {
    let account = Account::seeded();
    says!(account, account.run_with(ALB, &[("AWS_REGION", "")]), 2);
}

#[test]
fn a_denied_read_names_the_statement_that_grants_it() {
    let message = "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: elasticloadbalancing:DescribeLoadBalancers because no identity-based policy allows the elasticloadbalancing:DescribeLoadBalancers action";
    let account = refusing("DescribeLoadBalancers", 403, "AccessDenied", message);
    says!(account, account.run(ALB));
}

#[test]
fn for_an_explicit_deny_no_grant_is_suggested() {
    let message = "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: s3:CreateBucket on resource: \"arn:aws:s3:::demo-logs\" with an explicit deny in a service control policy: arn:aws:organizations::111122223333:policy/o-1/p-1";
    let account = refusing("CreateBucket", 403, "AccessDenied", message);
    says!(account, account.run(&format!("{ALB} --quiet")));
}

#[test]
fn a_denied_bucket_creation_names_every_action_that_it_needs() {
    let message = "User: arn:aws:sts::111122223333:assumed-role/Operator/session is not authorized to perform: s3:CreateBucket on resource: \"arn:aws:s3:::demo-logs\" because no identity-based policy allows the s3:CreateBucket action";
    let account = refusing("CreateBucket", 403, "AccessDenied", message);
    says!(account, account.run(&format!("{ALB} --quiet")));
}

#[test]
fn a_denied_attachment_names_the_load_balancer() {
    let account = refusing("ModifyLoadBalancerAttributes", 403, "AccessDenied", "");
    let ran = account.run(&format!("{ALB} --quiet")).ends(6);
    let arn = account.sandbox.load_balancer_arn("web").unwrap();
    insta::assert_snapshot!(said(&account, &ran).replace(&arn, "ARN"));
}

#[test]
fn a_denial_that_s3_does_not_explain_might_be_an_explicit_deny() {
    let account = refusing("PutBucketPolicy", 403, "AccessDenied", "Access Denied");
    let ran = account.run(&format!("{ALB} --quiet")).ends(6);
    insta::assert_snapshot!(said(&account, &ran));
}

#[test]
fn a_denied_key_creation_names_the_actions_for_its_policy_and_tag() {
    let account = refusing("CreateKey", 400, "AccessDeniedException", "");
    says!(account, account.run("init nlb --source edge --bucket demo-logs --kms-key create --yes --quiet"));
}

#[test]
fn for_another_accounts_bucket_a_name_reserved_for_this_account_is_suggested() {
    let account = Account::seeded();
    let ran = account.run("init alb --source web --bucket other-account-logs --yes --quiet").ends(5);
    insta::assert_snapshot!(said(&account, &ran));
}

#[test]
fn a_bucket_name_taken_during_the_run_gets_the_same_suggestion() {
    let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.";
    let account = refusing("CreateBucket", 409, "BucketAlreadyExists", message);
    says!(account, account.run(&format!("{ALB} --quiet")));
    // Nothing is left to undo, although the bucket's owner can't be determined.
    account.sandbox.clear_faults();
    account.sandbox.inject(Fault { when: When::Operation("HeadBucket".to_owned()), effect: Effect::access_denied() });
    account.run("undo latest --yes").ends(0).says("nothing to restore");
    account.run("undo").ends(0).says(", undone ");
}

#[test]
fn exhausted_retries_are_reported() {
    let account = refusing("DescribeLoadBalancers", 400, "Throttling", "Rate exceeded");
    says!(account, account.run(ALB));
}

#[test]
fn the_configured_number_of_attempts_applies_to_every_command() {
    for command in ["scan", "check --bucket shared-logs", ALB] {
        let account = refusing("GetCallerIdentity", 503, "ServiceUnavailable", "Try again.");
        account.run_with(command, &[("AWS_MAX_ATTEMPTS", "1")]).ends(1);
        let asked =
            account.sandbox.requests().iter().filter(|request| request.operation == "GetCallerIdentity").count();
        assert_eq!(asked, 1, "{command}");
    }
}

#[test]
fn a_failure_of_aws_is_distinguished_from_a_bad_request() {
    let account = refusing("DescribeLoadBalancers", 500, "InternalFailure", "We encountered an internal error.");
    says!(account, account.run(ALB));
}

#[test]
fn an_endpoint_that_refuses_connections_is_named() {
    let account = Account::seeded();
    says!(account, account.run(&format!("{ALB} --endpoint-url http://127.0.0.1:1")));
}

#[test]
fn an_endpoint_that_drops_connections_is_named() {
    let account = Account::seeded();
    let when = When::Operation("GetCallerIdentity".to_owned());
    account.sandbox.inject(Fault { when, effect: Effect::ResetBefore });
    says!(account, account.run(ALB));
}

#[test]
fn an_endpoint_without_tls_is_named() {
    let account = Account::seeded();
    let url = account.url().replace("http:", "https:");
    says!(account, account.run(&format!("{ALB} --endpoint-url {url}")));
}

#[test]
fn a_slow_clock_is_reported_with_its_difference() {
    let message =
        "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T003000Z - 15 min.)";
    let account = refusing("GetCallerIdentity", 403, "SignatureDoesNotMatch", message);
    says!(account, account.run(ALB));
}

#[test]
fn a_clock_that_s3_rejects_is_reported_without_an_unknown_difference() {
    let message = "The difference between the request time and the current time is too large.";
    let account = refusing("PutBucketPolicy", 403, "RequestTimeTooSkewed", message);
    let ran = account.run(&format!("{ALB} --quiet")).ends(6);
    insta::assert_snapshot!(said(&account, &ran));
}

#[test]
fn an_unknown_access_key_is_reported() {
    let message = "The security token included in the request is invalid.";
    let account = refusing("GetCallerIdentity", 403, "InvalidClientTokenId", message);
    says!(account, account.run(ALB));
}

#[test]
fn a_wrong_secret_key_is_reported() {
    let message = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.";
    let account = refusing("GetCallerIdentity", 403, "SignatureDoesNotMatch", message);
    says!(account, account.run(ALB));
}

/// A profile that assumes a role with another profile's keys.
fn assuming(role: &str) -> Account {
    configured(&format!("{}[profile ops]\nsource_profile = base\nrole_arn = {role}\n", profile("profile base")), "")
}

#[test]
fn a_profiles_role_is_assumed_at_the_runs_endpoint_and_in_its_region() {
    let account = assuming("arn:aws:iam::444455556666:role/Ops");
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
    let account = assuming("arn:aws:iam::444455556666:role/Ops");
    let message = "User: arn:aws:iam::111122223333:user/me is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/Ops";
    let effect = Effect::status(403, "AccessDenied", message);
    account.sandbox.inject(Fault { when: When::Operation("AssumeRole".to_owned()), effect });
    says!(account, account.run(&format!("{ALB} --profile ops")));
}

#[test]
fn a_json_document_has_the_same_message_and_hint() {
    let account = Account::seeded();
    let ran = account.run("init alb --source weeb --bucket demo-logs --yes --output json").ends(2);
    let document = ran.json();
    for field in ["error", "hint"] {
        let text = document[field].as_str().unwrap();
        assert!(!text.is_empty() && ran.stderr.contains(text), "{document}");
    }
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
