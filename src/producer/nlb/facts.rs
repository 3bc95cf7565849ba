//! Facts about NLB access logs.

use crate::model::EncryptionKind;
use crate::producer::encryption::{EncryptionOutcome, EncryptionRule};
use crate::producer::facts::{
    AclWay, DeliveryRefusal, DestinationFacts, EncryptedBy, Facts, ListenerFacts, Loops, ObjectOwner, OtherRegion,
    Overdue, PrefixRule, SourceKind,
};
use crate::producer::{LoadBalancerType, Template, Topic, load_balancer, log_delivery};

const PAGE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html";
const VENDED: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html";

/// NLB access logs.
pub(in crate::producer) const FACTS: Facts = Facts {
    id: "nlb",
    title: "NLB access logs",
    offer: "TLS requests to a Network Load Balancer",
    principal: log_delivery::PRINCIPAL,
    topics: &[
        Topic::Producer,
        Topic::Sources,
        Topic::Bucket,
        Topic::Encryption,
        Topic::Prefix,
        Topic::Expiry,
        Topic::Options,
    ],
    source: SourceKind::LoadBalancer(LoadBalancerType::Network),
    attachment: load_balancer::ATTACHMENT,
    // <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html>
    until: "about 5 minutes after a connection to a TLS listener (AWS delivers on a best-effort basis)",
    expected_after: "tls-connection",
    expected_minutes: Some(5),
    // Every 5 minutes if there is traffic.
    fresh_for: 60 * 60,
    overdue: Overdue::Never,
    bucket_grants: &[Template::NlbBucket, Template::NlbObjects],
    key_grant: Some(Template::KeyNlb),
    certain_key_action: Some(log_delivery::CERTAIN),
    encrypted_by: EncryptedBy::Bucket,
    encryption,
    what_works: "`--encryption sse-s3`, or `--kms-key` with a customer managed key",
    key_page: PAGE,
    legacy_account: |_| None,
    destination: DestinationFacts {
        object_lock: None,
        requester_pays: None,
        owner: ObjectOwner::BucketOwner,
        acl: AclWay::None,
        loops: Loops::Harmless,
        other_region: OtherRegion::Refused,
    },
    // Without a TLS listener, turning logs on succeeds, but nothing ever arrives
    // (<https://github.com/nccgroup/ScoutSuite/issues/617>).
    listener: Some(ListenerFacts {
        protocol: "TLS",
        refusal: DeliveryRefusal {
            why: "NLB access logs contain only TLS requests and are only written for a load balancer with a TLS listener",
            page: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html",
        },
    }),
    prefix: PrefixRule::PlainFolders,
    // The page is about server access logs, but scanners apply the rule to every bucket that stores logs.
    not_logged_itself: Some("it takes NLB access logs, see"),
};

fn encryption(kind: EncryptionKind) -> EncryptionRule {
    match kind {
        EncryptionKind::SseS3 => EncryptionRule::sse_s3(PAGE),
        EncryptionKind::SseKmsCustomer => EncryptionRule {
            outcome: EncryptionOutcome::WorksWithKeyPolicy,
            why: "the key policy must allow `delivery.logs.amazonaws.com`, and the bucket must name the key by its full ARN",
            source: PAGE,
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
