//! Deny statements by network: some very likely match a request from AWS, others very likely don't.

use serde_json::{Value, json};

use super::fixture::in_order;
use super::policies::{deny, policy_lines};
use crate::producer::Producer;

#[track_caller]
fn reported(condition: &Value, expected: &str) {
    for producer in Producer::ALL {
        let mut world = in_order(producer);
        world.statement(deny("Network", condition));
        assert_eq!(policy_lines(&world), [expected], "{producer} {condition}");
    }
}

#[test]
fn a_deny_of_requests_from_outside_a_vpc_endpoint_very_likely_applies() {
    for condition in [
        json!({ "Null": { "aws:SourceVpce": "true" } }),
        json!({ "Null": { "aws:SourceVpc": "true" } }),
        json!({ "Null": { "aws:SourceVpc": "true" }, "NotIpAddress": { "aws:SourceIp": ["203.0.113.0/24", "198.51.100.7"] } }),
        json!({ "Null": { "aws:VpcSourceIp": "true" }, "StringNotEqualsIfExists": { "aws:SourceVpc": "vpc-1" } }),
        json!({ "StringNotLike": { "aws:SourceVpce": "vpce-*" } }),
    ] {
        reported(&condition, "policy-deny-likely warning: offers Network");
    }
}

#[test]
fn a_deny_for_listed_networks_very_likely_does_not_apply_to_a_service() {
    for condition in [
        json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
        json!({ "StringEquals": { "aws:SourceVpc": "vpc-1" } }),
        json!({ "StringLike": { "aws:SourceVpce": ["vpce-1", "vpce-2*"] } }),
        json!({ "Null": { "aws:SourceVpce": "false" } }),
        json!({ "StringEquals": { "aws:PrincipalAccount": "444455556666" } }),
    ] {
        reported(&condition, "policy-deny-unlikely warning: nothing");
    }
}

#[test]
fn a_list_that_might_include_aws_addresses_or_has_more_conditions_is_uncertain() {
    for condition in [
        json!({ "IpAddress": { "aws:SourceIp": "0.0.0.0/0" } }),
        json!({ "IpAddress": { "aws:SourceIp": ["52.94.133.0/24"] } }),
        json!({ "StringEquals": { "aws:UserAgent": "web" } }),
    ] {
        reported(&condition, "policy-uncertain warning: nothing");
    }
    // If a second Deny is in doubt, each Deny gets its own finding.
    let mut world = in_order(Producer::Alb);
    world.statement(deny("Listed", &json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } })));
    world.statement(deny("Agent", &json!({ "StringEquals": { "aws:UserAgent": "web" } })));
    assert_eq!(policy_lines(&world), ["policy-uncertain warning: nothing", "policy-deny-unlikely warning: nothing"]);
}

#[test]
fn a_grant_limited_to_a_customers_network_or_account_very_likely_allows_no_service() {
    for condition in [
        json!({ "StringEquals": { "aws:SourceVpce": "vpce-0a1b2c3d" } }),
        json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "203.0.113.0/24"] } }),
        json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } }),
    ] {
        for producer in Producer::ALL {
            let mut world = in_order(producer);
            world.policy(&json!([{ "Sid": "Ours", "Effect": "Allow", "Principal": "*",
                "Action": ["s3:PutObject", "s3:GetBucketAcl"], "Condition": condition,
                "Resource": ["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"] }]));
            assert_eq!(
                policy_lines(&world),
                ["policy-grant warning: adds s3:PutBucketPolicy"],
                "{producer} {condition}"
            );
            let what = world.finding("policy-grant").what();
            assert!(what.contains("very likely does not allow") && what.contains("statement 1 `Ours`"), "{what}");
        }
    }
    // An address that may be AWS's own is only a doubt.
    let mut world = in_order(Producer::Nlb);
    world.policy(&json!([{ "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*",
        "Condition": { "IpAddress": { "aws:SourceIp": "52.94.0.0/16" } } }]));
    assert!(world.finding("policy-grant").what().starts_with("could not tell whether the bucket policy"));
}
