//! Reads that lag behind writes, and policies that propagate.

use std::time::Duration;

use sandbox::account::ACCOUNT;
use sandbox::{Behind, BucketSeed, LoadBalancerSeed, Sandbox, seed};

use crate::clients::{elb, refusal, refused, s3};

#[tokio::test]
async fn a_new_bucket_is_invisible_to_the_first_reads_but_can_be_written_to() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    sandbox.set_lag(Some(Behind::Reads(2)));
    client.create_bucket().bucket("new-logs").send().await.expect("created");
    assert_eq!(refused(client.head_bucket().bucket("new-logs").send().await).0, 404);
    client.delete_bucket_encryption().bucket("new-logs").send().await.expect("written");
    let policy = || client.get_bucket_policy().bucket("new-logs").send();
    assert_eq!(refused(policy().await), refusal(404, "NoSuchBucket"));
    assert_eq!(refused(policy().await), refusal(404, "NoSuchBucketPolicy"));
    client.head_bucket().bucket("new-logs").send().await.expect("seen by now");
}

#[tokio::test]
async fn a_lag_returns_a_settings_old_value_and_does_not_affect_others() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    sandbox.set_lag(Some(Behind::Reads(1)));
    client.delete_bucket_policy().bucket(seed::SHARED_LOGS).expected_bucket_owner(ACCOUNT).send().await.expect("done");
    let policy = || client.get_bucket_policy().bucket(seed::SHARED_LOGS).send();
    client.get_bucket_encryption().bucket(seed::SHARED_LOGS).send().await.expect("another setting");
    assert_eq!(policy().await.expect("the old").policy(), Some(seed::SHARED_POLICY));
    assert_eq!(refused(policy().await), refusal(404, "NoSuchBucketPolicy"));
    client.put_bucket_policy().bucket(seed::SHARED_LOGS).policy(seed::SHARED_POLICY).send().await.expect("put");
    sandbox.set_lag(None);
    policy().await.expect("nothing lags any more");
}

#[tokio::test]
async fn a_lag_can_last_for_a_given_time() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    sandbox.set_lag(Some(Behind::For(Duration::from_millis(200))));
    client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send().await.expect("done");
    let policy = || client.get_bucket_policy().bucket(seed::SHARED_LOGS).send();
    for _ in 0..3 {
        policy().await.expect("the old");
    }
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(refused(policy().await), refusal(404, "NoSuchBucketPolicy"));
}

#[tokio::test]
async fn every_attachment_is_refused_until_the_policy_has_propagated() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let arn = sandbox.put_load_balancer(LoadBalancerSeed::network("fresh", "TLS")).await;
    sandbox.put_bucket(BucketSeed::new("new-logs")).await;
    let spread = || client.put_bucket_policy().bucket(seed::SHARED_LOGS).policy(seed::SHARED_POLICY).send();
    let logging = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>shared-logs</TargetBucket><TargetPrefix/></LoggingEnabled></BucketLoggingStatus>";
    let put = |parameter: &str, body: &str| {
        let mut request = crate::clients::raw("s3", "us-east-1", ACCOUNT, &format!("/app-data?{parameter}"), body);
        request.method = "PUT".to_owned();
        crate::clients::reply(&sandbox, request)
    };
    let on = |key: &str, value: &str| {
        aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute::builder().key(key).value(value).build()
    };
    sandbox.attach_refusals(3);
    assert_eq!(put("logging", logging).await.status, 200, "no policy was written yet");
    spread().await.expect("put");
    let reported = put("logging", logging).await;
    assert!(
        String::from_utf8_lossy(&reported.body).contains("<Code>InvalidTargetBucketForLogging</Code>"),
        "{reported:?}"
    );
    let reported = put("inventory&id=a", "<InventoryConfiguration/>").await;
    assert!(
        String::from_utf8_lossy(&reported.body).contains("<Code>InvalidS3DestinationBucket</Code>"),
        "{reported:?}"
    );
    let attach = elb(&sandbox).modify_load_balancer_attributes().load_balancer_arn(&arn);
    let attach = attach.attributes(on("access_logs.s3.enabled", "true")).attributes(on("access_logs.s3.bucket", "x"));
    assert_eq!(refused(attach.send().await), refusal(400, "InvalidConfigurationRequest"));
    assert_eq!(put("logging", logging).await.status, 200, "three were refused");
    sandbox.refuse_attaching_for(Duration::from_millis(100));
    spread().await.expect("put");
    assert_eq!(put("logging", logging).await.status, 400);
    tokio::time::sleep(Duration::from_millis(120)).await;
    assert_eq!(put("logging", logging).await.status, 200);
}
