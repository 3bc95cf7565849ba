//! Answers that are lost or damaged on their way, over HTTP and in process.

use std::time::Duration;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use sandbox::{Effect, Fault, Sandbox, When, seed};

use crate::clients::{refusal, refused, s3, s3_at};

/// Returns the same client with this time limit for an answer.
fn impatient(client: &aws_sdk_s3::Client) -> aws_sdk_s3::Client {
    let patience = TimeoutConfig::builder().read_timeout(Duration::from_millis(100)).build();
    aws_sdk_s3::Client::from_conf(client.config().to_builder().timeout_config(patience).build())
}

/// A sandbox with a client in process and one over HTTP. Each test uses both.
async fn both() -> Vec<(Sandbox, aws_sdk_s3::Client, Option<sandbox::Served>)> {
    let (inside, outside) = (Sandbox::seeded().await, Sandbox::seeded().await);
    let served = outside.serve(0).await.expect("served");
    let clients = (s3(&inside), s3_at(&served.url()));
    vec![(inside, clients.0, None), (outside, clients.1, Some(served))]
}

fn once(sandbox: &Sandbox, effect: Effect) {
    sandbox.clear_faults();
    sandbox.inject(Fault { when: When::Nth(1), effect });
}

#[tokio::test]
async fn a_delayed_response_arrives_after_the_client_gave_up_and_the_write_was_applied() {
    for (sandbox, client, _served) in both().await {
        let client = impatient(&client);
        let delete = || client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send();
        once(&sandbox, Effect::Delay(Duration::from_mins(10)));
        assert!(delete().await.is_err_and(|error| error.raw_response().is_none()));
        assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_some(), "not done yet");
        once(&sandbox, Effect::Held(Duration::from_mins(10)));
        assert!(delete().await.is_err_and(|error| error.raw_response().is_none()));
        assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_none(), "done all the same");
    }
}

#[tokio::test]
async fn a_truncated_body_is_not_a_response() {
    for (sandbox, client, _served) in both().await {
        once(&sandbox, Effect::CutShort);
        let got = client.get_bucket_policy().bucket(seed::SHARED_LOGS).send().await;
        assert!(got.is_err(), "half a policy is none: {got:?}");
        let object = client.get_object().bucket(seed::APP_DATA).key("readme.txt");
        once(&sandbox, Effect::CutShort);
        match object.send().await {
            Ok(answer) => assert!(answer.body.collect().await.is_err(), "the half of an object"),
            Err(error) => assert!(error.as_service_error().is_none(), "{error:?}"),
        }
        once(&sandbox, Effect::CutShort);
        assert!(client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send().await.is_err());
        assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_none(), "done all the same");
    }
}

#[tokio::test]
async fn a_proxy_responds_instead_of_aws() {
    for (sandbox, client, _served) in both().await {
        let get = || client.get_bucket_encryption().bucket(seed::SHARED_LOGS).send();
        for (effect, status) in [(Effect::Page(200), 200), (Effect::Page(503), 503), (Effect::Garbled, 200)] {
            once(&sandbox, effect);
            let error = get().await.expect_err("no XML");
            let answer = error.raw_response().expect("an answer");
            assert_eq!((answer.status().as_u16(), answer.headers().get("x-amz-request-id")), (status, None));
        }
        once(&sandbox, Effect::Page(200));
        let _ = client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send().await;
        assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_some(), "it never came to AWS");
        once(&sandbox, Effect::Garbled);
        let _ = client.delete_bucket_policy().bucket(seed::SHARED_LOGS).send().await;
        assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_none(), "it came to AWS");
    }
}

#[tokio::test]
async fn a_failure_can_be_returned_after_the_write() {
    let sandbox = Sandbox::seeded().await;
    once(&sandbox, Effect::FailedAfter);
    let answer = s3(&sandbox).delete_bucket_policy().bucket(seed::SHARED_LOGS).send().await;
    assert_eq!(refused(answer), refusal(500, "InternalError"));
    assert!(sandbox.bucket(seed::SHARED_LOGS).expect("a bucket").policy.is_none());
}

#[tokio::test]
async fn only_s3_redirects_a_client_to_another_region() {
    for (sandbox, client, _served) in both().await {
        let west = || Effect::Redirect("us-west-2".to_owned());
        once(&sandbox, west());
        let error = client.get_bucket_policy().bucket(seed::SHARED_LOGS).send().await.expect_err("redirected");
        let answer = error.raw_response().expect("an answer");
        let body = String::from_utf8_lossy(answer.body().bytes().expect("a body")).into_owned();
        assert_eq!((answer.status().as_u16(), answer.headers().get("x-amz-bucket-region")), (301, Some("us-west-2")));
        assert!(body.contains("<Code>PermanentRedirect</Code>"), "{body}");
        assert!(body.contains("<Endpoint>shared-logs.s3.us-west-2.amazonaws.com</Endpoint>"), "{body}");
        once(&sandbox, west());
        client.list_buckets().send().await.expect("no bucket, no redirect");
    }
}

#[tokio::test]
async fn a_fault_aborts_the_writes_after_a_create() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let when = When::WritesAfter("CreateBucket".to_owned(), 1);
    sandbox.inject(Fault { when, effect: Effect::operation_aborted() });
    client.create_bucket().bucket("new-logs").send().await.expect("created");
    client.head_bucket().bucket("new-logs").send().await.expect("a read is none");
    let delete = || client.delete_bucket_encryption().bucket("new-logs").send();
    assert_eq!(refused(delete().await), refusal(409, "OperationAborted"));
    delete().await.expect("only the first");
}
