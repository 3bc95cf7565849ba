//! Facts about VPC Flow Logs.
//!
//! "Publish flow logs to Amazon S3" (`PAGE`, `PERMISSIONS`, `KEYS`) has the rules. AWS checks the destination when a flow
//! log is created, and reports the latest delivery with the flow log (`DeliverLogsStatus`). The pages don't mention
//! Object Lock, Requester Pays or object ownership.

use crate::model::EncryptionKind;
use crate::producer::encryption::{EncryptionOutcome, EncryptionRule};
use crate::producer::facts::{
    AclWay, DestinationFacts, EncryptedBy, Facts, Loops, ObjectOwner, OtherRegion, Overdue, PrefixRule, SourceKind,
};
use crate::producer::{Template, Topic, log_delivery};

const PAGE: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3.html";
const KEYS: &str = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-cmk-policy.html";
const VENDED: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html";

pub(in crate::producer) const FACTS: Facts = Facts {
    id: "vpc-flow",
    title: "VPC Flow Logs",
    offer: "IP traffic of a VPC, subnet, network interface or transit gateway",
    principal: log_delivery::PRINCIPAL,
    topics: &[
        Topic::Producer,
        Topic::Sources,
        Topic::Bucket,
        Topic::Encryption,
        Topic::Traffic,
        Topic::Prefix,
        Topic::FlowFormat,
        Topic::Aggregation,
        Topic::FlowFolders,
        Topic::Expiry,
        Topic::Options,
    ],
    source: SourceKind::Network,
    attachment: super::ATTACHMENT,
    // After a flow log is created, "it can take several minutes" until the first records are published; the files are
    // published "at 5-minute intervals"
    // (<https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-path.html>, `working-with-flow-logs.html`).
    until: "about 15 minutes after the first traffic",
    expected_after: "traffic",
    expected_minutes: Some(15),
    // Every 5 minutes if there is traffic; records are aggregated for up to 10 minutes before.
    fresh_for: 60 * 60,
    overdue: Overdue::Never,
    bucket_grants: &[Template::NlbBucket, Template::VpcFlow],
    key_grant: Some(Template::KeyNlb),
    certain_key_action: Some(log_delivery::CERTAIN),
    encrypted_by: EncryptedBy::Bucket,
    encryption,
    what_works: "`--encryption sse-s3`, or `--kms-key` with a customer managed key",
    key_page: KEYS,
    legacy_account: |_| None,
    destination: DestinationFacts {
        object_lock: None,
        requester_pays: None,
        owner: ObjectOwner::BucketOwner,
        acl: AclWay::None,
        loops: Loops::Harmless,
        other_region: OtherRegion::NotDocumented,
    },
    listener: None,
    prefix: PrefixRule::FoldersExceptAwsLogs,
    // The page is about server access logs, but scanners apply the rule to every bucket that stores logs.
    not_logged_itself: Some("it takes VPC Flow Logs, see"),
};

fn encryption(kind: EncryptionKind) -> EncryptionRule {
    match kind {
        EncryptionKind::SseS3 => EncryptionRule::sse_s3(PAGE),
        EncryptionKind::SseKmsCustomer => EncryptionRule {
            outcome: EncryptionOutcome::WorksWithKeyPolicy,
            why: "the key policy must allow `delivery.logs.amazonaws.com`, and the bucket must name the key by its full ARN",
            source: KEYS,
            offered: true,
        },
        EncryptionKind::SseKmsAwsManaged => EncryptionRule::not_supported(
            "the log delivery service can't use an AWS managed key: logs are delivered unreadable",
            VENDED,
        ),
        EncryptionKind::DsseKms => EncryptionRule::dual_layer(PAGE),
        EncryptionKind::Other => EncryptionRule::not_documented(PAGE),
    }
}
