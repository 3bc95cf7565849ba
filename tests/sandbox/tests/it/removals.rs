//! Calls that remove settings and buckets, each with its own name and permission.

use aws_sdk_s3::types::{
    InventoryConfiguration, InventoryDestination, InventoryFormat, InventoryFrequency, InventoryIncludedObjectVersions,
    InventoryS3BucketDestination, InventorySchedule, Payer, RequestPaymentConfiguration,
};
use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};
use sandbox::{BucketSeed, Encryption, Sandbox, seed};
use serde_json::json;

use crate::clients::{refusal, refused, s3};

const LIFECYCLE: &str = "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>";
const TAGS: &str = "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>";

/// Returns a sandbox with a bucket that has every setting.
async fn furnished() -> Sandbox {
    let sandbox = Sandbox::seeded().await;
    let policy = seed::SHARED_POLICY.replace(seed::SHARED_LOGS, "furnished");
    let bucket = BucketSeed::new("furnished").policy(&policy).encrypted(Encryption::kms(None));
    sandbox.put_bucket(bucket.setting("lifecycle", LIFECYCLE).setting("tagging", TAGS)).await;
    sandbox
}

fn inventory() -> InventoryConfiguration {
    let to = InventoryS3BucketDestination::builder().bucket("arn:aws:s3:::shared-logs").format(InventoryFormat::Csv);
    let to = InventoryDestination::builder().s3_bucket_destination(to.build().expect("a bucket")).build();
    let daily = InventorySchedule::builder().frequency(InventoryFrequency::Daily).build().expect("a schedule");
    InventoryConfiguration::builder()
        .id("report")
        .is_enabled(true)
        .included_object_versions(InventoryIncludedObjectVersions::Current)
        .destination(to)
        .schedule(daily)
        .build()
        .expect("a configuration")
}

#[tokio::test]
async fn settings_are_deleted_one_by_one_and_deleting_a_missing_one_is_not_an_error() {
    let sandbox = furnished().await;
    let (client, name) = (s3(&sandbox), "furnished");
    client
        .put_bucket_inventory_configuration()
        .bucket(name)
        .id("report")
        .inventory_configuration(inventory())
        .send()
        .await
        .expect("put");
    for _ in 0..2 {
        client.delete_bucket_policy().bucket(name).expected_bucket_owner(ACCOUNT).send().await.expect("deleted");
        client.delete_bucket_encryption().bucket(name).expected_bucket_owner(ACCOUNT).send().await.expect("deleted");
        client.delete_bucket_tagging().bucket(name).expected_bucket_owner(ACCOUNT).send().await.expect("deleted");
        client.delete_bucket_lifecycle().bucket(name).expected_bucket_owner(ACCOUNT).send().await.expect("deleted");
    }
    let delete = || client.delete_bucket_inventory_configuration().bucket(name).id("report").send();
    delete().await.expect("deleted");
    assert_eq!(refused(delete().await), refusal(404, "NoSuchConfiguration"));
    let view = sandbox.bucket(name).expect("a bucket");
    assert_eq!((view.policy, view.lifecycle, view.encryption.algorithm.as_str()), (None, None, "AES256"));
    assert!(view.tags.is_empty() && view.inventories.is_empty());
    assert_eq!(refused(client.get_bucket_tagging().bucket(name).send().await), refusal(404, "NoSuchTagSet"));
}

#[tokio::test]
async fn the_payer_can_be_set_both_ways() {
    let sandbox = furnished().await;
    let client = s3(&sandbox);
    for (payer, pays) in [(Payer::Requester, true), (Payer::BucketOwner, false)] {
        let payment = RequestPaymentConfiguration::builder().payer(payer).build().expect("a payer");
        let put = client.put_bucket_request_payment().bucket("furnished").request_payment_configuration(payment);
        put.expected_bucket_owner(ACCOUNT).send().await.expect("put");
        assert_eq!(sandbox.bucket("furnished").expect("a bucket").requester_pays, pays);
    }
}

#[tokio::test]
async fn only_an_empty_bucket_can_be_deleted() {
    let sandbox = furnished().await;
    let (client, name) = (s3(&sandbox), "furnished");
    let delete = |owner| client.delete_bucket().bucket(name).expected_bucket_owner(owner).send();
    sandbox.put_object(name, "a", b"b").await;
    assert_eq!(refused(delete(ACCOUNT).await), refusal(409, "BucketNotEmpty"));
    client.delete_object().bucket(name).key("a").send().await.expect("deleted");
    assert_eq!(refused(delete(OTHER_ACCOUNT).await), refusal(403, "AccessDenied"));
    delete(ACCOUNT).await.expect("deleted");
    assert_eq!(refused(delete(ACCOUNT).await), refusal(404, "NoSuchBucket"));
    assert!(sandbox.bucket(name).is_none());
    client.create_bucket().bucket(name).send().await.expect("created anew");
    assert_eq!(sandbox.bucket(name).expect("a bucket").policy, None);
}

#[tokio::test]
async fn each_removal_needs_its_own_permission() {
    let sandbox = furnished().await;
    sandbox.allow_only(&json!({ "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] }));
    let (client, name) = (s3(&sandbox), "furnished");
    sandbox.set_inventory(name, "report", "<InventoryConfiguration/>");
    client.delete_bucket_policy().bucket(name).send().await.expect("deleted");
    client.delete_bucket_encryption().bucket(name).send().await.expect("deleted");
    client.delete_bucket_tagging().bucket(name).send().await.expect("deleted");
    client.delete_bucket_lifecycle().bucket(name).send().await.expect("deleted");
    client.delete_bucket_inventory_configuration().bucket(name).id("report").send().await.expect("deleted");
    client.delete_bucket().bucket(name).send().await.expect("deleted");
    let names: Vec<String> = sandbox.requests().into_iter().map(|one| one.operation).collect();
    let expected = [
        ("DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
        ("DeleteBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("DeleteBucketTagging", "s3:PutBucketTagging"),
        ("DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
        ("DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration"),
        ("DeleteBucket", "s3:DeleteBucket"),
    ];
    assert_eq!(names, expected.map(|(operation, _)| operation));
    let actions: std::collections::BTreeSet<String> = expected.iter().map(|(_, action)| (*action).to_owned()).collect();
    assert_eq!(sandbox.asked_actions(), actions);
}

#[tokio::test]
async fn cors_website_replication_notifications_and_acceleration_are_stored_and_deleted() {
    let sandbox = furnished().await;
    let client = s3(&sandbox);
    let website = || client.get_bucket_website().bucket("furnished").send();
    assert_eq!(refused(website().await), refusal(404, "NoSuchWebsiteConfiguration"));
    let cors = || client.get_bucket_cors().bucket("furnished").send();
    assert_eq!(refused(cors().await), refusal(404, "NoSuchCORSConfiguration"));
    let replication = || client.get_bucket_replication().bucket("furnished").send();
    assert_eq!(refused(replication().await), refusal(404, "ReplicationConfigurationNotFoundError"));
    let notifications = || client.get_bucket_notification_configuration().bucket("furnished").send();
    assert!(notifications().await.expect("an answer").event_bridge_configuration.is_none());
    let acceleration = || client.get_bucket_accelerate_configuration().bucket("furnished").send();
    assert!(acceleration().await.expect("an answer").status.is_none());

    for (parameter, xml) in [
        (
            "website",
            "<WebsiteConfiguration><IndexDocument><Suffix>i.html</Suffix></IndexDocument></WebsiteConfiguration>",
        ),
        (
            "cors",
            "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
        ),
        (
            "replication",
            "<ReplicationConfiguration><Role>r</Role><Rule><Status>Enabled</Status><Destination><Bucket>arn:aws:s3:::b</Bucket></Destination></Rule></ReplicationConfiguration>",
        ),
        ("notification", "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>"),
        ("accelerate", "<AccelerateConfiguration><Status>Enabled</Status></AccelerateConfiguration>"),
    ] {
        sandbox.set_setting("furnished", parameter, Some(xml));
    }
    assert_eq!(website().await.expect("a website").index_document.expect("an index").suffix, "i.html");
    assert_eq!(cors().await.expect("CORS").cors_rules().len(), 1);
    let rules = replication().await.expect("replication").replication_configuration.expect("a configuration").rules;
    assert_eq!(rules.len(), 1);
    assert!(notifications().await.expect("an answer").event_bridge_configuration.is_some());
    assert!(acceleration().await.expect("an answer").status.is_some());
    client.delete_bucket_website().bucket("furnished").send().await.expect("no website");
    assert_eq!(refused(website().await), refusal(404, "NoSuchWebsiteConfiguration"));
    client.delete_bucket_cors().bucket("furnished").send().await.expect("no CORS");
    assert_eq!(refused(cors().await), refusal(404, "NoSuchCORSConfiguration"));
}

#[tokio::test]
async fn an_emptied_bucket_can_be_deleted_and_a_recreated_one_has_another_date() {
    let sandbox = furnished().await;
    let client = s3(&sandbox);
    sandbox.put_object("furnished", "a b/c", b"x").await;
    let first = sandbox.bucket("furnished").expect("a bucket").created;
    assert_eq!(refused(client.delete_bucket().bucket("furnished").send().await), refusal(409, "BucketNotEmpty"));
    sandbox.empty_bucket("furnished").await;
    client.delete_bucket().bucket("furnished").send().await.expect("it is empty");
    sandbox.pass(std::time::Duration::from_mins(1));
    client.create_bucket().bucket("furnished").send().await.expect("the name is free");
    assert!(sandbox.bucket("furnished").expect("a bucket").created > first);
}
