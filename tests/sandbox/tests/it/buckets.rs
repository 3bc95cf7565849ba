//! Buckets and their settings.

use aws_sdk_s3::types::{
    BlockedEncryptionTypes, BucketInfo, BucketLocationConstraint, BucketLoggingStatus, BucketNamespace,
    CreateBucketConfiguration, EncryptionType, InventoryConfiguration, InventoryDestination, InventoryFormat,
    InventoryFrequency, InventoryIncludedObjectVersions, InventoryS3BucketDestination, InventorySchedule,
    LoggingEnabled, PartitionDateSource, PartitionedPrefix, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging, TargetObjectKeyFormat,
};
use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};
use sandbox::{BucketSeed, Sandbox, seed};

use crate::clients::{refusal, refused, s3, s3_of};

#[tokio::test]
async fn a_new_bucket_has_awss_defaults_and_reports_missing_settings() {
    let sandbox = Sandbox::empty().await;
    let client = s3(&sandbox);
    client.create_bucket().bucket("new-logs").send().await.expect("created");
    let view = sandbox.bucket("new-logs").expect("a bucket");
    assert_eq!(view.encryption.algorithm, "AES256");
    assert!(view.public_access_block.len() == 4 && view.public_access_block.values().all(|on| *on));
    assert_eq!(view.ownership.as_deref(), Some("BucketOwnerEnforced"));
    let encryption = client.get_bucket_encryption().bucket("new-logs").send().await.expect("encryption");
    let rules = encryption.server_side_encryption_configuration.expect("configuration").rules;
    assert_eq!(rules[0].blocked_encryption_types().expect("blocked").encryption_type(), [EncryptionType::SseC]);
    assert_eq!(refused(client.get_bucket_policy().bucket("new-logs").send().await), refusal(404, "NoSuchBucketPolicy"));
    assert_eq!(
        refused(client.get_bucket_lifecycle_configuration().bucket("new-logs").send().await),
        refusal(404, "NoSuchLifecycleConfiguration")
    );
    assert_eq!(refused(client.get_bucket_tagging().bucket("new-logs").send().await), refusal(404, "NoSuchTagSet"));
    assert_eq!(
        refused(client.get_object_lock_configuration().bucket("new-logs").send().await),
        refusal(404, "ObjectLockConfigurationNotFoundError")
    );
    assert_eq!(
        refused(client.get_bucket_inventory_configuration().bucket("new-logs").id("x").send().await),
        refusal(404, "NoSuchConfiguration")
    );
    client.delete_public_access_block().bucket("new-logs").send().await.expect("deleted");
    client.delete_bucket_ownership_controls().bucket("new-logs").send().await.expect("deleted");
    assert_eq!(
        refused(client.get_public_access_block().bucket("new-logs").send().await),
        refusal(404, "NoSuchPublicAccessBlockConfiguration")
    );
    assert_eq!(
        refused(client.get_bucket_ownership_controls().bucket("new-logs").send().await),
        refusal(404, "OwnershipControlsNotFoundError")
    );
    assert!(client.get_bucket_logging().bucket("new-logs").send().await.expect("logging").logging_enabled.is_none());
    assert_eq!(
        client
            .get_bucket_request_payment()
            .bucket("new-logs")
            .send()
            .await
            .expect("payment")
            .payer
            .expect("payer")
            .as_str(),
        "BucketOwner"
    );
    assert_eq!(
        client
            .list_bucket_inventory_configurations()
            .bucket("new-logs")
            .send()
            .await
            .expect("list")
            .inventory_configuration_list()
            .len(),
        0
    );
    assert_eq!(client.get_bucket_acl().bucket("new-logs").send().await.expect("an ACL").grants().len(), 1);
    assert_eq!(refused(client.head_bucket().bucket("nobodys").send().await).0, 404);
}

#[tokio::test]
async fn a_bucket_in_another_region_or_account_returns_its_region() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    for (bucket, status, region) in [(seed::WEST_LOGS, 301, "us-west-2"), (seed::OTHER_ACCOUNT_LOGS, 403, "us-east-1")]
    {
        let error = client.head_bucket().bucket(bucket).send().await.expect_err("refused");
        let response = error.raw_response().expect("a response");
        assert_eq!((response.status().as_u16(), response.headers().get("x-amz-bucket-region")), (status, Some(region)));
    }
    assert_eq!(
        refused(client.get_bucket_policy().bucket(seed::WEST_LOGS).send().await),
        refusal(301, "PermanentRedirect")
    );
    let location = client.get_bucket_location().bucket(seed::WEST_LOGS).send().await.expect("a location");
    assert_eq!(location.location_constraint, Some(BucketLocationConstraint::UsWest2));
    let head = s3_of(&sandbox, ACCOUNT, "us-west-2").head_bucket().bucket(seed::WEST_LOGS).send().await.expect("there");
    assert_eq!(head.bucket_region(), Some("us-west-2"));
    assert_eq!(
        refused(client.get_bucket_logging().bucket(seed::APP_DATA).expected_bucket_owner(OTHER_ACCOUNT).send().await),
        refusal(403, "AccessDenied")
    );
}

#[tokio::test]
async fn buckets_can_be_created_only_in_ways_that_aws_allows() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    assert_eq!(
        refused(client.create_bucket().bucket(seed::OTHER_ACCOUNT_LOGS).send().await),
        refusal(409, "BucketAlreadyExists")
    );
    assert!(client.create_bucket().bucket(seed::APP_DATA).send().await.is_ok(), "us-east-1 answers 200 again");
    let west = s3_of(&sandbox, ACCOUNT, "us-west-2");
    let constrained =
        |to: BucketLocationConstraint| CreateBucketConfiguration::builder().location_constraint(to).build();
    assert_eq!(
        refused(west.create_bucket().bucket("w-logs").send().await),
        refusal(400, "IllegalLocationConstraintException")
    );
    let wrong = constrained(BucketLocationConstraint::from("us-east-1"));
    assert_eq!(
        refused(west.create_bucket().bucket("w-logs").create_bucket_configuration(wrong).send().await),
        refusal(400, "InvalidLocationConstraint")
    );
    let right = constrained(BucketLocationConstraint::UsWest2);
    west.create_bucket().bucket("w-logs").create_bucket_configuration(right.clone()).send().await.expect("created");
    assert_eq!(
        refused(west.create_bucket().bucket("w-logs").create_bucket_configuration(right).send().await),
        refusal(409, "BucketAlreadyOwnedByYou")
    );
    let regional = format!("logs-{ACCOUNT}-us-east-1-an");
    assert_eq!(refused(client.create_bucket().bucket(&regional).send().await), refusal(400, "InvalidBucketName"));
    let namespaced =
        || client.create_bucket().bucket(&regional).bucket_namespace(BucketNamespace::AccountRegional).send();
    namespaced().await.expect("created");
    assert_eq!(refused(namespaced().await), refusal(409, "BucketAlreadyOwnedByYou"));
    assert_eq!(refused(client.create_bucket().bucket("Logs").send().await).0, 400);
    assert!(CreateBucketConfiguration::builder().bucket(BucketInfo::builder().build()).build().bucket().is_some());
}

#[tokio::test]
async fn encryption_is_stored_with_its_key_and_blocked_types() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::AwsKms)
        .kms_master_key_id("alias/any")
        .build()
        .expect("default");
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .bucket_key_enabled(true)
        .blocked_encryption_types(BlockedEncryptionTypes::builder().encryption_type(EncryptionType::None).build())
        .build();
    let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build().expect("configuration");
    client
        .put_bucket_encryption()
        .bucket(seed::APP_DATA)
        .server_side_encryption_configuration(configuration.clone())
        .send()
        .await
        .expect("put");
    let got = client.get_bucket_encryption().bucket(seed::APP_DATA).send().await.expect("got");
    assert_eq!(got.server_side_encryption_configuration, Some(configuration));
    client.delete_bucket_encryption().bucket(seed::APP_DATA).send().await.expect("deleted");
    assert_eq!(sandbox.bucket(seed::APP_DATA).expect("a bucket").encryption.algorithm, "AES256");
}

#[tokio::test]
async fn logging_is_stored_and_its_target_is_checked() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let put = |target: &str| {
        let format = TargetObjectKeyFormat::builder()
            .partitioned_prefix(
                PartitionedPrefix::builder().partition_date_source(PartitionDateSource::EventTime).build(),
            )
            .build();
        let enabled = LoggingEnabled::builder()
            .target_bucket(target)
            .target_prefix("s3/")
            .target_object_key_format(format)
            .build()
            .expect("logging");
        client
            .put_bucket_logging()
            .bucket(seed::APP_DATA)
            .bucket_logging_status(BucketLoggingStatus::builder().logging_enabled(enabled).build())
            .send()
    };
    assert_eq!(refused(put("nobodys").await), refusal(400, "InvalidTargetBucketForLogging"));
    assert_eq!(refused(put(seed::OTHER_ACCOUNT_LOGS).await), refusal(400, "InvalidTargetBucketForLogging"));
    assert_eq!(refused(put(seed::WEST_LOGS).await), refusal(403, "CrossLocationLoggingProhibitted"));
    put(seed::KMS_LOGS).await.expect("whatever the target's policy and encryption");
    let logging =
        client.get_bucket_logging().bucket(seed::APP_DATA).send().await.expect("got").logging_enabled.expect("on");
    assert_eq!((logging.target_bucket(), logging.target_prefix()), (seed::KMS_LOGS, "s3/"));
    assert!(logging.target_object_key_format().expect("a format").partitioned_prefix().is_some());
    assert_eq!(
        sandbox
            .bucket(seed::APP_DATA)
            .and_then(|bucket| bucket.logging)
            .and_then(|logging| logging.partition)
            .as_deref(),
        Some("EventTime")
    );
    client
        .put_bucket_logging()
        .bucket(seed::APP_DATA)
        .bucket_logging_status(BucketLoggingStatus::builder().build())
        .send()
        .await
        .expect("off");
    assert!(sandbox.bucket(seed::APP_DATA).expect("a bucket").logging.is_none());
}

#[tokio::test]
async fn inventories_are_stored_and_listed_in_pages() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    for number in 0..101 {
        let id = format!("report-{number:03}");
        let destination = InventoryS3BucketDestination::builder()
            .bucket("arn:aws:s3:::shared-logs")
            .format(InventoryFormat::Csv)
            .build()
            .expect("destination");
        let configuration = InventoryConfiguration::builder()
            .id(&id)
            .is_enabled(true)
            .included_object_versions(InventoryIncludedObjectVersions::Current)
            .schedule(InventorySchedule::builder().frequency(InventoryFrequency::Daily).build().expect("schedule"))
            .destination(InventoryDestination::builder().s3_bucket_destination(destination).build())
            .build()
            .expect("configuration");
        client
            .put_bucket_inventory_configuration()
            .bucket(seed::APP_DATA)
            .id(&id)
            .inventory_configuration(configuration)
            .send()
            .await
            .expect("put");
    }
    let first = client.list_bucket_inventory_configurations().bucket(seed::APP_DATA).send().await.expect("listed");
    assert_eq!((first.inventory_configuration_list().len(), first.is_truncated), (100, Some(true)));
    let token = first.next_continuation_token.expect("a token");
    let second = client
        .list_bucket_inventory_configurations()
        .bucket(seed::APP_DATA)
        .continuation_token(token)
        .send()
        .await
        .expect("listed");
    assert_eq!(second.inventory_configuration_list()[0].id(), "report-100");
    assert_eq!((second.inventory_configuration_list().len(), second.is_truncated), (1, Some(false)));
    let wrong = client.list_bucket_inventory_configurations().bucket(seed::APP_DATA).continuation_token("report-100");
    assert_eq!(refused(wrong.send().await), refusal(400, "InvalidArgument"), "a token is no id");
    client
        .delete_bucket_inventory_configuration()
        .bucket(seed::APP_DATA)
        .id("report-100")
        .send()
        .await
        .expect("deleted");
    assert_eq!(sandbox.bucket(seed::APP_DATA).expect("a bucket").inventories.len(), 100);
}

#[tokio::test]
async fn aws_system_tags_can_be_neither_added_nor_changed_nor_removed() {
    let sandbox = Sandbox::empty().await;
    let stack =
        "<Tagging><TagSet><Tag><Key>aws:cloudformation:stack-name</Key><Value>front</Value></Tag></TagSet></Tagging>";
    sandbox.put_bucket(BucketSeed::new("stack-logs").setting("tagging", stack)).await;
    let client = s3(&sandbox);
    let put = |tags: &[(&str, &str)]| {
        let tag = |(key, value): &(&str, &str)| Tag::builder().key(*key).value(*value).build().expect("a tag");
        let tagging = Tagging::builder().set_tag_set(Some(tags.iter().map(tag).collect())).build().expect("tags");
        client.put_bucket_tagging().bucket("stack-logs").tagging(tagging).send()
    };
    let (name, team) = ("aws:cloudformation:stack-name", ("team", "core"));
    for tags in [&[team][..], &[(name, "other")], &[(name, "front"), ("aws:cloudformation:logical-id", "x")]] {
        assert_eq!(refused(put(tags).await), refusal(400, "InvalidTag"), "{tags:?}");
    }
    put(&[(name, "front"), team]).await.expect("taken");
    assert_eq!(sandbox.bucket("stack-logs").expect("a bucket").tags.len(), 2);
}
