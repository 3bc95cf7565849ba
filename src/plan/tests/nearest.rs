//! The statement that comes closest to allowing a log service, if only the principal is wrong.

use serde_json::{Value, json};

use super::fixture::{World, in_order};
use crate::producer::Producer;

fn allow(sid: &str, action: &str, resource: &str, principal: &Value) -> Value {
    json!({ "Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action,
        "Resource": format!("arn:aws:s3:::acme-logs{resource}") })
}

fn service(name: &str) -> Value {
    json!({ "Service": name })
}

#[track_caller]
fn nearest(world: &World) -> String {
    let what = world.finding("policy-grant").what();
    what.split_once("; closest match: ").unwrap_or_else(|| panic!("nothing is near: {what}")).1.to_owned()
}

#[test]
fn a_statement_with_only_a_wrong_principal_is_shown_with_both_principals() {
    for (producer, wrong) in [
        (Producer::Alb, "delivery.logs.amazonaws.com"),
        (Producer::Alb, "elasticloadbalancing.amazonaws.com"),
        (Producer::S3Access, "s3.amazonaws.com"),
        (Producer::S3Access, "delivery.logs.amazonaws.com"),
        (Producer::Inventory, "logging.s3.amazonaws.com"),
    ] {
        let mut world = in_order(producer);
        world.policy(&json!([
            allow("Readers", "s3:GetObject", "/*", &json!({ "AWS": "111122223333" })),
            allow("Logs", "s3:PutObject", "/*", &service(wrong)),
        ]));
        let right = producer.facts().principal;
        let expected = format!("statement 2 `Logs`: `Principal` = \"{wrong}\", and the request comes from {right}");
        assert_eq!(nearest(&world), expected, "{producer}");
    }
}

#[test]
fn a_half_matching_statement_is_closer_than_an_unrelated_one() {
    let mut world = in_order(Producer::Nlb);
    world.policy(&json!([
        allow("AWSLogDeliveryAclCheck", "s3:GetBucketAcl", "", &service("delivery.logs.amazonaws.com")),
        allow(
            "AWSLogDeliveryWrite",
            "s3:PutObject",
            "/AWSLogs/111122223333/*",
            &service("logdelivery.elasticloadbalancing.amazonaws.com")
        ),
    ]));
    assert!(nearest(&world).starts_with("statement 2 `AWSLogDeliveryWrite`: `Principal` = "), "{}", nearest(&world));
}

#[test]
fn a_statement_for_an_account_is_shown_in_every_region() {
    let account = |id: &str| allow("Old", "s3:PutObject", "/*", &json!({ "AWS": format!("arn:aws:iam::{id}:root") }));
    // A statement for another Region's account is compared with this Region's account.
    let mut world = in_order(Producer::Alb);
    world.policy(&json!([account("156460612806")]));
    let expected = "statement 1 `Old`: `Principal` = \"arn:aws:iam::156460612806:root\", and the request comes from arn:aws:iam::127311923021:root";
    assert_eq!(nearest(&world), expected);
    // In this Region, only the service writes logs.
    world.observed.region = "il-central-1".parse().unwrap();
    assert!(nearest(&world).ends_with("the request comes from logdelivery.elasticloadbalancing.amazonaws.com"));
}

#[test]
fn a_statement_with_more_than_a_wrong_principal_is_not_close() {
    let mut world = in_order(Producer::Alb);
    world.policy(&json!([allow(
        "Trail",
        "s3:PutObject",
        "/AWSLogs/111122223333/CloudTrail/*",
        &service("cloudtrail.amazonaws.com")
    )]));
    let what = world.finding("policy-grant").what();
    assert!(!what.contains("Trail"), "{what}");
}

#[test]
fn a_statement_for_another_service_is_close_if_only_its_conditions_also_fail() {
    // A module wrote this statement for NLBs. ALBs need another statement.
    let mut module = allow("Module", "s3:PutObject", "/*", &service("delivery.logs.amazonaws.com"));
    module["Condition"] = json!({
        "StringEquals": { "s3:x-amz-acl": "bucket-owner-full-control" },
        "ArnLike": { "aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:*" },
    });
    let mut world = in_order(Producer::Alb);
    world.policy(&json!([module]));
    let near = nearest(&world);
    assert!(near.starts_with("statement 1 `Module`: `Principal` = \"delivery.logs.amazonaws.com\", and"), "{near}");
    assert!(near.contains("; `ArnLike aws:SourceArn` = \"arn:aws:logs:us-east-1:111122223333:*\", and"), "{near}");
    // A statement with only a wrong principal is closer.
    let plain = allow("Plain", "s3:PutObject", "/*", &service("delivery.logs.amazonaws.com"));
    let mut world = in_order(Producer::Alb);
    world.policy(&json!([module, plain]));
    assert!(nearest(&world).starts_with("statement 2 `Plain`: "), "{}", nearest(&world));
    for producer in [Producer::S3Access, Producer::Inventory] {
        let mut other = allow("Other", "s3:PutObject", "/*", &service("cloudtrail.amazonaws.com"));
        other["Condition"] = json!({ "StringEquals": { "aws:SourceAccount": "999999999999" } });
        let mut world = in_order(producer);
        world.policy(&json!([other]));
        let near = nearest(&world);
        assert!(near.contains("`Principal` = ") && near.contains("`StringEquals aws:SourceAccount` = "), "{near}");
    }
}

#[test]
fn an_nlb_service_that_can_write_logs_but_not_read_the_acl_is_reported() {
    let mut world = in_order(Producer::Nlb);
    world.policy(&json!([allow("Write", "s3:PutObject", "/*", &service("delivery.logs.amazonaws.com"))]));
    let found = world.finding("policy-grant");
    assert_eq!(
        found.what(),
        "the bucket policy does not allow `delivery.logs.amazonaws.com` to call `s3:GetBucketAcl` for `edge`"
    );
    assert!(found.why().starts_with("the service may write its files"), "{}", found.why());
}

#[test]
fn an_uncertain_organization_condition_names_only_the_organization() {
    let mut grant = allow("Org", "s3:PutObject", "/*", &service("logdelivery.elasticloadbalancing.amazonaws.com"));
    grant["Condition"] = json!({
        "StringEquals": { "aws:SourceOrgId": "o-a1b2c3d4e5" },
        "ArnLike": { "aws:SourceArn": "arn:aws:elasticloadbalancing:*:*:loadbalancer/*" },
    });
    let mut world = in_order(Producer::Alb);
    world.policy(&json!([grant]));
    let what = world.finding("policy-grant").what();
    assert!(what.contains("aws:SourceOrgId") && !what.contains("aws:SourceArn"), "{what}");
}
