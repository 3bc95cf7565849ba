//! Creating, describing and deleting flow logs, and what creation does to the bucket policy.

use sandbox::account::{ACCOUNT, OTHER_ACCOUNT};
use sandbox::xml::Node;
use sandbox::{
    Behind, BucketSeed, Effect, Encryption, Fault, FlowLogSeed, NetworkSeed, PolicyChange, Sandbox, When, seed,
};
use serde_json::{Value, json};

use crate::clients::{ec2, ec2_of, ec2_refusal, items, refusal, s3, with_vpc};

const ALL: &str = "ResourceType=VPC&TrafficType=ALL&LogDestinationType=s3";

fn create(bucket: &str) -> String {
    format!("Action=CreateFlowLogs&{ALL}&ResourceId.1={}&LogDestination=arn:aws:s3:::{bucket}", seed::VPC)
}

/// A policy that allows the service to write flow logs of [`ACCOUNT`], as AWS's page shows it.
pub(crate) fn policy(bucket: &str) -> String {
    let arns = json!({ "aws:SourceArn": format!("arn:aws:logs:us-east-1:{ACCOUNT}:*") });
    let source = json!({ "StringEquals": { "aws:SourceAccount": ACCOUNT }, "ArnLike": arns });
    let owned = json!({ "aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control" });
    let write = json!({ "StringEquals": owned, "ArnLike": arns });
    let principal = json!({ "Service": "delivery.logs.amazonaws.com" });
    json!({ "Version": "2012-10-17", "Statement": [
        { "Sid": "Write", "Effect": "Allow", "Principal": principal, "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{bucket}/AWSLogs/{ACCOUNT}/*"), "Condition": write },
        { "Sid": "Acl", "Effect": "Allow", "Principal": principal, "Action": "s3:GetBucketAcl", "Resource": format!("arn:aws:s3:::{bucket}"), "Condition": source },
    ] })
    .to_string()
}

/// Returns the only flow log's ID, or the message of the only resource without a flow log.
fn outcome((status, root): &(u16, Node)) -> Result<String, String> {
    assert_eq!(*status, 200, "{root:?}");
    let failed = items(root, "unsuccessful", &["error", "message"]);
    let Some(message) = failed.first() else {
        return Ok(items(root, "flowLogIdSet", &[]).pop().expect("an ID"));
    };
    assert_eq!(items(root, "unsuccessful", &["error", "code"]), ["400"]);
    assert_eq!(items(root, "unsuccessful", &["resourceId"]), [seed::VPC]);
    assert!(items(root, "flowLogIdSet", &[]).is_empty());
    Err(message.clone())
}

fn denied(bucket: &str) -> Result<String, String> {
    Err(format!("Access Denied for LogDestination: {bucket}. Please check LogDestination permission"))
}

fn policy_of(sandbox: &Sandbox, bucket: &str) -> Value {
    let text = sandbox.bucket(bucket).and_then(|bucket| bucket.policy).expect("a policy");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn a_flow_log_is_created_described_and_deleted() {
    let sandbox = with_vpc().await;
    let form = "MaxAggregationInterval=60&DestinationOptions.FileFormat=parquet&DestinationOptions.HiveCompatiblePartitions=true&TagSpecification.1.ResourceType=vpc-flow-log&TagSpecification.1.Tag.1.Key=k&TagSpecification.1.Tag.1.Value=v";
    let made = ec2(&sandbox, &format!("{}/f/&{form}", create(seed::APP_IMAGES))).await;
    let id = outcome(&made).expect("created");
    assert!(id.starts_with("fl-0") && id.len() == 20, "{id}");
    let (_, root) = ec2(&sandbox, &format!("Action=DescribeFlowLogs&FlowLogId.1={id}")).await;
    let item = root.at(&["flowLogSet", "item"]).expect("a flow log");
    for (path, expected) in [
        (&["flowLogId"][..], id.as_str()),
        (&["flowLogStatus"], "ACTIVE"),
        (&["resourceId"], seed::VPC),
        (&["trafficType"], "ALL"),
        (&["logDestinationType"], "s3"),
        (&["logDestination"], "arn:aws:s3:::app-images/f/"),
        (&["maxAggregationInterval"], "60"),
        (&["destinationOptions", "fileFormat"], "parquet"),
        (&["destinationOptions", "hiveCompatiblePartitions"], "true"),
        (&["destinationOptions", "perHourPartition"], "false"),
        (&["tagSet", "item", "key"], "k"),
    ] {
        assert_eq!(item.text_at(path), Some(expected), "{path:?}");
    }
    assert!(item.text_at(&["logFormat"]).is_some_and(|format| format.ends_with("${action} ${log-status}")));
    assert!(item.child("deliverLogsStatus").is_none(), "before the first delivery");
    assert_eq!(sandbox.state()["flow_logs"][&id]["resource"], seed::VPC);
    let (status, root) = ec2(&sandbox, &format!("Action=DeleteFlowLogs&FlowLogId.1=fl-0&FlowLogId.2={id}")).await;
    assert_eq!((status, items(&root, "unsuccessful", &["resourceId"])), (200, vec!["fl-0".to_owned()]));
    assert_eq!(items(&root, "unsuccessful", &["error", "code"]), ["InvalidFlowLogId.NotFound"]);
    assert!(sandbox.flow_logs().is_empty());
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let sandbox = with_vpc().await;
    let gateway = sandbox.put_network(NetworkSeed::transit_gateway("hub"));
    let of_gateway = format!("ResourceType=TransitGateway&LogDestinationType=s3&ResourceId.1={gateway}");
    let bucket = "LogDestination=arn:aws:s3:::app-images";
    let vpc = format!("ResourceId.1={}", seed::VPC);
    for (form, code) in [
        (format!("{ALL}&{vpc}&{bucket}/AWSLogs/"), "InvalidParameter"),
        (format!("{ALL}&{vpc}&{bucket}/a/AWSLogs"), "InvalidParameter"),
        (format!("{ALL}&{vpc}&LogDestination=app-images"), "InvalidParameter"),
        (format!("{ALL}&{vpc}"), "InvalidParameter"),
        (format!("{ALL}&{vpc}&{bucket}&DeliverLogsPermissionArn=arn:aws:iam::1:role/r"), "InvalidParameter"),
        (format!("{ALL}&{vpc}&{bucket}&MaxAggregationInterval=300"), "InvalidParameter"),
        (format!("{ALL}&{vpc}&{bucket}&LogFormat=version"), "InvalidParameter"),
        (format!("{ALL}&{vpc}&{bucket}&DestinationOptions.FileFormat=csv"), "InvalidParameterValue"),
        (format!("{ALL}&{bucket}"), "MissingParameter"),
        (format!("ResourceType=VPC&LogDestinationType=s3&{vpc}&{bucket}"), "MissingParameter"),
        (format!("{ALL}&ResourceId.1=vpc-0&{bucket}"), "InvalidVpcID.NotFound"),
        (format!("{}&ResourceId.1=vpc-0&{bucket}", ALL.replace("VPC", "Subnet")), "InvalidSubnetID.NotFound"),
        (format!("{of_gateway}&{bucket}&TrafficType=ALL"), "InvalidParameter"),
        (format!("{of_gateway}&{bucket}&MaxAggregationInterval=600"), "InvalidParameter"),
        (format!("{ALL}&{vpc}&{bucket}&TagSpecification.1.ResourceType=vpc"), "InvalidParameterValue"),
        ("ResourceType=VPC&TrafficType=ALL&ResourceId.1=vpc-0".to_owned(), "UnsupportedOperation"),
    ] {
        let refused = ec2(&sandbox, &format!("Action=CreateFlowLogs&{form}")).await;
        assert_eq!(ec2_refusal(&refused), refusal(400, code), "{form}");
    }
    assert!(sandbox.flow_logs().is_empty());
    let made = ec2(&sandbox, &format!("Action=CreateFlowLogs&{of_gateway}&{bucket}")).await;
    assert_eq!(made.0, 200);
    let flow_log = sandbox.flow_logs().pop().expect("a flow log");
    assert_eq!((flow_log.traffic, flow_log.interval), (None, 60));
}

#[tokio::test]
async fn a_client_token_makes_creation_idempotent_and_a_second_flow_log_is_refused() {
    let sandbox = with_vpc().await;
    let form = format!("{}&ClientToken=t", create(seed::APP_IMAGES));
    let id = outcome(&ec2(&sandbox, &form).await).expect("created");
    assert_eq!(outcome(&ec2(&sandbox, &form).await), Ok(id));
    let other = ec2(&sandbox, &form.replace("app-images", "app-data")).await;
    assert_eq!(ec2_refusal(&other), refusal(400, "IdempotentParameterMismatch"));
    let second = ec2(&sandbox, &format!("{}/", create(seed::APP_IMAGES))).await;
    assert_eq!(ec2_refusal(&second), refusal(400, "FlowLogAlreadyExists"));
    for form in [create(seed::APP_IMAGES).replace("ALL", "REJECT"), format!("{}/f", create(seed::APP_IMAGES))] {
        outcome(&ec2(&sandbox, &form).await).expect("another traffic type or destination");
    }
    assert_eq!(sandbox.flow_logs().len(), 3);
}

#[tokio::test]
async fn a_destination_that_cannot_work_is_listed_as_unsuccessful() {
    let sandbox = with_vpc().await;
    let key = sandbox.keys()[0].arn.clone();
    for (bucket, key) in [("by-alias", seed::KMS_LOGS_ALIAS), ("by-id", key.rsplit('/').next().expect("an ID"))] {
        sandbox.put_bucket(BucketSeed::new(bucket).encrypted(Encryption::kms(Some(key))).policy(&policy(bucket))).await;
        let message = format!("LogDestination: {bucket} is undeliverable");
        assert_eq!(outcome(&ec2(&sandbox, &create(bucket)).await), Err(message));
    }
    let missing = outcome(&ec2(&sandbox, &create("nobodys")).await);
    assert_eq!(missing, Err("LogDestination: nobodys does not exist".to_owned()));
    let foreign = seed::OTHER_ACCOUNT_LOGS;
    assert_eq!(outcome(&ec2(&sandbox, &create(foreign)).await), denied(foreign), "only its owner changes a policy");
    sandbox.set_policy(foreign, Some(&policy(foreign)));
    outcome(&ec2(&sandbox, &create(foreign)).await).expect("its owner allows the service");
    outcome(&ec2(&sandbox, &create(seed::KMS_LOGS)).await).expect("the key's policy is not checked");
}

#[tokio::test]
async fn aws_adds_its_statements_to_a_policy_of_the_caller() {
    let sandbox = with_vpc().await;
    outcome(&ec2(&sandbox, &create(seed::SHARED_LOGS)).await).expect("created");
    let changed = policy_of(&sandbox, seed::SHARED_LOGS);
    let original: Value = serde_json::from_str(seed::SHARED_POLICY).expect("JSON");
    let sids = |policy: &Value| {
        policy["Statement"].as_array().expect("statements").iter().map(|one| one["Sid"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(changed["Id"], original["Id"]);
    assert_eq!(
        changed["Statement"].as_array().expect("statements")[..4],
        original["Statement"].as_array().expect("statements")[..]
    );
    assert_eq!(sids(&changed)[4..], [json!("AWSLogDeliveryWrite"), json!("AWSLogDeliveryAclCheck")]);
    assert_eq!(changed["Statement"][4]["Resource"], format!("arn:aws:s3:::shared-logs/AWSLogs/{ACCOUNT}/*"));
    outcome(
        &ec2(&sandbox, &format!("{}&DestinationOptions.HiveCompatiblePartitions=true", create("shared-logs/h/"))).await,
    )
    .expect("created");
    let changed = policy_of(&sandbox, seed::SHARED_LOGS);
    assert_eq!(
        changed["Statement"][6]["Resource"],
        format!("arn:aws:s3:::shared-logs/h/AWSLogs/aws-account-id={ACCOUNT}/*")
    );
    assert_eq!(sids(&changed)[6..], [json!("AWSLogDeliveryWrite1"), json!("AWSLogDeliveryAclCheck1")]);
    let event = sandbox.events().into_iter().find(|event| event.name == "PutBucketPolicy").expect("an event");
    assert_eq!((event.address.as_str(), event.account.as_str()), ("delivery.logs.amazonaws.com", ACCOUNT));
    assert!(sandbox.requests().iter().all(|request| request.service == "ec2"), "AWS's own calls are not requests");
}

#[tokio::test]
async fn a_test_chooses_what_aws_does_to_an_existing_policy() {
    for (change, allowed, kept) in [
        (PolicyChange::AppendsIfMissing, false, true),
        (PolicyChange::AppendsIfMissing, true, true),
        (PolicyChange::OverwritesIfMissing, false, false),
        (PolicyChange::OverwritesIfMissing, true, true),
        (PolicyChange::AlwaysOverwrites, false, false),
        (PolicyChange::AlwaysOverwrites, true, false),
    ] {
        let sandbox = with_vpc().await;
        sandbox.set_policy_change(change);
        let before = if allowed { policy(seed::SHARED_LOGS) } else { seed::SHARED_POLICY.to_owned() };
        sandbox.set_policy(seed::SHARED_LOGS, Some(&before));
        outcome(&ec2(&sandbox, &create(seed::SHARED_LOGS)).await).expect("created");
        let after = policy_of(&sandbox, seed::SHARED_LOGS);
        let first: Value = serde_json::from_str::<Value>(&before).expect("JSON")["Statement"][0].clone();
        assert_eq!(after["Statement"][0] == first, kept, "{change:?} {allowed}");
        assert_eq!(after["Id"] == "AWSLogDeliveryWrite20150319", !kept, "{change:?} {allowed}");
    }
}

#[tokio::test]
async fn a_read_of_a_policy_that_aws_changed_may_lag() {
    let sandbox = with_vpc().await;
    sandbox.put_bucket(BucketSeed::new("flow-logs").policy(&policy("flow-logs"))).await;
    sandbox.set_policy_change(PolicyChange::AlwaysOverwrites);
    sandbox.set_lag(Some(Behind::Reads(1)));
    outcome(&ec2(&sandbox, &create("flow-logs")).await).expect("created");
    let client = s3(&sandbox);
    let read = async || client.get_bucket_policy().bucket("flow-logs").send().await.expect("read");
    assert_eq!(read().await.policy(), Some(policy("flow-logs").as_str()));
    assert!(read().await.policy().expect("a policy").contains("AWSLogDeliveryWrite"));
}

#[tokio::test]
async fn a_caller_who_may_not_change_the_policy_needs_one_that_allows_the_service() {
    let bucket = seed::APP_IMAGES;
    let sandbox = with_vpc().await;
    let all = json!({ "Effect": "Allow", "Action": ["*"], "Resource": ["*"] });
    let deny =
        |action: &str| json!({ "Statement": [all, { "Effect": "Deny", "Action": [action], "Resource": ["*"] }] });
    for action in ["s3:PutBucketPolicy", "s3:GetBucketPolicy"] {
        sandbox.allow_only(&deny(action));
        assert_eq!(outcome(&ec2(&sandbox, &create(bucket)).await), denied(bucket), "{action}");
    }
    for action in ["ec2:CreateFlowLogs", "logs:CreateLogDelivery"] {
        sandbox.allow_only(&deny(action));
        let refused = ec2(&sandbox, &create(bucket)).await;
        assert_eq!(ec2_refusal(&refused), refusal(403, "UnauthorizedOperation"), "{action}");
    }
    sandbox.allow_only(&json!({ "Statement": [all] }));
    sandbox.inject(Fault { when: When::Operation("PutBucketPolicy".to_owned()), effect: Effect::access_denied() });
    assert_eq!(outcome(&ec2(&sandbox, &create(bucket)).await), denied(bucket), "a fault denies it, too");
    sandbox.clear_faults();
    let locked = json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Deny", "Principal": "*", "Action": "s3:PutBucketPolicy", "Resource": format!("arn:aws:s3:::{bucket}") }] });
    sandbox.set_policy(bucket, Some(&locked.to_string()));
    assert_eq!(outcome(&ec2(&sandbox, &create(bucket)).await), denied(bucket), "the policy itself denies it");
    sandbox.set_policy(bucket, Some(&policy(bucket)));
    outcome(&ec2(&sandbox, &create(bucket)).await).expect("nothing to change");
    assert_eq!(sandbox.bucket(bucket).and_then(|bucket| bucket.policy), Some(policy(bucket)));
    let asked = sandbox.asked_actions();
    assert!(["ec2:CreateFlowLogs", "logs:CreateLogDelivery"].iter().all(|action| asked.contains(*action)), "{asked:?}");
}

#[tokio::test]
async fn a_deny_against_the_service_is_not_repaired() {
    let sandbox = with_vpc().await;
    let bucket = seed::STRICT_LOGS;
    assert_eq!(outcome(&ec2(&sandbox, &create(bucket)).await), denied(bucket));
    let after = policy_of(&sandbox, bucket);
    assert_eq!(outcome(&ec2(&sandbox, &create(bucket)).await), denied(bucket));
    assert_eq!(policy_of(&sandbox, bucket), after, "the statements are added once");
}

#[tokio::test]
async fn a_policy_that_has_not_propagated_refuses_the_first_flow_log() {
    let sandbox = with_vpc().await;
    let client = s3(&sandbox);
    sandbox.attach_refusals(1);
    let put = client.put_bucket_policy().bucket(seed::APP_IMAGES).policy(policy(seed::APP_IMAGES));
    put.send().await.expect("put");
    assert_eq!(outcome(&ec2(&sandbox, &create(seed::APP_IMAGES)).await), denied(seed::APP_IMAGES));
    outcome(&ec2(&sandbox, &create(seed::APP_IMAGES)).await).expect("created");
}

#[tokio::test]
async fn flow_logs_are_filtered_and_listed_in_pages_per_account_and_region() {
    let sandbox = with_vpc().await;
    let subnet = sandbox.put_network(NetworkSeed::subnet("a", seed::VPC));
    let far = sandbox.put_network(NetworkSeed::vpc("far").of(OTHER_ACCOUNT).within(seed::WEST));
    let bucket = "arn:aws:s3:::app-images";
    let of_vpc = sandbox.put_flow_log(FlowLogSeed::new(seed::VPC, bucket).tagged("env", "prod"));
    sandbox.put_flow_log(FlowLogSeed::new(&subnet, bucket).of_traffic("REJECT"));
    let of_far = sandbox.put_flow_log(FlowLogSeed::new(&far, bucket));
    let ids = async |form: &str| {
        let (status, root) = ec2(&sandbox, &format!("Action=DescribeFlowLogs&{form}")).await;
        assert_eq!(status, 200, "{form}");
        items(&root, "flowLogSet", &["flowLogId"])
    };
    for (filter, value, count) in [
        ("resource-id", seed::VPC, 1),
        ("flow-log-id", of_vpc.as_str(), 1),
        ("log-destination-type", "s3", 2),
        ("log-destination-type", "cloud-watch-logs", 0),
        ("traffic-type", "REJECT", 1),
        ("deliver-log-status", "SUCCESS", 0),
        ("log-group-name", "x", 0),
        ("tag:env", "prod", 1),
    ] {
        let form = format!("Filter.1.Name={filter}&Filter.1.Value.1={value}");
        assert_eq!(ids(&form).await.len(), count, "{filter} {value}");
    }
    assert!(ids("FlowLogId.1=fl-0").await.is_empty());
    let (_, root) = ec2(&sandbox, "Action=DescribeFlowLogs&MaxResults=1").await;
    let token = root.text_at(&["nextToken"]).expect("a token");
    assert_eq!(ids(&format!("MaxResults=1&NextToken={token}")).await.len(), 1);
    let over = ec2(&sandbox, "Action=DescribeFlowLogs&MaxResults=1001").await;
    assert_eq!(ec2_refusal(&over), refusal(400, "InvalidParameterValue"));
    let (_, root) = ec2_of(&sandbox, OTHER_ACCOUNT, seed::WEST, "Action=DescribeFlowLogs").await;
    assert_eq!(items(&root, "flowLogSet", &["flowLogId"]), [of_far]);
}

#[tokio::test]
async fn calls_are_recorded_in_the_event_history() {
    let sandbox = with_vpc().await;
    sandbox.set_policy(seed::APP_IMAGES, Some(&policy(seed::APP_IMAGES)));
    let id = outcome(&ec2(&sandbox, &create(seed::APP_IMAGES)).await).expect("created");
    ec2(&sandbox, &create(seed::APP_IMAGES)).await;
    ec2(&sandbox, "Action=DescribeFlowLogs").await;
    ec2(&sandbox, &format!("Action=DeleteFlowLogs&FlowLogId.1={id}")).await;
    let events = sandbox.events();
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["CreateFlowLogs", "CreateFlowLogs", "DeleteFlowLogs"]);
    assert!(events.iter().all(|event| event.source == "ec2.amazonaws.com" && event.region == "us-east-1"));
    let request = &events[0].parameters["CreateFlowLogsRequest"];
    assert_eq!(request["ResourceId"], json!({ "tag": 1, "content": seed::VPC }));
    assert_eq!(request["LogDestination"], "arn:aws:s3:::app-images");
    let about: Vec<(&str, &str)> =
        events[0].resources.iter().map(|one| (one.kind.as_str(), one.name.as_str())).collect();
    assert_eq!(about, [("AWS::EC2::VPC", seed::VPC), ("AWS::EC2::FlowLog", id.as_str())]);
    let code = events[1].error.as_ref().map(|(code, _)| code.as_str());
    assert_eq!(code, Some("Client.FlowLogAlreadyExists"));
    assert_eq!(events[2].parameters, json!({ "DeleteFlowLogsRequest": { "FlowLogId": { "tag": 1, "content": id } } }));
}
