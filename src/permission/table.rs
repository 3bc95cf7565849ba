//! The table of AWS calls and the permissions they need.
//!
//! Source: the Service Authorization Reference,
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3.html>, `list_kms.html`,
//! `list_elbv2.html`, `list_ec2.html`, `list_iam.html`, `list_cloudtrail.html`, `list_account.html`, `list_logs.html`. Some calls need
//! more actions than the one with the call's name. These calls were checked in November 2026, and their pages are cited
//! below. According to `aws::permission_hint`, `ListAliases`, `ListKeys`, `ListAccountAliases` and every `Describe` of load
//! balancers do not support resource-level permissions. `sts:GetCallerIdentity` is missing because it needs no
//! permission (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>).
//!
//! A new job needs a variant of [`Job`] and its place in the lists below.

use super::CallCondition::{Always, Key as UsesKey, OwnKey};
use super::Job::{Check, CheckBucket, DryRun, Init, Scan, Undo, Wizard};
use super::Resource::{
    Anything, Caller, Destination, EveryBucket, EveryKey, FlowLogs, Key, LoadBalancers, Logs, Networks, OwnAlias,
    Sources, TestObject,
};
use super::{ApiCall, CallCondition, Job, Resource};
use crate::producer::Producer;

/// Jobs that plan a change.
const LOOK: &[Job] = &[DryRun, Init, Wizard];
/// Jobs that read the configuration.
const READ: &[Job] = &[Check, CheckBucket, DryRun, Init, Scan, Wizard];
/// Jobs that explain why logs don't arrive.
const JUDGE: &[Job] = &[Check, CheckBucket, Scan];
/// Jobs that read the event history, to find out who made a change, or whether the change is newer than the latest
/// delivery.
const CHECK: &[Job] = &[Check, CheckBucket, DryRun, Init, Scan, Wizard];
/// Jobs that look for vended logs. Vended logs may replace a log that is off, or may go to the checked bucket.
const OFF: &[Job] = &[Check, CheckBucket, Scan];
/// Jobs that read every Region.
const SCAN: &[Job] = &[Scan];
/// Jobs that read the tags of sources.
const TAGGED: &[Job] = &[DryRun, Init, Scan, Wizard];
/// Jobs that look for delivered logs.
const PROVE: &[Job] = &[Check, CheckBucket, DryRun, Init, Scan, Wizard];
/// Jobs that list buckets.
const BUCKET_LIST: &[Job] = &[CheckBucket, Wizard];
/// Jobs that carry out a plan.
const WRITE: &[Job] = &[Init, Wizard];
/// Jobs that change existing resources.
const CHANGE: &[Job] = &[Init, Undo, Wizard];
/// The job that restores the settings that a run replaced.
const UNDO: &[Job] = &[Undo];
/// Jobs that list existing resources.
const LIST: &[Job] = &[Wizard];

const EVERY: &[Producer] = &Producer::ALL;
const BALANCERS: &[Producer] = Producer::OF_LOAD_BALANCERS;
const BUCKETS: &[Producer] = Producer::OF_BUCKETS;
const S3: &[Producer] = Producer::OF_BUCKET_LOGGING;
const FLOW_LOGS: &[Producer] = Producer::OF_FLOW_LOGS;
const VENDED: &[Producer] = Producer::VENDED;
const INVENTORY: &[Producer] = Producer::OF_CONFIGURATIONS;
/// The producers whose logs or reports a customer managed key can encrypt. For other producers the bucket's key is read
/// too. But any key blocks their logs, so a refused read does not matter.
const KEYED: &[Producer] = Producer::KEYED;

/// Reads an object that may be missing. S3 reports a missing object only to callers who may list the bucket
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>).
const HEAD: &[(&str, Resource)] = &[("s3:GetObject", Logs), ("s3:ListBucket", Destination)];

/// Reads an encrypted object. The caller needs permission for the key too, since S3 uses it on the caller's behalf
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>).
const GET: &[(&str, Resource)] = &[("s3:GetObject", Logs), ("s3:ListBucket", Destination), ("kms:Decrypt", Key)];
const PUT: &[(&str, Resource)] = &[("s3:PutObject", TestObject), ("kms:GenerateDataKey", Key)];

/// Deletes the test object. In a versioned bucket, it is deleted by version
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html>).
const DELETE: &[(&str, Resource)] = &[("s3:DeleteObject", TestObject), ("s3:DeleteObjectVersion", TestObject)];

/// The call that creates the bucket also sets its ownership and tag
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>).
const CREATE_BUCKET: &[(&str, Resource)] = &[
    ("s3:CreateBucket", Destination),
    ("s3:PutBucketOwnershipControls", Destination),
    ("s3:TagResource", Destination),
];

/// The call that creates the key also sets its policy and tag: `list_kms.html` lists all three actions, and
/// <https://docs.aws.amazon.com/kms/latest/developerguide/manage-tags-api.html> says that tagging must be allowed on
/// every key.
const CREATE_KEY: &[(&str, Resource)] =
    &[("kms:CreateKey", Anything), ("kms:PutKeyPolicy", EveryKey), ("kms:TagResource", EveryKey)];

/// Needs permission on the alias and the key:
/// <https://docs.aws.amazon.com/kms/latest/developerguide/alias-access.html>.
const CREATE_ALIAS: &[(&str, Resource)] = &[("kms:CreateAlias", OwnAlias), ("kms:CreateAlias", EveryKey)];

/// The call that creates a flow log also registers its delivery and tags the flow log with the run's token
/// (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-user.html>, `flow-logs-s3.html`).
const CREATE_FLOW_LOG: &[(&str, Resource)] = &[
    ("ec2:CreateFlowLogs", Networks),
    ("ec2:CreateFlowLogs", FlowLogs),
    ("ec2:CreateTags", FlowLogs),
    ("logs:CreateLogDelivery", Anything),
    ("logs:DeleteLogDelivery", Anything),
];
const DELETE_FLOW_LOG: &[(&str, Resource)] = &[("ec2:DeleteFlowLogs", FlowLogs), ("logs:DeleteLogDelivery", Anything)];

/// The calls. For most jobs, reads come before writes.
pub const CALLS: [ApiCall; 126] = [
    call(
        "elasticloadbalancing:DescribeLoadBalancers",
        READ,
        BALANCERS,
        Always,
        &[("elasticloadbalancing:DescribeLoadBalancers", Anything)],
    ),
    call(
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        READ,
        BALANCERS,
        Always,
        &[("elasticloadbalancing:DescribeLoadBalancerAttributes", Anything)],
    ),
    call(
        "elasticloadbalancing:DescribeListeners",
        READ,
        Producer::OF_LISTENERS,
        Always,
        &[("elasticloadbalancing:DescribeListeners", Anything)],
    ),
    call("ec2:DescribeFlowLogs", READ, FLOW_LOGS, Always, &[("ec2:DescribeFlowLogs", Anything)]),
    call("ec2:DescribeVpcs", READ, FLOW_LOGS, Always, &[("ec2:DescribeVpcs", Anything)]),
    call("ec2:DescribeSubnets", READ, FLOW_LOGS, Always, &[("ec2:DescribeSubnets", Anything)]),
    call("ec2:DescribeNetworkInterfaces", READ, FLOW_LOGS, Always, &[("ec2:DescribeNetworkInterfaces", Anything)]),
    call("ec2:DescribeTransitGateways", READ, FLOW_LOGS, Always, &[("ec2:DescribeTransitGateways", Anything)]),
    call("s3:HeadBucket", READ, BUCKETS, Always, &[("s3:ListBucket", Sources)]),
    call("s3:GetBucketLogging", READ, S3, Always, &[("s3:GetBucketLogging", Sources)]),
    call("s3:GetBucketInventoryConfiguration", LOOK, INVENTORY, Always, &[("s3:GetInventoryConfiguration", Sources)]),
    call("s3:HeadBucket", READ, EVERY, Always, &[("s3:ListBucket", Destination)]),
    call("s3:GetBucketEncryption", READ, EVERY, Always, &[("s3:GetEncryptionConfiguration", Destination)]),
    call("s3:GetBucketPolicy", READ, EVERY, Always, &[("s3:GetBucketPolicy", Destination)]),
    call("s3:GetBucketOwnershipControls", READ, EVERY, Always, &[("s3:GetBucketOwnershipControls", Destination)]),
    call("s3:GetObjectLockConfiguration", READ, EVERY, Always, &[("s3:GetBucketObjectLockConfiguration", Destination)]),
    call("s3:GetBucketRequestPayment", READ, EVERY, Always, &[("s3:GetBucketRequestPayment", Destination)]),
    call("s3:GetBucketLogging", READ, EVERY, Always, &[("s3:GetBucketLogging", Destination)]),
    call("s3:GetBucketLifecycleConfiguration", READ, EVERY, Always, &[("s3:GetLifecycleConfiguration", Destination)]),
    // Only if logs expire.
    call("s3:GetBucketVersioning", LOOK, EVERY, Always, &[("s3:GetBucketVersioning", Destination)]),
    call("s3:GetBucketTagging", READ, EVERY, Always, &[("s3:GetBucketTagging", Destination)]),
    // Only with `--tag`.
    call("s3:GetBucketAbac", LOOK, EVERY, Always, &[("s3:GetBucketAbac", Destination)]),
    // Only if the policy has a public statement.
    call("s3:GetPublicAccessBlock", READ, EVERY, Always, &[("s3:GetBucketPublicAccessBlock", Destination)]),
    call("s3:HeadObject", LOOK, BALANCERS, Always, HEAD),
    call("kms:DescribeKey", READ, KEYED, UsesKey, &[("kms:DescribeKey", Key)]),
    call("kms:GetKeyPolicy", READ, KEYED, UsesKey, &[("kms:GetKeyPolicy", Key)]),
    call("kms:ListKeys", LOOK, KEYED, OwnKey, &[("kms:ListKeys", Anything)]),
    call("kms:ListResourceTags", LOOK, KEYED, OwnKey, &[("kms:ListResourceTags", EveryKey)]),
    call("s3:GetBucketAcl", READ, S3, Always, &[("s3:GetBucketAcl", Destination)]),
    call(
        "s3:ListBucketInventoryConfigurations",
        JUDGE,
        INVENTORY,
        Always,
        &[("s3:GetInventoryConfiguration", Sources)],
    ),
    call("account:ListRegions", SCAN, EVERY, Always, &[("account:ListRegions", Anything)]),
    call("cloudtrail:LookupEvents", CHECK, EVERY, Always, &[("cloudtrail:LookupEvents", Anything)]),
    // Only if a log is off, or for `check` of a bucket.
    call("logs:DescribeDeliverySources", OFF, VENDED, Always, &[("logs:DescribeDeliverySources", Anything)]),
    call("logs:DescribeDeliveries", OFF, VENDED, Always, &[("logs:DescribeDeliveries", Anything)]),
    call("logs:DescribeDeliveryDestinations", OFF, VENDED, Always, &[("logs:DescribeDeliveryDestinations", Anything)]),
    call("iam:ListAccountAliases", LIST, EVERY, Always, &[("iam:ListAccountAliases", Anything)]),
    call("s3:ListBuckets", BUCKET_LIST, EVERY, Always, &[("s3:ListAllMyBuckets", Anything)]),
    // If a bucket's policy denies the caller: does the account own the bucket?
    call("s3:ListBuckets", &[Check], EVERY, Always, &[("s3:ListAllMyBuckets", Anything)]),
    // Who manages a source? In a scan, only with `--tag`.
    call(
        "elasticloadbalancing:DescribeTags",
        TAGGED,
        BALANCERS,
        Always,
        &[("elasticloadbalancing:DescribeTags", Anything)],
    ),
    call("s3:GetBucketTagging", TAGGED, BUCKETS, Always, &[("s3:GetBucketTagging", Sources)]),
    call("s3:ListBuckets", SCAN, BUCKETS, Always, &[("s3:ListAllMyBuckets", Anything)]),
    call("kms:ListKeys", LIST, KEYED, UsesKey, &[("kms:ListKeys", Anything)]),
    call("kms:ListAliases", LIST, KEYED, UsesKey, &[("kms:ListAliases", Anything)]),
    call("kms:DescribeKey", LIST, KEYED, UsesKey, &[("kms:DescribeKey", EveryKey)]),
    call("iam:SimulatePrincipalPolicy", LOOK, EVERY, Always, &[("iam:SimulatePrincipalPolicy", Caller)]),
    // Only if the role has a path, because the ARN of the session does not contain it.
    call("iam:GetRole", LOOK, EVERY, Always, &[("iam:GetRole", Caller)]),
    call("kms:CreateKey", WRITE, KEYED, OwnKey, CREATE_KEY),
    call("kms:EnableKeyRotation", WRITE, KEYED, OwnKey, &[("kms:EnableKeyRotation", EveryKey)]),
    call("kms:CreateAlias", WRITE, KEYED, OwnKey, CREATE_ALIAS),
    call("kms:PutKeyPolicy", CHANGE, KEYED, UsesKey, &[("kms:PutKeyPolicy", Key)]),
    // Before removing something from a bucket: do vended logs use it?
    call("logs:DescribeDeliveryDestinations", UNDO, EVERY, Always, &[("logs:DescribeDeliveryDestinations", Anything)]),
    call("logs:DescribeDeliveries", UNDO, EVERY, Always, &[("logs:DescribeDeliveries", Anything)]),
    call("logs:DescribeDeliverySources", UNDO, EVERY, Always, &[("logs:DescribeDeliverySources", Anything)]),
    // The bucket's creation date, to recognize the bucket later.
    call("s3:ListBuckets", LOOK, EVERY, Always, &[("s3:ListAllMyBuckets", Anything)]),
    call("s3:CreateBucket", WRITE, EVERY, Always, CREATE_BUCKET),
    call("s3:PutBucketTagging", CHANGE, EVERY, Always, &[("s3:PutBucketTagging", Destination)]),
    call("s3:PutPublicAccessBlock", WRITE, EVERY, Always, &[("s3:PutBucketPublicAccessBlock", Destination)]),
    call("s3:PutBucketEncryption", CHANGE, EVERY, Always, &[("s3:PutEncryptionConfiguration", Destination)]),
    call("s3:PutBucketRequestPayment", CHANGE, S3, Always, &[("s3:PutBucketRequestPayment", Destination)]),
    call("s3:PutBucketPolicy", CHANGE, EVERY, Always, &[("s3:PutBucketPolicy", Destination)]),
    call("s3:PutBucketLifecycleConfiguration", CHANGE, EVERY, Always, &[("s3:PutLifecycleConfiguration", Destination)]),
    call(
        "elasticloadbalancing:ModifyLoadBalancerAttributes",
        CHANGE,
        BALANCERS,
        Always,
        &[("elasticloadbalancing:ModifyLoadBalancerAttributes", LoadBalancers)],
    ),
    call("ec2:DeleteFlowLogs", CHANGE, FLOW_LOGS, Always, DELETE_FLOW_LOG),
    call("ec2:CreateFlowLogs", CHANGE, FLOW_LOGS, Always, CREATE_FLOW_LOG),
    // A run of an earlier version may have turned off the destination's own access log.
    call("s3:PutBucketLogging", UNDO, S3, Always, &[("s3:PutBucketLogging", Destination)]),
    call("s3:PutBucketLogging", CHANGE, S3, Always, &[("s3:PutBucketLogging", Sources)]),
    call("s3:PutBucketInventoryConfiguration", CHANGE, INVENTORY, Always, &[("s3:PutInventoryConfiguration", Sources)]),
    call("s3:PutObject", WRITE, EVERY, Always, PUT),
    call("s3:GetObject", WRITE, EVERY, Always, &[("s3:GetObject", TestObject), ("kms:Decrypt", Key)]),
    call("s3:DeleteObject", WRITE, EVERY, Always, DELETE),
    call("s3:ListObjectsV2", PROVE, EVERY, Always, &[("s3:ListBucket", Destination)]),
    call("s3:GetObject", PROVE, EVERY, Always, GET),
    call("s3:HeadObject", PROVE, EVERY, Always, HEAD),
    // The reads of undo, and its removal of settings that did not exist before.
    // Before deleting a bucket: what else logs there?
    call(
        "elasticloadbalancing:DescribeLoadBalancers",
        UNDO,
        EVERY,
        Always,
        &[("elasticloadbalancing:DescribeLoadBalancers", Anything)],
    ),
    call(
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        UNDO,
        EVERY,
        Always,
        &[("elasticloadbalancing:DescribeLoadBalancerAttributes", Anything)],
    ),
    call(
        "elasticloadbalancing:DescribeListeners",
        UNDO,
        EVERY,
        Always,
        &[("elasticloadbalancing:DescribeListeners", Anything)],
    ),
    call("ec2:DescribeFlowLogs", UNDO, EVERY, Always, &[("ec2:DescribeFlowLogs", Anything)]),
    call("ec2:DescribeVpcs", UNDO, EVERY, Always, &[("ec2:DescribeVpcs", Anything)]),
    call("ec2:DescribeTransitGateways", UNDO, EVERY, Always, &[("ec2:DescribeTransitGateways", Anything)]),
    call("s3:ListBuckets", UNDO, EVERY, Always, &[("s3:ListAllMyBuckets", Anything)]),
    call("s3:HeadBucket", UNDO, EVERY, Always, &[("s3:ListBucket", EveryBucket)]),
    call("s3:GetBucketLogging", UNDO, EVERY, Always, &[("s3:GetBucketLogging", EveryBucket)]),
    call("s3:ListBucketInventoryConfigurations", UNDO, EVERY, Always, &[("s3:GetInventoryConfiguration", EveryBucket)]),
    call("s3:GetBucketLogging", UNDO, S3, Always, &[("s3:GetBucketLogging", Sources)]),
    call("s3:GetBucketInventoryConfiguration", UNDO, INVENTORY, Always, &[("s3:GetInventoryConfiguration", Sources)]),
    call("s3:HeadBucket", UNDO, EVERY, Always, &[("s3:ListBucket", Destination)]),
    call("s3:ListObjectsV2", UNDO, EVERY, Always, &[("s3:ListBucket", Destination)]),
    call("s3:GetBucketEncryption", UNDO, EVERY, Always, &[("s3:GetEncryptionConfiguration", Destination)]),
    call("s3:GetBucketPolicy", UNDO, EVERY, Always, &[("s3:GetBucketPolicy", Destination)]),
    call("s3:GetBucketRequestPayment", UNDO, EVERY, Always, &[("s3:GetBucketRequestPayment", Destination)]),
    call("s3:GetBucketLifecycleConfiguration", UNDO, EVERY, Always, &[("s3:GetLifecycleConfiguration", Destination)]),
    call("s3:GetBucketTagging", UNDO, EVERY, Always, &[("s3:GetBucketTagging", Destination)]),
    // Does anything else use the bucket that a run created?
    call("s3:GetBucketVersioning", UNDO, EVERY, Always, &[("s3:GetBucketVersioning", Destination)]),
    call("s3:GetBucketOwnershipControls", UNDO, EVERY, Always, &[("s3:GetBucketOwnershipControls", Destination)]),
    call("s3:GetPublicAccessBlock", UNDO, EVERY, Always, &[("s3:GetBucketPublicAccessBlock", Destination)]),
    call("s3:GetBucketCors", UNDO, EVERY, Always, &[("s3:GetBucketCORS", Destination)]),
    call("s3:GetBucketWebsite", UNDO, EVERY, Always, &[("s3:GetBucketWebsite", Destination)]),
    call("s3:GetBucketNotificationConfiguration", UNDO, EVERY, Always, &[("s3:GetBucketNotification", Destination)]),
    call("s3:GetBucketReplication", UNDO, EVERY, Always, &[("s3:GetReplicationConfiguration", Destination)]),
    call("s3:GetBucketAccelerateConfiguration", UNDO, EVERY, Always, &[("s3:GetAccelerateConfiguration", Destination)]),
    call("s3:ListMultipartUploads", UNDO, EVERY, Always, &[("s3:ListBucketMultipartUploads", Destination)]),
    call("s3:ListBucketAnalyticsConfigurations", UNDO, EVERY, Always, &[("s3:GetAnalyticsConfiguration", Destination)]),
    call("s3:ListBucketMetricsConfigurations", UNDO, EVERY, Always, &[("s3:GetMetricsConfiguration", Destination)]),
    call(
        "s3:ListBucketIntelligentTieringConfigurations",
        UNDO,
        EVERY,
        Always,
        &[("s3:GetIntelligentTieringConfiguration", Destination)],
    ),
    call(
        "s3:GetBucketMetadataConfiguration",
        UNDO,
        EVERY,
        Always,
        &[("s3:GetBucketMetadataTableConfiguration", Destination)],
    ),
    call("s3:GetBucketAbac", UNDO, EVERY, Always, &[("s3:GetBucketAbac", Destination)]),
    call("s3:GetObjectLockConfiguration", UNDO, EVERY, Always, &[("s3:GetBucketObjectLockConfiguration", Destination)]),
    call("s3:ListBucketInventoryConfigurations", UNDO, EVERY, Always, &[("s3:GetInventoryConfiguration", Destination)]),
    call("s3:GetBucketLogging", UNDO, EVERY, Always, &[("s3:GetBucketLogging", Destination)]),
    // Does another destination, or a report, need the current key policy?
    call("s3:GetBucketEncryption", UNDO, KEYED, UsesKey, &[("s3:GetEncryptionConfiguration", EveryBucket)]),
    call("s3:GetBucketPolicy", UNDO, KEYED, UsesKey, &[("s3:GetBucketPolicy", EveryBucket)]),
    call("s3:GetBucketOwnershipControls", UNDO, KEYED, UsesKey, &[("s3:GetBucketOwnershipControls", EveryBucket)]),
    call(
        "s3:GetObjectLockConfiguration",
        UNDO,
        KEYED,
        UsesKey,
        &[("s3:GetBucketObjectLockConfiguration", EveryBucket)],
    ),
    call("s3:GetBucketRequestPayment", UNDO, KEYED, UsesKey, &[("s3:GetBucketRequestPayment", EveryBucket)]),
    call("s3:GetBucketLifecycleConfiguration", UNDO, KEYED, UsesKey, &[("s3:GetLifecycleConfiguration", EveryBucket)]),
    call("s3:GetBucketTagging", UNDO, KEYED, UsesKey, &[("s3:GetBucketTagging", EveryBucket)]),
    call("s3:GetBucketAcl", UNDO, KEYED, UsesKey, &[("s3:GetBucketAcl", EveryBucket)]),
    call("kms:DescribeKey", UNDO, EVERY, Always, &[("kms:DescribeKey", EveryKey)]),
    call("kms:GetKeyPolicy", UNDO, EVERY, Always, &[("kms:GetKeyPolicy", EveryKey)]),
    call("s3:GetBucketAcl", UNDO, EVERY, Always, &[("s3:GetBucketAcl", Destination)]),
    call("s3:DeleteBucketEncryption", UNDO, EVERY, Always, &[("s3:PutEncryptionConfiguration", Destination)]),
    call("s3:DeleteBucketPolicy", UNDO, EVERY, Always, &[("s3:DeleteBucketPolicy", Destination)]),
    call("s3:DeleteBucketLifecycle", UNDO, EVERY, Always, &[("s3:PutLifecycleConfiguration", Destination)]),
    call("s3:DeleteBucketTagging", UNDO, EVERY, Always, &[("s3:PutBucketTagging", Destination)]),
    call(
        "s3:DeleteBucketInventoryConfiguration",
        UNDO,
        INVENTORY,
        Always,
        &[("s3:PutInventoryConfiguration", Sources)],
    ),
    call("s3:DeleteBucket", UNDO, EVERY, Always, &[("s3:DeleteBucket", Destination)]),
];

const fn call(
    api: &'static str,
    jobs: &'static [Job],
    producers: &'static [Producer],
    need: CallCondition,
    actions: &'static [(&'static str, Resource)],
) -> ApiCall {
    ApiCall { api, jobs, producers, need, actions }
}

/// Returns the action, with the other actions that AWS always checks in the same call. Granting the action alone does
/// not help.
pub(crate) fn actions_with(action: &str) -> Vec<&str> {
    let of_making =
        |call: &&ApiCall| matches!(call.actions, [(first, _), _, ..] if *first == action && is_made(call.api));
    match CALLS.iter().find(of_making) {
        Some(call) => call.actions.iter().map(|(action, _)| *action).collect(),
        None => vec![action],
    }
}

/// Returns the actions of a write in `init`, each with its resource.
pub(crate) fn actions_of(api: &str, producer: Producer) -> Vec<(&'static str, Resource)> {
    let calls = CALLS.iter().filter(|call| call.api == api && call.jobs.contains(&Init));
    let calls = calls.filter(|call| call.producers.contains(&producer));
    calls.flat_map(|call| call.actions.iter().copied()).collect()
}

/// Returns whether a call creates a resource together with its settings.
fn is_made(api: &str) -> bool {
    matches!(api, "kms:CreateKey" | "s3:CreateBucket")
}
