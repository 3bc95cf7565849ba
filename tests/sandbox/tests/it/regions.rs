//! Regions, enabled or not.

use aws_sdk_account::operation::list_regions::ListRegionsOutput;
use aws_sdk_account::types::RegionOptStatus;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};
use sandbox::{BucketSeed, Effect, Fault, LoadBalancerSeed, Sandbox, When, seed};

use crate::clients::{account_of, elb_of, kms_in, raw, refusal, refused, reply, s3, s3_of, trail_in};

const BAHRAIN: &str = "me-south-1";

#[tokio::test]
async fn the_seventeen_default_regions_are_enabled_and_others_are_not() {
    let sandbox = Sandbox::seeded().await;
    let client = account_of(&sandbox, ACCOUNT);
    let all = client.list_regions().send().await.expect("listed");
    let of = |status: RegionOptStatus| {
        let same = all.regions().iter().filter(|region| region.region_opt_status() == Some(&status));
        same.filter_map(|region| region.region_name()).collect::<Vec<_>>()
    };
    let (enabled, disabled) = (of(RegionOptStatus::EnabledByDefault), of(RegionOptStatus::Disabled));
    assert!(enabled.len() == 17 && enabled.contains(&seed::REGION) && enabled.contains(&"sa-east-1"), "{enabled:?}");
    assert!(disabled.len() == 17 && disabled.contains(&BAHRAIN), "{disabled:?}");
}

#[tokio::test]
async fn regions_are_listed_by_status_in_pages_per_account() {
    let sandbox = Sandbox::seeded().await;
    let client = account_of(&sandbox, ACCOUNT);
    sandbox.set_region(ACCOUNT, BAHRAIN, "ENABLED");
    sandbox.set_region(ACCOUNT, "af-south-1", "ENABLING");
    let enabled = [RegionOptStatus::Enabled, RegionOptStatus::EnabledByDefault];
    let list = || client.list_regions().set_region_opt_status_contains(Some(enabled.to_vec()));
    let pages = list().max_results(10).into_paginator().send().collect::<Result<Vec<_>, _>>().await.expect("listed");
    let names: Vec<&str> =
        pages.iter().flat_map(ListRegionsOutput::regions).filter_map(|region| region.region_name()).collect();
    assert_eq!(pages.iter().map(|page| page.regions().len()).collect::<Vec<_>>(), [10, 8]);
    assert!(names.is_sorted() && names.contains(&BAHRAIN) && !names.contains(&"af-south-1"), "{names:?}");
    let other = account_of(&sandbox, OTHER_ACCOUNT).list_regions().region_opt_status_contains(RegionOptStatus::Enabled);
    assert!(other.send().await.expect("listed").regions().is_empty());
    let status = client.get_region_opt_status().region_name("af-south-1").send().await.expect("the status");
    assert_eq!(status.region_opt_status(), Some(&RegionOptStatus::Enabling));
    let wrong = refusal(400, "ValidationException");
    for most in [0, 51] {
        assert_eq!(refused(client.list_regions().max_results(most).send().await), wrong, "{most}");
    }
    assert_eq!(refused(client.list_regions().next_token("me-south-1").send().await), wrong);
    assert_eq!(
        refused(client.list_regions().account_id(OTHER_ACCOUNT).send().await),
        refusal(403, "AccessDeniedException")
    );
}

#[tokio::test]
async fn account_management_is_signed_for_us_east_1_and_recorded_and_denied_like_others() {
    let sandbox = Sandbox::seeded().await;
    let mut request = raw("account", "eu-west-1", ACCOUNT, "", "{}");
    request.path = "/listRegions".to_owned();
    assert_eq!(reply(&sandbox, request).await.status, 403);
    let client = account_of(&sandbox, ACCOUNT);
    for (effect, status, code) in [
        (Effect::access_denied(), 403, "AccessDeniedException"),
        (Effect::expired_token(), 400, "ExpiredTokenException"),
        (Effect::throttled(), 429, "TooManyRequestsException"),
    ] {
        sandbox.inject(Fault { when: When::Nth(1), effect });
        assert_eq!(refused(client.list_regions().send().await), refusal(status, code));
    }
    let log = sandbox.requests();
    assert!(log.iter().all(|one| one.service == "account" && one.operation == "ListRegions" && !one.mutating));
    assert_eq!(log.last().and_then(|one| one.error.clone()).as_deref(), Some("TooManyRequestsException"));
}

#[tokio::test]
async fn every_service_denies_calls_in_a_region_that_is_not_enabled() {
    let sandbox = Sandbox::seeded().await;
    sandbox.put_load_balancer(LoadBalancerSeed::application("far").within(BAHRAIN)).await;
    let elb = elb_of(&sandbox, ACCOUNT, BAHRAIN);
    let kms = kms_in(&sandbox, ACCOUNT, BAHRAIN);
    let trail = trail_in(&sandbox, ACCOUNT, BAHRAIN);
    let buckets = s3_of(&sandbox, ACCOUNT, BAHRAIN);
    for status in ["DISABLED", "ENABLING", "DISABLING"] {
        sandbox.set_region(ACCOUNT, BAHRAIN, status);
        assert_eq!(refused(elb.describe_load_balancers().send().await), refusal(403, "InvalidClientTokenId"));
        assert_eq!(refused(kms.create_key().send().await), refusal(400, "UnrecognizedClientException"));
        assert_eq!(refused(trail.lookup_events().send().await), refusal(400, "UnrecognizedClientException"));
        assert_eq!(refused(buckets.list_buckets().send().await), refusal(403, "InvalidAccessKeyId"));
        let identity = raw("sts", BAHRAIN, ACCOUNT, "", "Action=GetCallerIdentity");
        assert_eq!(reply(&sandbox, identity).await.status, 403);
        let mut session = raw("s3", BAHRAIN, ACCOUNT, "/", "");
        session.headers.insert("x-amz-security-token", "session".parse().expect("a value"));
        let reported = reply(&sandbox, session).await;
        assert!(
            reported.status == 400 && String::from_utf8_lossy(&reported.body).contains("<Code>InvalidToken</Code>")
        );
    }
    assert!(sandbox.events().is_empty(), "a Region that does not know the account records nothing for it");
    sandbox.set_region(ACCOUNT, BAHRAIN, "ENABLED");
    assert_eq!(elb.describe_load_balancers().send().await.expect("described").load_balancers().len(), 1);
    trail.lookup_events().send().await.expect("looked up");
    buckets.list_buckets().send().await.expect("listed");
}

#[tokio::test]
async fn a_bucket_in_an_opt_in_region_does_not_cause_a_redirect() {
    let sandbox = Sandbox::seeded().await;
    sandbox.put_bucket(BucketSeed::new("far-logs").within(BAHRAIN)).await;
    let client = s3(&sandbox);
    let illegal = refusal(400, "IllegalLocationConstraintException");
    assert_eq!(refused(client.get_bucket_policy().bucket("far-logs").send().await), illegal);
    let head = client.head_bucket().bucket("far-logs").send().await.expect_err("refused");
    let response = head.raw_response().expect("a response");
    assert_eq!((response.status().as_u16(), response.headers().get("x-amz-bucket-region")), (400, Some(BAHRAIN)));
    let listed = client.list_buckets().send().await.expect("listed");
    assert!(listed.buckets().iter().any(|bucket| bucket.name() == Some("far-logs")), "it is listed all the same");
    let constraint =
        || CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(BAHRAIN)).build();
    let create = client.create_bucket().bucket("new-logs").create_bucket_configuration(constraint());
    assert_eq!(refused(create.send().await), illegal);
    sandbox.set_region(ACCOUNT, BAHRAIN, "ENABLED");
    let there = s3_of(&sandbox, ACCOUNT, BAHRAIN);
    there.create_bucket().bucket("new-logs").create_bucket_configuration(constraint()).send().await.expect("created");
    there.head_bucket().bucket("far-logs").send().await.expect("there");
}
