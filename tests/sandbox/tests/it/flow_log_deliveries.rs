//! Deliveries of flow logs, as hours pass.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use sandbox::account::ACCOUNT;
use sandbox::{BucketSeed, Encryption, FlowLog, FlowLogSeed, KeySeed, NetworkSeed, Object, Sandbox, Status, seed};

use crate::clients::{ec2, s3, with_vpc};
use crate::flow_logs::policy;

/// 2026-03-05, some minutes after one o'clock.
fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_672_643)
}

fn objects(sandbox: &Sandbox) -> BTreeMap<String, Object> {
    sandbox.bucket("dest").map(|bucket| bucket.objects).unwrap_or_default()
}

/// Delivers, and returns the status of the only flow log and the number of objects and of readable objects. Checks that
/// `Sandbox::arrivals` predicted them.
async fn delivered(sandbox: &Sandbox) -> (Option<Status>, usize, usize) {
    let before = objects(sandbox);
    let predicted = sandbox.arrivals().await.into_iter().find(|arrival| arrival.bucket == "dest");
    sandbox.deliver().await;
    let mut after = objects(sandbox);
    after.retain(|key, _| !before.contains_key(key));
    let readable = after.values().filter(|object| object.readable).count();
    assert_eq!(predicted.as_ref().map(|arrival| arrival.readable), (!after.is_empty()).then_some(readable > 0));
    if let Some(arrival) = predicted {
        assert_eq!((arrival.source, arrival.log), (seed::VPC.to_owned(), only(sandbox).id));
    }
    (only(sandbox).status, after.len(), readable)
}

fn only(sandbox: &Sandbox) -> FlowLog {
    sandbox.flow_logs().pop().expect("a flow log")
}

fn key_policy() -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"kms:*","Resource":"*"}},{{"Effect":"Allow","Principal":{{"Service":"delivery.logs.amazonaws.com"}},"Action":"kms:GenerateDataKey*","Resource":"*","Condition":{{"StringEquals":{{"aws:SourceAccount":"{ACCOUNT}"}},"ArnLike":{{"aws:SourceArn":"arn:aws:logs:us-east-1:{ACCOUNT}:*"}}}}}}]}}"#
    )
}

#[tokio::test]
async fn flow_logs_arrive_or_fail_with_a_status() {
    let sandbox = with_vpc().await;
    sandbox.put_flow_log(FlowLogSeed::new(seed::VPC, "arn:aws:s3:::dest"));
    let (success, failed) = (Some(Status::Success), Some(Status::Failed));
    assert_eq!(delivered(&sandbox).await, (failed, 0, 0), "no bucket");
    let open = sandbox.put_key(KeySeed { policy: Some(key_policy()), ..KeySeed::new() }).await;
    let closed = sandbox.put_key(KeySeed::new()).await;
    for (case, encryption, allowed, expected) in [
        ("SSE-S3", Encryption::of_new_bucket(), true, (success, 1, 1)),
        ("no policy", Encryption::of_new_bucket(), false, (failed, 0, 0)),
        ("a customer managed key", Encryption::kms(Some(&open)), true, (success, 1, 1)),
        ("a key without a grant", Encryption::kms(Some(&closed)), true, (failed, 0, 0)),
        ("aws/s3", Encryption::kms(None), true, (success, 1, 0)),
        ("a key's id", Encryption::kms(Some("some-id")), true, (failed, 0, 0)),
    ] {
        let seed = BucketSeed::new("dest").encrypted(encryption);
        sandbox.put_bucket(if allowed { seed.policy(&policy("dest")) } else { seed }).await;
        assert_eq!(delivered(&sandbox).await, expected, "{case}");
    }
    sandbox.put_bucket(BucketSeed::new("dest").locked().policy(&policy("dest"))).await;
    assert_eq!(delivered(&sandbox).await, (failed, 0, 0), "Object Lock");
    sandbox.put_bucket(BucketSeed::new("dest").within(seed::WEST).policy(&policy("dest"))).await;
    assert_eq!(delivered(&sandbox).await, (success, 1, 1), "another Region");
}

#[tokio::test]
async fn the_status_is_described() {
    let sandbox = with_vpc().await;
    sandbox.put_flow_log(FlowLogSeed::new(seed::VPC, "arn:aws:s3:::dest"));
    let status = async || {
        let (_, root) = ec2(&sandbox, "Action=DescribeFlowLogs").await;
        let text = |name: &str| root.text_at(&["flowLogSet", "item", name]).map(str::to_owned);
        (text("deliverLogsStatus"), text("deliverLogsErrorMessage"))
    };
    let state = sandbox.state();
    assert_eq!(status().await, (None, None));
    sandbox.deliver().await;
    assert_eq!(status().await, (Some("FAILED".to_owned()), Some("Access error".to_owned())));
    assert_eq!(sandbox.state(), state, "a status is not a change of the account");
    sandbox.put_bucket(BucketSeed::new("dest").policy(&policy("dest"))).await;
    sandbox.deliver().await;
    assert_eq!(status().await, (Some("SUCCESS".to_owned()), None));
    sandbox.drop_network(seed::VPC);
    sandbox.deliver().await;
    assert_eq!(objects(&sandbox).len(), 1, "a deleted VPC has no traffic");
}

#[tokio::test]
async fn files_are_in_the_documented_folders() {
    let folder = format!("AWSLogs/{ACCOUNT}/vpcflowlogs/us-east-1/2026/03/05/");
    let hive = format!(
        "AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=03/day=05/"
    );
    let new = |destination: &str| FlowLogSeed::new(seed::VPC, destination);
    for (flow_log, folders, end) in [
        (new("arn:aws:s3:::dest"), folder.clone(), ".log.gz"),
        (new("arn:aws:s3:::dest/a/b/"), format!("a/b/{folder}"), ".log.gz"),
        (new("arn:aws:s3:::dest").per_hour(), format!("{folder}01/"), ".log.gz"),
        (new("arn:aws:s3:::dest").hive().parquet(), hive.clone(), ".log.parquet"),
        (new("arn:aws:s3:::dest").hive().per_hour(), format!("{hive}hour=01/"), ".log.gz"),
    ] {
        let sandbox = with_vpc().await;
        let anywhere = policy("dest").replace(&format!("/AWSLogs/{ACCOUNT}/*"), "/*");
        sandbox.put_bucket(BucketSeed::new("dest").policy(&anywhere)).await;
        let id = sandbox.put_flow_log(flow_log);
        sandbox.deliver_at(then()).await;
        let key = objects(&sandbox).into_keys().next().expect("an object");
        let start = format!("{folders}{ACCOUNT}_vpcflowlogs_us-east-1_{id}_20260305T0104Z_");
        assert!(key.starts_with(&start) && key.ends_with(end), "{key}");
    }
}

#[tokio::test]
async fn a_file_has_the_fields_of_its_log_format() {
    let sandbox = with_vpc().await;
    sandbox.put_bucket(BucketSeed::new("dest").policy(&policy("dest"))).await;
    let gateway = sandbox.put_network(NetworkSeed::transit_gateway("hub"));
    let format = Some("${vpc-id} ${action} ${flow-direction}".to_owned());
    sandbox
        .put_flow_log(FlowLogSeed { format, ..FlowLogSeed::new(seed::VPC, "arn:aws:s3:::dest").of_traffic("REJECT") });
    sandbox.put_flow_log(FlowLogSeed::new(&gateway, "arn:aws:s3:::dest"));
    sandbox.deliver_at(then()).await;
    let mut texts = Vec::new();
    for key in objects(&sandbox).into_keys() {
        let got = s3(&sandbox).get_object().bucket("dest").key(key).send().await.expect("got");
        texts.push(String::from_utf8(got.body.collect().await.expect("a body").to_vec()).expect("text"));
    }
    texts.sort_unstable_by_key(String::len);
    assert_eq!(texts[0], format!("vpc-id action flow-direction\n{} REJECT -\n", seed::VPC));
    assert!(texts[1].starts_with("version resource-type account-id tgw-id ") && texts[1].contains(&gateway));
}
