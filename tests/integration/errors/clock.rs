//! Clocks that are wrong.

use super::setup::{ALB, account_that_refuses, error_text, says};

#[test]
fn an_expired_request_is_blamed_on_the_keys_if_the_clock_is_right() {
    let account = account_that_refuses("DescribeLoadBalancers", 400, "RequestExpired", "Request has expired.");
    says!(account, account.run(ALB));
}

#[test]
fn an_expired_request_is_blamed_on_the_clock_if_it_is_wrong() {
    let message = "Request has expired: 20260101T000000Z is before 20260101T003000Z";
    let account = account_that_refuses("DescribeLoadBalancers", 400, "RequestExpired", message);
    says!(account, account.run_with(ALB, &[("AWS_SESSION_TOKEN", "token")]));
}

#[test]
fn a_slow_clock_is_reported_with_its_difference() {
    let message =
        "Signature expired: 20260101T000000Z is now earlier than 20260101T001500Z (20260101T003000Z - 15 min.)";
    let account = account_that_refuses("GetCallerIdentity", 403, "SignatureDoesNotMatch", message);
    says!(account, account.run(ALB));
}

#[test]
fn a_clock_that_s3_rejects_is_reported_without_an_unknown_difference() {
    let message = "The difference between the request time and the current time is too large.";
    let account = account_that_refuses("PutBucketPolicy", 403, "RequestTimeTooSkewed", message);
    let ran = account.run(&format!("{ALB} --quiet")).ends(6);
    insta::assert_snapshot!(error_text(&account, &ran));
}
