//! The event history.

use std::time::{Duration, SystemTime};

use aws_sdk_cloudtrail::operation::lookup_events::LookupEventsOutput;
use aws_sdk_cloudtrail::primitives::DateTime;
use aws_sdk_cloudtrail::types::{Event as Listed, EventCategory, LookupAttribute, LookupAttributeKey};
use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;
use aws_sdk_s3::types::{
    ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule,
};
use sandbox::account::{ACCOUNT, OTHER_ACCOUNT, access_key_id};
use sandbox::{Effect, Event, Fault, Sandbox, When, seed};
use serde_json::{Value, json};

use crate::clients::{elb, kms_of, refusal, refused, s3, trail_in};

fn by(key: LookupAttributeKey, value: &str) -> LookupAttribute {
    LookupAttribute::builder().attribute_key(key).attribute_value(value).build().expect("an attribute")
}

fn days_ago(days: u64) -> SystemTime {
    SystemTime::now() - Duration::from_secs(days * 86_400)
}

async fn all(sandbox: &Sandbox) -> Vec<Listed> {
    trail_in(sandbox, ACCOUNT, "us-east-1").lookup_events().send().await.expect("looked up").events().to_vec()
}

fn record(event: &Listed) -> Value {
    serde_json::from_str(event.cloud_trail_event().expect("a record")).expect("JSON")
}

fn names(events: &[Listed]) -> Vec<&str> {
    events.iter().filter_map(|event| event.event_name()).collect()
}

async fn encrypt(sandbox: &Sandbox, bucket: &str, key: &str) {
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::AwsKms)
        .kms_master_key_id(key)
        .build()
        .expect("default");
    let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(default).build();
    let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build().expect("configuration");
    let put = s3(sandbox).put_bucket_encryption().bucket(bucket).server_side_encryption_configuration(configuration);
    put.send().await.expect("put");
}

#[tokio::test]
async fn a_change_to_a_bucket_is_recorded_with_the_caller_and_action() {
    let sandbox = Sandbox::seeded().await;
    assert!(all(&sandbox).await.is_empty(), "seeding is no event");
    encrypt(&sandbox, seed::APP_DATA, "alias/any").await;
    let client = s3(&sandbox);
    client.put_object().bucket(seed::APP_IMAGES).key("k").send().await.expect("put");
    let _ = client.get_bucket_policy().bucket(seed::APP_DATA).send().await;
    let events = all(&sandbox).await;
    assert_eq!(names(&events), ["PutBucketEncryption"], "neither reads nor objects");
    let event = &events[0];
    assert_eq!(
        (event.event_source(), event.username(), event.read_only(), event.access_key_id()),
        (Some("s3.amazonaws.com"), Some("session"), Some("false"), Some(access_key_id(ACCOUNT).as_str()))
    );
    let resource = &event.resources()[0];
    assert_eq!((resource.resource_type(), resource.resource_name()), (Some("AWS::S3::Bucket"), Some(seed::APP_DATA)));
    let record = record(event);
    let reported = |path: &str| record.pointer(path).cloned().unwrap_or_default();
    assert_eq!(reported("/requestParameters/bucketName"), json!(seed::APP_DATA));
    let rule =
        "/requestParameters/ServerSideEncryptionConfiguration/Rule/ApplyServerSideEncryptionByDefault/KMSMasterKeyID";
    assert_eq!(reported(rule), json!("alias/any"));
    assert_eq!(reported("/userIdentity/type"), json!("AssumedRole"));
    assert_eq!(reported("/userIdentity/sessionContext/sessionIssuer/userName"), json!("Operator"));
    assert_eq!((reported("/awsRegion"), reported("/errorCode")), (json!("us-east-1"), Value::Null));
    assert_eq!(reported("/resources/0/ARN"), json!("arn:aws:s3:::app-data"));
    assert_eq!(reported("/eventID").as_str(), event.event_id());
    assert!(
        reported("/sourceIPAddress").is_string()
            && reported("/eventTime").as_str().is_some_and(|time| time.ends_with('Z'))
    );
}

#[tokio::test]
async fn a_refused_request_is_recorded_with_its_error() {
    let sandbox = Sandbox::seeded().await;
    let arn = sandbox.load_balancer_arn(seed::WEB).expect("an ARN");
    let attribute = |key: &str, value: &str| LoadBalancerAttribute::builder().key(key).value(value).build();
    let attach = elb(&sandbox)
        .modify_load_balancer_attributes()
        .load_balancer_arn(&arn)
        .attributes(attribute("access_logs.s3.enabled", "true"))
        .attributes(attribute("access_logs.s3.bucket", seed::KMS_LOGS));
    assert_eq!(refused(attach.send().await).0, 400);
    sandbox.inject(Fault { when: When::Operation("DisableKey".to_owned()), effect: Effect::access_denied() });
    let key = sandbox.keys()[0].arn.clone();
    assert_eq!(refused(kms_of(&sandbox, ACCOUNT).disable_key().key_id(&key).send().await).0, 400);
    let events = all(&sandbox).await;
    assert_eq!(names(&events), ["DisableKey", "ModifyLoadBalancerAttributes"]);
    let balancer = record(&events[1]);
    assert_eq!(balancer["errorCode"], json!("InvalidConfigurationRequest"));
    assert_eq!(balancer["errorMessage"], json!("Access Denied for bucket: kms-logs. Please check S3bucket permission"));
    assert_eq!(balancer["requestParameters"]["loadBalancerArn"], json!(arn));
    assert_eq!(
        balancer["requestParameters"]["attributes"][1],
        json!({ "key": "access_logs.s3.bucket", "value": "kms-logs" })
    );
    let resource = &events[1].resources()[0];
    assert_eq!(
        (resource.resource_type(), resource.resource_name()),
        (Some("AWS::ElasticLoadBalancingV2::LoadBalancer"), Some(arn.as_str()))
    );
    let denied = record(&events[0]);
    assert_eq!((&denied["errorCode"], &denied["requestParameters"]["keyId"]), (&json!("AccessDenied"), &json!(key)));
    assert_eq!(events[0].resources()[0].resource_name(), Some(key.as_str()));
}

#[tokio::test]
async fn a_request_from_an_unknown_sender_or_that_never_arrived_is_not_an_event() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    for effect in [Effect::expired_token(), Effect::invalid_client_token(), Effect::clock_skew(), Effect::ResetBefore] {
        sandbox.inject(Fault { when: When::Nth(1), effect });
        assert!(client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send().await.is_err());
    }
    assert!(sandbox.events().is_empty());
    sandbox.inject(Fault { when: When::Nth(1), effect: Effect::ResetAfter });
    assert!(client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send().await.is_err());
    assert_eq!(sandbox.events().len(), 1, "it happened all the same");
}

#[tokio::test]
async fn an_event_names_a_new_key_by_its_arn() {
    let sandbox = Sandbox::seeded().await;
    let client = kms_of(&sandbox, ACCOUNT);
    let made = client.create_key().send().await.expect("created").key_metadata.expect("metadata");
    let arn = made.arn().expect("an ARN");
    client.create_alias().alias_name("alias/new").target_key_id(made.key_id()).send().await.expect("created");
    client.schedule_key_deletion().key_id(made.key_id()).send().await.expect("scheduled");
    let found = trail_in(&sandbox, ACCOUNT, "us-east-1")
        .lookup_events()
        .lookup_attributes(by(LookupAttributeKey::ResourceName, arn))
        .send()
        .await
        .expect("looked up");
    assert_eq!(names(found.events()), ["ScheduleKeyDeletion", "CreateAlias", "CreateKey"]);
}

#[tokio::test]
async fn a_past_event_is_planted_with_its_user() {
    let sandbox = Sandbox::seeded().await;
    let key = sandbox.keys()[0].arn.clone();
    let balancer = sandbox.load_balancer_arn(seed::WEB).expect("an ARN");
    let id = sandbox.plant_event(
        Event::on_bucket("PutBucketEncryption", seed::OLD_ALB_LOGS, days_ago(3))
            .by("alice")
            .asking(json!({ "ServerSideEncryptionConfiguration": {} })),
    );
    sandbox.plant_event(Event::on_key("DisableKey", &key, days_ago(1)).by("Admin/bob"));
    sandbox.plant_event(
        Event::on_load_balancer("ModifyLoadBalancerAttributes", &balancer, days_ago(2)).by("root").refused("E", "m"),
    );
    sandbox.plant_event(Event::on_bucket("PutBucketPolicy", seed::OLD_ALB_LOGS, days_ago(91)));
    let events = all(&sandbox).await;
    assert_eq!(names(&events), ["DisableKey", "ModifyLoadBalancerAttributes", "PutBucketEncryption"], "90 days");
    assert_eq!(events.iter().filter_map(|event| event.username()).collect::<Vec<_>>(), ["bob", "root", "alice"]);
    assert_eq!(events[2].event_id(), Some(id.as_str()));
    assert_eq!(record(&events[2])["userIdentity"]["arn"], json!("arn:aws:iam::111122223333:user/alice"));
    assert!(record(&events[2])["requestParameters"]["ServerSideEncryptionConfiguration"].is_object());
    let known = events[2].event_time().expect("a time").secs();
    assert_eq!(known, DateTime::from(days_ago(3)).secs().clamp(known, known + 1));
}

#[tokio::test]
async fn events_are_looked_up_by_one_attribute_and_a_time_range() {
    let sandbox = Sandbox::seeded().await;
    let client = trail_in(&sandbox, ACCOUNT, "us-east-1");
    let planted = Event::on_bucket("PutBucketPolicy", "a", days_ago(5)).by("alice");
    let id = sandbox.plant_event(planted);
    sandbox.plant_event(Event::on_bucket("GetBucketPolicy", "b", days_ago(4)).by("bob").reading());
    sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "a", days_ago(1)).of(OTHER_ACCOUNT));
    sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "a", days_ago(1)).within(seed::WEST));
    for (key, value, count) in [
        (LookupAttributeKey::EventName, "PutBucketPolicy", 1),
        (LookupAttributeKey::EventName, "putbucketpolicy", 0),
        (LookupAttributeKey::EventSource, "s3.amazonaws.com", 2),
        (LookupAttributeKey::ResourceName, "a", 1),
        (LookupAttributeKey::ResourceType, "AWS::S3::Bucket", 2),
        (LookupAttributeKey::Username, "bob", 1),
        (LookupAttributeKey::ReadOnly, "true", 1),
        (LookupAttributeKey::EventId, id.as_str(), 1),
        (LookupAttributeKey::AccessKeyId, access_key_id(ACCOUNT).as_str(), 2),
    ] {
        let found = client.lookup_events().lookup_attributes(by(key.clone(), value)).send().await.expect("looked up");
        assert_eq!(found.events().len(), count, "{key:?} {value}");
    }
    for (from, to, count) in
        [(Some(6), None, 2), (Some(5), Some(5), 1), (Some(4), None, 1), (None, Some(5), 1), (Some(3), None, 0)]
    {
        let found = client
            .lookup_events()
            .set_start_time(from.map(|days| DateTime::from(days_ago(days) - Duration::from_mins(1))))
            .set_end_time(to.map(|days| DateTime::from(days_ago(days) + Duration::from_mins(1))))
            .send()
            .await
            .expect("looked up");
        assert_eq!(found.events().len(), count, "{from:?} {to:?}");
    }
    let insights = client.lookup_events().event_category(EventCategory::Insight).send().await.expect("looked up");
    assert!(insights.events().is_empty());
    let west = trail_in(&sandbox, ACCOUNT, seed::WEST).lookup_events().send().await.expect("looked up");
    let other = trail_in(&sandbox, OTHER_ACCOUNT, "us-east-1").lookup_events().send().await.expect("looked up");
    assert_eq!((west.events().len(), other.events().len()), (1, 1));
}

#[tokio::test]
async fn events_come_newest_first_in_pages_of_at_most_fifty() {
    let sandbox = Sandbox::seeded().await;
    for number in 0..120_u64 {
        let time = days_ago(60) + Duration::from_secs(number * 60);
        sandbox.plant_event(Event::on_bucket("PutBucketPolicy", &format!("b{number}"), time));
    }
    let client = trail_in(&sandbox, ACCOUNT, "us-east-1");
    let pages = client.lookup_events().into_paginator().send().collect::<Result<Vec<_>, _>>().await.expect("looked up");
    assert_eq!(pages.iter().map(|page| page.events().len()).collect::<Vec<_>>(), [50, 50, 20]);
    let times: Vec<i64> = pages
        .iter()
        .flat_map(LookupEventsOutput::events)
        .filter_map(|event| Some(event.event_time()?.secs()))
        .collect();
    assert!(times.len() == 120 && times.is_sorted_by(|one, other| one > other));
    let token = pages[0].next_token().expect("a token");
    let again = || client.lookup_events().next_token(token);
    sandbox.plant_event(Event::on_bucket("PutBucketPolicy", "new", SystemTime::now()));
    let second = again().send().await.expect("looked up");
    assert_eq!(second.events()[0].event_id(), pages[1].events()[0].event_id(), "a new event does not shift a page");
    let wrong = refusal(400, "InvalidNextTokenException");
    let other = by(LookupAttributeKey::Username, "session");
    assert_eq!(refused(again().lookup_attributes(other).send().await), wrong, "with other parameters");
    assert_eq!(refused(client.lookup_events().next_token("t").send().await), wrong);
}

#[tokio::test]
async fn an_invalid_lookup_is_refused() {
    let sandbox = Sandbox::seeded().await;
    let client = trail_in(&sandbox, ACCOUNT, "us-east-1");
    let attribute = || by(LookupAttributeKey::EventName, "PutBucketPolicy");
    let two = client.lookup_events().lookup_attributes(attribute()).lookup_attributes(attribute());
    let wrong = refusal(400, "InvalidLookupAttributesException");
    assert_eq!(refused(two.send().await), wrong);
    for (key, value) in [(LookupAttributeKey::from("Bucket"), "a"), (LookupAttributeKey::ReadOnly, "perhaps")] {
        assert_eq!(refused(client.lookup_events().lookup_attributes(by(key, value)).send().await), wrong);
    }
    for most in [0, 51, -1] {
        let page = client.lookup_events().max_results(most).send().await;
        assert_eq!(refused(page), refusal(400, "InvalidMaxResultsException"), "{most}");
    }
    let span = client.lookup_events().start_time(DateTime::from_secs(10)).end_time(DateTime::from_secs(9));
    assert_eq!(refused(span.send().await), refusal(400, "InvalidTimeRangeException"));
    let category = client.lookup_events().event_category(EventCategory::from("other"));
    assert_eq!(refused(category.send().await), refusal(400, "InvalidEventCategoryException"));
}

#[tokio::test(start_paused = true)]
async fn with_throttling_enabled_lookups_beyond_two_a_second_are_throttled_per_region() {
    let sandbox = Sandbox::seeded().await;
    let client = trail_in(&sandbox, ACCOUNT, "us-east-1");
    let look = || client.lookup_events().send();
    for _ in 0..3 {
        look().await.expect("looked up");
    }
    sandbox.limit_lookups(true);
    look().await.expect("looked up");
    look().await.expect("looked up");
    assert_eq!(refused(look().await), refusal(400, "ThrottlingException"));
    trail_in(&sandbox, ACCOUNT, seed::WEST).lookup_events().send().await.expect("another Region");
    tokio::time::advance(Duration::from_secs(1)).await;
    look().await.expect("looked up");
}

#[tokio::test]
async fn an_event_can_be_looked_up_only_after_the_delay() {
    let sandbox = Sandbox::seeded().await;
    sandbox.set_event_delay(Duration::from_mins(5));
    encrypt(&sandbox, seed::APP_DATA, "alias/any").await;
    assert!(all(&sandbox).await.is_empty());
    sandbox.set_event_delay(Duration::ZERO);
    assert_eq!(all(&sandbox).await.len(), 1);
    let lookups = sandbox.requests().into_iter().filter(|one| one.operation == "LookupEvents");
    assert!(lookups.into_iter().all(|one| one.service == "cloudtrail" && !one.mutating));
}
