//! Names that don't exist, or belong to someone else.

use sandbox::{Effect, Fault, When};

use super::setup::{ALB, account_that_refuses, error_text, says};
use crate::account::Account;

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
    let account = account_that_refuses("ListBuckets", 403, "AccessDenied", "Access Denied");
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
fn for_another_accounts_bucket_a_name_reserved_for_this_account_is_suggested() {
    let account = Account::seeded();
    let ran = account.run("init alb --source web --bucket other-account-logs --yes --quiet").ends(5);
    insta::assert_snapshot!(error_text(&account, &ran));
}

#[test]
fn a_bucket_name_taken_during_the_run_gets_the_same_suggestion() {
    let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.";
    let account = account_that_refuses("CreateBucket", 409, "BucketAlreadyExists", message);
    says!(account, account.run(&format!("{ALB} --quiet")));
    // Nothing is left to undo, although the bucket's owner can't be determined.
    account.sandbox.clear_faults();
    account.sandbox.inject(Fault { when: When::Operation("HeadBucket".to_owned()), effect: Effect::access_denied() });
    account.run("undo latest --yes").ends(0).says("nothing to restore");
    account.run("undo").ends(0).says(", undone ");
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
