//! Load balancers, their attributes, and the checks when logs are turned on.

use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;
use sandbox::account::ACCOUNT;
use sandbox::{BucketSeed, Encryption, KeySeed, Sandbox, seed};

use crate::clients::{elb, refusal, refused};

/// Turns on a kind of log. Returns the answer's status and code.
async fn attach(sandbox: &Sandbox, balancer: &str, log: &str, bucket: &str, prefix: &str) -> (u16, String) {
    let arn = sandbox.load_balancer_arn(balancer).expect("a load balancer");
    let attribute =
        |name: &str, value: &str| LoadBalancerAttribute::builder().key(format!("{log}.s3.{name}")).value(value).build();
    let request = elb(sandbox).modify_load_balancer_attributes().load_balancer_arn(arn);
    refused(
        request
            .attributes(attribute("enabled", "true"))
            .attributes(attribute("bucket", bucket))
            .attributes(attribute("prefix", prefix))
            .send()
            .await,
    )
}

fn alb_policy(bucket: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::{bucket}/p/AWSLogs/{ACCOUNT}/*"}}]}}"#
    )
}

fn nlb_policy(bucket: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
        {{"Effect":"Allow","Principal":{{"Service":"delivery.logs.amazonaws.com"}},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::{bucket}","Condition":{{"StringEquals":{{"aws:SourceAccount":["{ACCOUNT}"]}},"ArnLike":{{"aws:SourceArn":["arn:aws:logs:us-east-1:{ACCOUNT}:*"]}}}}}},
        {{"Effect":"Allow","Principal":{{"Service":"delivery.logs.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::{bucket}/AWSLogs/{ACCOUNT}/*","Condition":{{"StringEquals":{{"s3:x-amz-acl":"bucket-owner-full-control"}}}}}}]}}"#
    )
}

fn key_policy() -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"kms:*","Resource":"*"}},
        {{"Effect":"Allow","Principal":{{"Service":"delivery.logs.amazonaws.com"}},"Action":["kms:GenerateDataKey*"],"Resource":"*","Condition":{{"StringEquals":{{"aws:SourceAccount":"{ACCOUNT}"}},"ArnLike":{{"aws:SourceArn":"arn:aws:logs:us-east-1:{ACCOUNT}:*"}}}}}}]}}"#
    )
}

fn ok() -> (u16, String) {
    refusal(200, "no refusal")
}

#[tokio::test]
async fn load_balancers_are_described_by_name_and_arn_with_their_listeners() {
    let sandbox = Sandbox::seeded().await;
    let client = elb(&sandbox);
    let all = client.describe_load_balancers().send().await.expect("described");
    let names: Vec<&str> = all.load_balancers().iter().filter_map(|balancer| balancer.load_balancer_name()).collect();
    assert_eq!(names, ["edge", "legacy-web", "tcp-only", "web"]);
    let edge = client.describe_load_balancers().names("edge").send().await.expect("described");
    let arn = edge.load_balancers()[0].load_balancer_arn().expect("an ARN").to_owned();
    assert!(arn.contains(":loadbalancer/net/edge/"));
    let listeners = client.describe_listeners().load_balancer_arn(&arn).send().await.expect("described");
    assert_eq!(
        listeners.listeners()[0].protocol().map(|protocol| protocol.as_str().to_owned()).as_deref(),
        Some("TLS")
    );
    assert_eq!(
        refused(client.describe_load_balancers().names("nobody").send().await),
        refusal(400, "LoadBalancerNotFound")
    );
    let page = client.describe_load_balancers().page_size(3).send().await.expect("described");
    let rest =
        client.describe_load_balancers().marker(page.next_marker().expect("a marker")).send().await.expect("described");
    assert_eq!(rest.load_balancers()[0].load_balancer_name(), Some("web"));
}

#[tokio::test]
async fn an_alb_writes_its_test_file_to_a_bucket_that_allows_it() {
    let sandbox = Sandbox::seeded().await;
    assert_eq!(
        attach(&sandbox, seed::WEB, "access_logs", seed::APP_IMAGES, "p").await,
        refusal(400, "InvalidConfigurationRequest")
    );
    sandbox.set_policy(seed::APP_IMAGES, Some(&alb_policy(seed::APP_IMAGES)));
    for (log, file) in [
        ("access_logs", "ELBAccessLogTestFile"),
        ("connection_logs", "ELBConnectionLogTestFile"),
        ("health_check_logs", "ELBHealthCheckLogTestFile"),
    ] {
        assert_eq!(attach(&sandbox, seed::WEB, log, seed::APP_IMAGES, "p").await, ok());
        let object = sandbox
            .bucket(seed::APP_IMAGES)
            .and_then(|mut bucket| bucket.objects.remove(&format!("p/AWSLogs/{ACCOUNT}/{file}")));
        assert!(object.is_some_and(|object| object.readable && object.algorithm == "AES256"), "{file}");
    }
    let attributes = sandbox.load_balancer(seed::WEB).expect("attributes");
    assert_eq!(
        (attributes["access_logs.s3.prefix"].as_str(), attributes["idle_timeout.timeout_seconds"].as_str()),
        ("p", "60")
    );
}

#[tokio::test]
async fn an_alb_refuses_the_settings_that_aws_refuses() {
    let sandbox = Sandbox::seeded().await;
    sandbox.put_bucket(BucketSeed::new("locked").locked().policy(&alb_policy("locked"))).await;
    sandbox.put_bucket(BucketSeed::new("west").within("us-west-2").policy(&alb_policy("west"))).await;
    sandbox.put_bucket(BucketSeed::new("kms").encrypted(Encryption::kms(None)).policy(&alb_policy("kms"))).await;
    for bucket in ["locked", "west", "kms", "nobodys", seed::STRICT_LOGS] {
        assert_eq!(
            attach(&sandbox, seed::WEB, "access_logs", bucket, "p").await,
            refusal(400, "InvalidConfigurationRequest"),
            "{bucket}"
        );
    }
    for (bucket, prefix) in [("", "p"), ("kms", "/p"), ("kms", "p/"), ("kms", "AWSLogs")] {
        assert_eq!(
            attach(&sandbox, seed::WEB, "access_logs", bucket, prefix).await,
            refusal(400, "ValidationError"),
            "{bucket} {prefix}"
        );
    }
    assert_eq!(
        attach(&sandbox, seed::EDGE, "connection_logs", "kms", "p").await,
        refusal(400, "InvalidConfigurationRequest"),
        "an NLB has no such logs"
    );
    assert_eq!(
        sandbox.load_balancer(seed::WEB).expect("attributes")["access_logs.s3.enabled"],
        "false",
        "all or nothing"
    );
}

#[tokio::test]
async fn the_regions_legacy_account_can_be_allowed_instead() {
    let sandbox = Sandbox::seeded().await;
    let policy = alb_policy(seed::APP_IMAGES).replace(
        r#"{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}"#,
        r#"{"AWS":"arn:aws:iam::127311923021:root"}"#,
    );
    sandbox.set_policy(seed::APP_IMAGES, Some(&policy));
    assert_eq!(attach(&sandbox, seed::WEB, "access_logs", seed::APP_IMAGES, "p").await, ok());
}

#[tokio::test]
async fn an_nlb_needs_its_policy_and_a_customer_key_that_allows_it() {
    let sandbox = Sandbox::seeded().await;
    let denied = refusal(400, "InvalidConfigurationRequest");
    assert_eq!(attach(&sandbox, seed::EDGE, "access_logs", seed::KMS_LOGS, "").await, denied);
    sandbox.set_policy(seed::KMS_LOGS, Some(&nlb_policy(seed::KMS_LOGS)));
    assert_eq!(
        attach(&sandbox, seed::EDGE, "access_logs", seed::KMS_LOGS, "").await,
        denied,
        "the key allows only its account"
    );
    let key = sandbox.bucket(seed::KMS_LOGS).and_then(|bucket| bucket.encryption.key).expect("a key");
    sandbox.set_key_policy(&key, &key_policy());
    assert_eq!(attach(&sandbox, seed::EDGE, "access_logs", seed::KMS_LOGS, "").await, ok());
    assert!(sandbox.bucket(seed::KMS_LOGS).expect("a bucket").objects.is_empty(), "an NLB writes no test file");
    sandbox.deliver().await;
    let objects = sandbox.bucket(seed::KMS_LOGS).expect("a bucket").objects;
    assert!(
        objects.len() == 1
            && objects.values().all(|object| object.readable && object.key.as_deref() == Some(key.as_str()))
    );
    let other = sandbox
        .put_key(KeySeed { state: "PendingDeletion".to_owned(), policy: Some(key_policy()), ..KeySeed::new() })
        .await;
    sandbox.set_encryption(seed::KMS_LOGS, Encryption::kms(Some(&other)));
    assert_eq!(attach(&sandbox, seed::EDGE, "access_logs", seed::KMS_LOGS, "").await, denied);
}

#[tokio::test]
async fn an_nlb_accepts_an_aws_managed_key_and_delivers_unreadable_logs() {
    let sandbox = Sandbox::seeded().await;
    sandbox.set_policy(seed::MANAGED_KMS_LOGS, Some(&nlb_policy(seed::MANAGED_KMS_LOGS)));
    assert_eq!(attach(&sandbox, seed::EDGE, "access_logs", seed::MANAGED_KMS_LOGS, "").await, ok());
    assert_eq!(attach(&sandbox, seed::TCP_ONLY, "access_logs", seed::MANAGED_KMS_LOGS, "").await, ok());
    sandbox.deliver().await;
    let objects = sandbox.bucket(seed::MANAGED_KMS_LOGS).expect("a bucket").objects;
    assert_eq!(objects.len(), 1, "without a TLS listener nothing is written");
    let (key, object) = objects.iter().next().expect("an object");
    assert!(!object.readable && object.key.as_ref().is_some_and(|arn| !arn.contains(ACCOUNT)));
    let client = crate::clients::s3(&sandbox);
    assert_eq!(
        refused(client.get_object().bucket(seed::MANAGED_KMS_LOGS).key(key).send().await),
        refusal(403, "AccessDenied")
    );
    let head = client.head_object().bucket(seed::MANAGED_KMS_LOGS).key(key).send().await.expect("head");
    assert_eq!(head.ssekms_key_id(), object.key.as_deref());
}

#[tokio::test]
async fn an_attachment_right_after_a_policy_write_can_be_refused_for_a_while() {
    let sandbox = Sandbox::seeded().await;
    sandbox.attach_refusals(2);
    let client = crate::clients::s3(&sandbox);
    client.put_bucket_policy().bucket(seed::APP_IMAGES).policy(alb_policy(seed::APP_IMAGES)).send().await.expect("put");
    for expected in [refusal(400, "InvalidConfigurationRequest"), refusal(400, "InvalidConfigurationRequest"), ok()] {
        assert_eq!(attach(&sandbox, seed::WEB, "access_logs", seed::APP_IMAGES, "p").await, expected);
    }
}
