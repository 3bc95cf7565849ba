//! Deliveries, as hours pass.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use sandbox::account::ACCOUNT;
use sandbox::{Arrival, BucketSeed, Encryption, KeySeed, LoadBalancerSeed, Object, Sandbox, seed};

use crate::clients::s3;

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

/// Delivers, and returns the number of objects and the number of readable objects. Checks that `Sandbox::arrivals`
/// predicted them.
async fn arrivals(sandbox: &Sandbox, bucket: &str) -> (usize, usize) {
    let before = objects(sandbox, bucket);
    let announced: Vec<Arrival> =
        sandbox.arrivals().await.into_iter().filter(|arrival| arrival.bucket == bucket).collect();
    assert_eq!(objects(sandbox, bucket), before, "nothing is written where only a judgement is asked for");
    sandbox.deliver().await;
    let after = objects(sandbox, bucket);
    let new = || after.iter().filter(|(key, _)| !before.contains_key(*key));
    assert_eq!(announced.is_empty(), new().next().is_none(), "{announced:?}");
    let readable = announced.iter().any(|arrival| arrival.readable);
    assert_eq!(readable, new().any(|(_, object)| object.readable), "{announced:?}");
    (after.len(), after.values().filter(|object| object.readable).count())
}

fn objects(sandbox: &Sandbox, bucket: &str) -> BTreeMap<String, Object> {
    sandbox.bucket(bucket).map(|bucket| bucket.objects).unwrap_or_default()
}

#[tokio::test]
async fn access_logs_arrive_or_fail_silently() {
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
async fn an_inventory_report_arrives_if_its_and_the_buckets_encryption_allow_it() {
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
async fn an_alb_fails_silently_when_its_bucket_is_changed_afterwards() {
    let sandbox = Sandbox::seeded().await;
    assert_eq!(arrivals(&sandbox, seed::OLD_ALB_LOGS).await, (1, 1), "only the old test file");
    sandbox.set_encryption(seed::OLD_ALB_LOGS, Encryption::of_new_bucket());
    assert_eq!(arrivals(&sandbox, seed::OLD_ALB_LOGS).await, (2, 2));
}

#[tokio::test]
async fn another_accounts_bucket_accepts_logs_of_the_load_balancers_account() {
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

/// 2026-03-05, some minutes after one o'clock.
fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_672_643)
}

fn balancers_policy(bucket: &str) -> String {
    let put = |service: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":["s3:PutObject"],"Resource":"arn:aws:s3:::{bucket}/*"}}"#
        )
    };
    let acl = format!(
        r#"{{"Effect":"Allow","Principal":{{"Service":"delivery.logs.amazonaws.com"}},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::{bucket}"}}"#
    );
    let alb = put("logdelivery.elasticloadbalancing.amazonaws.com");
    let nlb = put("delivery.logs.amazonaws.com");
    format!(r#"{{"Version":"2012-10-17","Statement":[{alb},{nlb},{acl}]}}"#)
}

#[tokio::test]
async fn logs_of_another_day_are_in_that_days_folder_with_matching_names() {
    let sandbox = Sandbox::empty().await;
    sandbox.put_bucket(BucketSeed::new("logs").policy(&balancers_policy("logs"))).await;
    let web = LoadBalancerSeed::application("web")
        .logging("access_logs", "logs", "p")
        .logging("connection_logs", "logs", "")
        .logging("health_check_logs", "logs", "");
    sandbox.put_load_balancer(web).await;
    sandbox.put_load_balancer(LoadBalancerSeed::network("edge", "TLS").logging("access_logs", "logs", "")).await;
    sandbox.deliver_at(then()).await;
    let objects = sandbox.bucket("logs").expect("a bucket").objects;
    let day = format!("AWSLogs/{ACCOUNT}/elasticloadbalancing/us-east-1/2026/03/05/");
    let names: Vec<&str> = objects.keys().filter_map(|key| Some(key.split_once(&day)?.1)).collect();
    let start = format!("{ACCOUNT}_elasticloadbalancing_us-east-1_");
    let begins = |log: &str, kind: &str| {
        names
            .iter()
            .filter(|name| name.starts_with(&format!("{log}{start}{kind}.")) && name.ends_with(".log.gz"))
            .count()
    };
    assert_eq!(
        [
            begins("", "app.web"),
            begins("conn_log_", "app.web"),
            begins("health_check_log_", "app.web"),
            begins("", "net.edge")
        ],
        [1; 4],
        "{names:?}"
    );
    assert!(names.iter().all(|name| name.contains("_20260305T0104Z")), "{names:?}");
    assert!(objects.keys().filter(|key| key.starts_with("p/AWSLogs/")).count() == 1 && objects.len() == 4);
    assert!(objects.values().all(|object| object.modified == then()));
}

#[tokio::test]
async fn access_logs_of_another_day_are_partitioned_as_requested_and_have_aws_records() {
    let partitioned = |source: &str| {
        format!(
            "<TargetObjectKeyFormat><PartitionedPrefix><PartitionDateSource>{source}</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>"
        )
    };
    for (format, key) in [
        (String::new(), "s3/2026-03-05-01-04-03-".to_owned()),
        (partitioned("EventTime"), format!("s3/{ACCOUNT}/us-east-1/app-data/2026/03/05/2026-03-05-00-00-00-")),
        (partitioned("DeliveryTime"), format!("s3/{ACCOUNT}/us-east-1/app-data/2026/03/05/2026-03-05-01-04-03-")),
    ] {
        let sandbox = Sandbox::seeded().await;
        sandbox.put_bucket(BucketSeed::new("dest").policy(&policy("dest", "logging.s3.amazonaws.com"))).await;
        let logging = logging("dest").replace("</LoggingEnabled>", &format!("{format}</LoggingEnabled>"));
        sandbox.set_setting(seed::APP_DATA, "logging", Some(&logging));
        sandbox.deliver_at(then()).await;
        let page = s3(&sandbox).list_objects_v2().bucket("dest").send().await.expect("listed");
        let found = page.contents()[0].key().expect("a key");
        assert!(found.starts_with(&key), "{found}");
        let got = s3(&sandbox).get_object().bucket("dest").key(found).send().await.expect("got");
        let text = String::from_utf8(got.body.collect().await.expect("a body").to_vec()).expect("text");
        let fields: Vec<&str> = text.split(' ').collect();
        assert_eq!(
            (fields[0].len(), fields[1], fields[2], fields[3]),
            (64, "app-data", "[05/Mar/2026:01:04:03", "+0000]")
        );
        assert!(text.contains(" REST.GET.OBJECT readme.txt \"GET /readme.txt HTTP/1.1\" 200 - "), "{text}");
    }
}

#[tokio::test]
async fn a_report_of_another_day_has_a_manifest_with_its_checksum() {
    let sandbox = Sandbox::seeded().await;
    sandbox.put_bucket(BucketSeed::new("dest").policy(&policy("dest", "s3.amazonaws.com"))).await;
    sandbox.set_inventory(seed::APP_DATA, "i", &inventory("dest", ""));
    sandbox.deliver_at(then()).await;
    let client = s3(&sandbox);
    let list = client.list_objects_v2().bucket("dest").prefix("inv/app-data/i/").delimiter("/");
    let page = list.send().await.expect("listed");
    let folders: Vec<&str> = page.common_prefixes().iter().filter_map(|common| common.prefix()).collect();
    let dated = "inv/app-data/i/2026-03-05T01-00Z/";
    assert_eq!(folders, [dated, "inv/app-data/i/data/", "inv/app-data/i/hive/"]);
    let get = async |key: String| {
        let got = client.get_object().bucket("dest").key(key).send().await.expect("got");
        let tag = got.e_tag().unwrap_or_default().trim_matches('"').to_owned();
        (String::from_utf8(got.body.collect().await.expect("a body").to_vec()).expect("text"), tag)
    };
    let (manifest, tag) = get(format!("{dated}manifest.json")).await;
    let (sum, _) = get(format!("{dated}manifest.checksum")).await;
    assert_eq!(sum, tag);
    let manifest: serde_json::Value = serde_json::from_str(&manifest).expect("JSON");
    assert_eq!(manifest["creationTimestamp"], "1772672643000");
    let file = &manifest["files"][0];
    let (rows, tag) = get(file["key"].as_str().expect("a key").to_owned()).await;
    assert_eq!((file["size"].as_u64(), file["MD5checksum"].as_str()), (Some(rows.len() as u64), Some(tag.as_str())));
}
