//! Facts about ALB logs.

use crate::model::EncryptionKind;
use crate::producer::encryption::EncryptionRule;
use crate::producer::facts::{
    AclWay, DestinationFacts, EncryptedBy, Facts, Loops, ObjectOwner, OtherRegion, Overdue, PrefixRule, SourceKind,
};
use crate::producer::{LoadBalancerType, Template, Topic, load_balancer};

const PAGE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";

pub(in crate::producer) const FACTS: Facts = Facts {
    id: "alb",
    title: "ALB logs",
    offer: "requests, connections, health checks of an Application Load Balancer",
    principal: load_balancer::PRINCIPAL,
    topics: &[
        Topic::Producer,
        Topic::LogTypes,
        Topic::Sources,
        Topic::Bucket,
        Topic::Encryption,
        Topic::Prefix,
        Topic::Expiry,
        Topic::Options,
    ],
    source: SourceKind::LoadBalancer(LoadBalancerType::Application),
    attachment: load_balancer::ATTACHMENT,
    // <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>
    until: "about 5 minutes after the load balancer gets traffic",
    expected_after: "traffic",
    expected_minutes: Some(5),
    // Every 5 minutes if there is traffic.
    fresh_for: 60 * 60,
    overdue: Overdue::AtOnce,
    bucket_grants: &[Template::Alb],
    key_grant: None,
    certain_key_action: None,
    encrypted_by: EncryptedBy::Bucket,
    encryption,
    what_works: "`--encryption sse-s3`",
    key_page: PAGE,
    legacy_account: load_balancer::legacy_account,
    destination: DestinationFacts {
        object_lock: None,
        requester_pays: None,
        owner: ObjectOwner::Writer,
        acl: AclWay::None,
        loops: Loops::Harmless,
        other_region: OtherRegion::Refused,
    },
    listener: None,
    prefix: PrefixRule::PlainFolders,
    // The page is about server access logs, but scanners apply the rule to every bucket that stores logs.
    not_logged_itself: Some("it takes ALB logs, see"),
};

fn encryption(kind: EncryptionKind) -> EncryptionRule {
    match kind {
        EncryptionKind::SseS3 => EncryptionRule::sse_s3(PAGE),
        EncryptionKind::SseKmsAwsManaged | EncryptionKind::SseKmsCustomer | EncryptionKind::DsseKms => {
            EncryptionRule::not_supported(
                "ALB logs only support SSE-S3: with any other encryption, AWS refuses to turn them on; logs that are already on probably stop (inferred, not documented)",
                PAGE,
            )
        }
        EncryptionKind::Other => EncryptionRule::not_documented(PAGE),
    }
}
