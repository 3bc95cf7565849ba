//! What arrives when hours pass.

use sandbox::account::ACCOUNT;
use sandbox::{BucketSeed, Encryption, KeySeed, LoadBalancerSeed, Sandbox, seed};

fn logging(target: &str) -> String {
    format!(
        "<BucketLoggingStatus><LoggingEnabled><TargetBucket>{target}</TargetBucket><TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
    )
}

fn policy(bucket: &str, service: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::{bucket}/*","Condition":{{"ArnLike":{{"aws:SourceArn":"arn:aws:s3:::app-data"}},"StringEquals":{{"aws:SourceAccount":"{ACCOUNT}"}}}}}}]}}"#
    )
}

fn key_policy(service: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"kms:*","Resource":"*"}},{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":["kms:GenerateDataKey"],"Resource":"*","Condition":{{"StringEquals":{{"aws:SourceAccount":"{ACCOUNT}"}},"ArnLike":{{"aws:SourceARN":"arn:aws:s3:::app-data"}}}}}}]}}"#
    )
}

/// How many objects arrive, and how many of them can be read.
async fn arrivals(sandbox: &Sandbox, bucket: &str) -> (usize, usize) {
    sandbox.deliver().await;
    let objects = sandbox.bucket(bucket).map(|bucket| bucket.objects).unwrap_or_default();
    (objects.len(), objects.values().filter(|object| object.readable).count())
}

#[tokio::test]
async fn access_logs_arrive_in_silence_or_not_at_all() {
    let service = "logging.s3.amazonaws.com";
    for (case, encryption, granted, expected) in [
        ("SSE-S3", Encryption::of_new_bucket(), true, (1, 1)),
        ("no policy", Encryption::of_new_bucket(), false, (0, 0)),
        ("aws/s3", Encryption::kms(None), true, (1, 0)),
        ("aws/s3 by its alias", Encryption::kms(Some("alias/aws/s3")), true, (1, 0)),
        ("a key's id", Encryption::kms(Some("some-id")), true, (0, 0)),
    ] {
        let sandbox = Sandbox::seeded().await;
        let seed = BucketSeed::new("dest").encrypted(encryption);
        sandbox.put_bucket(if granted { seed.policy(&policy("dest", service)) } else { seed }).await;
        sandbox.set_setting(seed::APP_DATA, "logging", Some(&logging("dest")));
        assert_eq!(arrivals(&sandbox, "dest").await, expected, "{case}");
    }
    let sandbox = Sandbox::seeded().await;
    sandbox.set_setting(seed::APP_DATA, "logging", Some(&logging("dest")));
    let key = sandbox.put_key(KeySeed::new()).await;
    sandbox
        .put_bucket(BucketSeed::new("dest").encrypted(Encryption::kms(Some(&key))).policy(&policy("dest", service)))
        .await;
    assert_eq!(arrivals(&sandbox, "dest").await, (0, 0), "a key without a grant");
    sandbox.set_key_policy(&key, &key_policy(service));
    assert_eq!(arrivals(&sandbox, "dest").await, (1, 1), "works in practice, undocumented");
    sandbox.put_bucket(BucketSeed::new("dest").locked().policy(&policy("dest", service))).await;
    assert_eq!(arrivals(&sandbox, "dest").await, (0, 0), "Object Lock");
}

fn inventory(bucket: &str, encryption: &str) -> String {
    format!(
        "<InventoryConfiguration><Id>i</Id><IsEnabled>true</IsEnabled><Destination><S3BucketDestination><AccountId>{ACCOUNT}</AccountId><Bucket>arn:aws:s3:::{bucket}</Bucket><Format>CSV</Format><Prefix>inv</Prefix>{encryption}</S3BucketDestination></Destination><Schedule><Frequency>Daily</Frequency></Schedule><IncludedObjectVersions>Current</IncludedObjectVersions></InventoryConfiguration>"
    )
}

#[tokio::test]
async fn an_inventory_report_arrives_as_its_encryption_and_the_buckets_allow() {
    let sandbox = Sandbox::seeded().await;
    let key = sandbox.put_key(KeySeed { policy: Some(key_policy("s3.amazonaws.com")), ..KeySeed::new() }).await;
    let closed = sandbox.put_key(KeySeed::new()).await;
    let named = |key: &str| format!("<Encryption><SSE-KMS><KeyId>{key}</KeyId></SSE-KMS></Encryption>");
    for (case, default, encryption, expected) in [
        ("SSE-S3", Encryption::of_new_bucket(), String::new(), (4, 4)),
        ("a customer key for the report", Encryption::of_new_bucket(), named(&key), (4, 4)),
        ("a customer key as the default", Encryption::kms(Some(&key)), String::new(), (4, 4)),
        ("a key without a grant", Encryption::of_new_bucket(), named(&closed), (0, 0)),
        ("aws/s3", Encryption::kms(None), String::new(), (4, 0)),
        ("aws/s3 repaired by the report's own", Encryption::kms(None), named(&key), (4, 4)),
    ] {
        sandbox
            .put_bucket(BucketSeed::new("dest").encrypted(default).policy(&policy("dest", "s3.amazonaws.com")))
            .await;
        sandbox.set_inventory(seed::APP_DATA, "i", &inventory("dest", &encryption));
        assert_eq!(arrivals(&sandbox, "dest").await, expected, "{case}");
    }
    let keys: Vec<String> = sandbox.bucket("dest").expect("a bucket").objects.into_keys().collect();
    assert!(keys.iter().any(|key| key.starts_with("inv/app-data/i/") && key.ends_with("Z/manifest.json")), "{keys:?}");
}

#[tokio::test]
async fn an_alb_dies_in_silence_when_its_bucket_is_changed_afterwards() {
    let sandbox = Sandbox::seeded().await;
    assert_eq!(arrivals(&sandbox, seed::OLD_ALB_LOGS).await, (1, 1), "only the old test file");
    sandbox.set_encryption(seed::OLD_ALB_LOGS, Encryption::of_new_bucket());
    assert_eq!(arrivals(&sandbox, seed::OLD_ALB_LOGS).await, (2, 2));
}

#[tokio::test]
async fn a_bucket_of_another_account_takes_logs_for_the_balancers_account() {
    let sandbox = Sandbox::seeded().await;
    let statement = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::{}/AWSLogs/{ACCOUNT}/*"}}]}}"#,
        seed::OTHER_ACCOUNT_LOGS
    );
    sandbox.set_policy(seed::OTHER_ACCOUNT_LOGS, Some(&statement));
    sandbox
        .put_load_balancer(LoadBalancerSeed::application("far").logging("access_logs", seed::OTHER_ACCOUNT_LOGS, ""))
        .await;
    assert_eq!(arrivals(&sandbox, seed::OTHER_ACCOUNT_LOGS).await, (1, 1));
}
