//! Destinations that exist, don't exist yet, or can't be used.

use super::fixture::{ACCOUNT, each, in_order, new, tags};
use crate::model::Namespace;
use crate::plan::Step;
use crate::producer::Producer;
use crate::state::BucketState;

#[test]
fn a_new_bucket_is_fully_configured_before_any_source_is_attached() {
    for (producer, attachment) in [
        (Producer::Alb, "elasticloadbalancing:ModifyLoadBalancerAttributes"),
        (Producer::Nlb, "elasticloadbalancing:ModifyLoadBalancerAttributes"),
        (Producer::S3Access, "s3:PutBucketLogging"),
        (Producer::Inventory, "s3:PutBucketInventoryConfiguration"),
    ] {
        let plan = new(producer).plan();
        let steps: Vec<&str> = plan.steps.iter().map(|planned| planned.step.api()).collect();
        assert_eq!(
            steps,
            ["s3:CreateBucket", "s3:PutPublicAccessBlock", "s3:PutBucketEncryption", "s3:PutBucketPolicy", attachment,],
            "{producer}"
        );
        assert!(plan.steps.iter().all(|planned| planned.risk.is_none()), "{producer}");
    }
    let mut tagged = new(Producer::Alb);
    tagged.draft.tags = vec!["team=web".parse().unwrap()];
    let Step::CreateBucket { bucket, region, namespace, tags: with } = tagged.step("s3:CreateBucket") else { panic!() };
    assert_eq!((bucket.as_str(), region.as_str(), namespace), ("acme-logs", "us-east-1", Namespace::Global));
    assert_eq!(with, tags(&[("team", "web")]), "the call itself carries them");
}

#[test]
fn an_unusable_destination_is_refused_and_nothing_is_planned_for_it() {
    each(
        &in_order(Producer::Alb),
        &[
            (
                "refused",
                |world| world.observed.destination = BucketState::Refused,
                &["destination-refused error: refused"],
            ),
            (
                "elsewhere",
                |world| world.observed.destination = BucketState::OtherRegion("eu-central-1".parse().unwrap()),
                &["destination-other-region error: refused"],
            ),
            (
                "refused, and a source that can't log",
                |world| {
                    world.observed.destination = BucketState::Refused;
                    world.balancer().account = "444455556666".parse().unwrap();
                },
                &["source-other-account error: refused", "destination-refused error: refused"],
            ),
        ],
    );
    let mut world = in_order(Producer::Alb);
    world.observed.destination = BucketState::Refused;
    let hint = world.finding("destination-refused").hint().unwrap();
    assert!(hint.contains(&format!("`--bucket acme-logs-{ACCOUNT}-us-east-1-an`")), "{hint}");
    assert_eq!(world.plan().destination_text, "a bucket you can't access");
    world.draft.bucket = Some(format!("acme-{ACCOUNT}-us-east-1-an").parse().unwrap());
    assert!(!world.finding("destination-refused").hint().unwrap().contains("--bucket"));
    world.observed.destination = BucketState::OtherRegion("eu-central-1".parse().unwrap());
    assert_eq!(world.plan().destination_text, "a bucket in eu-central-1");
}

#[test]
fn a_bucket_named_for_another_account_or_region_cannot_be_created_here() {
    for (name, refused) in [
        ("acme-111122223333-us-east-1-an", false),
        ("acme-444455556666-us-east-1-an", true),
        ("acme-111122223333-eu-central-1-an", true),
    ] {
        let mut world = new(Producer::Alb);
        world.draft.bucket = Some(name.parse().unwrap());
        let found = world.reported().contains(&"destination-namespace error: refused".to_owned());
        assert_eq!(found, refused, "{name}");
    }
}
