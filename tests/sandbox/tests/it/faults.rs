//! The log of requests, faults, latency, and the server.

use std::time::Duration;

use sandbox::{Effect, Fault, Sandbox, When, seed};
use tokio::time::Instant;

use crate::clients::{refusal, refused, s3, s3_at};

#[tokio::test]
async fn requests_are_recorded_in_order() {
    let sandbox = Sandbox::seeded().await;
    assert!(sandbox.requests().is_empty(), "seeding makes no requests");
    let client = s3(&sandbox);
    let _ = client.get_bucket_policy().bucket(seed::APP_DATA).expected_bucket_owner("111122223333").send().await;
    let _ = client.delete_bucket_policy().bucket(seed::APP_DATA).send().await;
    let log = sandbox.requests();
    let seen: Vec<(&str, &str, bool, u16)> =
        log.iter().map(|one| (one.operation.as_str(), one.resource.as_str(), one.mutating, one.status)).collect();
    assert_eq!(seen, [("GetBucketPolicy", "app-data", false, 404), ("DeleteBucketPolicy", "app-data", true, 204)]);
    assert_eq!(
        (log[0].expected_owner.as_deref(), log[0].error.as_deref()),
        (Some("111122223333"), Some("NoSuchBucketPolicy"))
    );
    sandbox.forget_requests();
    assert!(sandbox.requests().is_empty());
}

#[tokio::test]
async fn faults_refuse_abort_and_delay_requests() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let delete = || client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send();
    sandbox.inject(Fault { when: When::Nth(1), effect: Effect::slow_down() });
    assert_eq!(refused(delete().await), refusal(503, "SlowDown"));
    sandbox
        .inject(Fault { when: When::OperationTimes("DeleteBucketPolicy".to_owned(), 1), effect: Effect::ResetBefore });
    assert!(
        delete().await.is_err_and(
            |error| matches!(error, aws_sdk_s3::error::SdkError::DispatchFailure(failure) if failure.is_io())
        )
    );
    assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_some());
    sandbox.inject(Fault { when: When::Operation("DeleteBucketPolicy".to_owned()), effect: Effect::ResetAfter });
    assert!(delete().await.is_err());
    assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_none(), "it happened all the same");
    sandbox.clear_faults();
    delete().await.expect("no fault any more");
}

#[tokio::test(start_paused = true)]
async fn latency_shows_which_requests_were_concurrent() {
    let sandbox = Sandbox::seeded().await;
    sandbox.set_latency(Duration::from_millis(50));
    let client = s3(&sandbox);
    let head = |bucket: &'static str| client.head_bucket().bucket(bucket).send();
    let start = Instant::now();
    let _ = tokio::join!(head(seed::APP_DATA), head(seed::APP_IMAGES), head(seed::KMS_LOGS));
    assert_eq!((sandbox.longest_chain(), start.elapsed().as_millis() / 50), (1, 1));
    let _ = head(seed::APP_DATA).await;
    assert_eq!(sandbox.longest_chain(), 2);
}

#[tokio::test]
async fn the_sandbox_is_served_over_http_and_can_drop_connections() {
    let sandbox = Sandbox::seeded().await;
    let served = sandbox.serve(0).await.expect("served");
    let client = s3_at(&served.url());
    assert_eq!(
        client.get_bucket_policy().bucket(seed::SHARED_LOGS).send().await.expect("got").policy(),
        Some(seed::SHARED_POLICY)
    );
    client
        .put_object()
        .bucket(seed::APP_DATA)
        .key("x/y")
        .body(aws_sdk_s3::primitives::ByteStream::from_static(b"z"))
        .send()
        .await
        .expect("put");
    let head = client.head_object().bucket(seed::APP_DATA).key("x/y").send().await.expect("head");
    assert_eq!(
        (head.content_length(), head.server_side_encryption().map(|kind| kind.as_str().to_owned()).as_deref()),
        (Some(1), Some("AES256"))
    );
    sandbox.inject(Fault { when: When::Nth(1), effect: Effect::ResetBefore });
    assert!(
        client.head_bucket().bucket(seed::APP_DATA).send().await.is_err_and(|error| error.raw_response().is_none())
    );
    client.head_bucket().bucket(seed::APP_DATA).send().await.expect("a new connection");
}
