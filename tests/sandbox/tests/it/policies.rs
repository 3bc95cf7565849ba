//! Bucket policies.

use sandbox::account::OTHER_ACCOUNT;
use sandbox::{Sandbox, seed};

use crate::clients::{refusal, refused, s3, s3_of};

const POLICY: &str = r#"{ "Version": "2012-10-17",  "Statement": { "Effect": "Allow", "Principal": {"Service":"logging.s3.amazonaws.com"}, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::app-data/*" } }"#;

#[tokio::test]
async fn a_policy_is_returned_byte_for_byte() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    client.put_bucket_policy().bucket(seed::APP_DATA).policy(POLICY).send().await.expect("put");
    assert_eq!(client.get_bucket_policy().bucket(seed::APP_DATA).send().await.expect("got").policy(), Some(POLICY));
    assert_eq!(
        client.get_bucket_policy().bucket(seed::SHARED_LOGS).send().await.expect("got").policy(),
        Some(seed::SHARED_POLICY)
    );
    client
        .put_bucket_policy()
        .bucket(seed::SHARED_LOGS)
        .policy(seed::SHARED_POLICY)
        .send()
        .await
        .expect("the seeded policy is sound");
    client
        .put_bucket_policy()
        .bucket(seed::STRICT_LOGS)
        .policy(seed::STRICT_POLICY)
        .send()
        .await
        .expect("the seeded policy is sound");
}

#[tokio::test]
async fn a_policy_that_aws_would_reject_is_refused() {
    let sandbox = Sandbox::seeded().await;
    let client = s3(&sandbox);
    let put = |policy: String| client.put_bucket_policy().bucket(seed::APP_DATA).policy(policy).send();
    for (from, to) in [("app-data/", "other/"), ("logging.s3", "nobody"), ("Effect", "Affect"), ("{ ", "[ ")] {
        assert_eq!(refused(put(POLICY.replacen(from, to, 1)).await), refusal(400, "MalformedPolicy"), "{to}");
    }
    assert_eq!(
        refused(put(POLICY.replace("app-data/*", &format!("app-data/{}*", "x".repeat(20_480)))).await),
        refusal(400, "PolicyTooLarge")
    );
    assert_eq!(
        refused(put(POLICY.replace(r#"{"Service":"logging.s3.amazonaws.com"}"#, "\"*\"")).await),
        refusal(403, "AccessDenied"),
        "Block Public Access"
    );
    assert!(sandbox.bucket(seed::APP_DATA).expect("a bucket").policy.is_none());
}

#[tokio::test]
async fn a_bucket_policy_controls_other_accounts_and_can_deny_operators() {
    let sandbox = Sandbox::seeded().await;
    let other = s3_of(&sandbox, OTHER_ACCOUNT, "us-east-1");
    assert!(other.list_objects_v2().bucket(seed::SHARED_LOGS).send().await.is_ok(), "the policy lets the account list");
    assert_eq!(refused(other.get_bucket_policy().bucket(seed::SHARED_LOGS).send().await), refusal(403, "AccessDenied"));
    let put = || s3(&sandbox).put_object().bucket(seed::STRICT_LOGS).key("k");
    assert_eq!(refused(put().send().await), refusal(403, "AccessDenied"));
    put()
        .server_side_encryption(aws_sdk_s3::types::ServerSideEncryption::Aes256)
        .send()
        .await
        .expect("with the header");
    s3(&sandbox).put_object().bucket(seed::SHARED_LOGS).key("k").send().await.expect("the sandbox counts as TLS");
}
