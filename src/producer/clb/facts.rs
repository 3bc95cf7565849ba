//! Facts about access logs of Classic Load Balancers.
//!
//! "Enable access logs" (`PAGE`) has the rules for the destination. The bucket must be in the load balancer's Region,
//! but can be in any account. SSE-S3 is the only encryption that works. The policy names the principal of ALB logs, or
//! the Region's legacy account. AWS validates the bucket and writes `ELBAccessLogTestFile` when the log is turned on.
//! In the field, AWS also refused a bucket in another Region (<https://github.com/hashicorp/terraform/issues/12010>).
//! The page does not mention Object Lock, Requester Pays or object ownership.

use crate::model::EncryptionKind;
use crate::producer::encryption::EncryptionRule;
use crate::producer::facts::{
    AclWay, DestinationFacts, EncryptedBy, Facts, Loops, ObjectOwner, OtherRegion, Overdue, PrefixRule, SourceKind,
};
use crate::producer::{LoadBalancerType, Template, Topic, load_balancer};

const PAGE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html";

pub(in crate::producer) const FACTS: Facts = Facts {
    id: "clb",
    title: "CLB access logs",
    offer: "requests to a Classic Load Balancer",
    principal: load_balancer::PRINCIPAL,
    topics: &[
        Topic::Producer,
        Topic::Sources,
        Topic::Bucket,
        Topic::Encryption,
        Topic::Prefix,
        Topic::EmitInterval,
        Topic::Expiry,
        Topic::Options,
    ],
    source: SourceKind::LoadBalancer(LoadBalancerType::Classic),
    attachment: super::ATTACHMENT,
    // Logs are "published" at an interval of 5 or 60 minutes, with a delay of up to 5 or 15 minutes:
    // <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>
    until: "about 75 minutes after the load balancer gets traffic (10 if it publishes every 5)",
    expected_after: "traffic",
    expected_minutes: Some(75),
    // Every hour if there is traffic, or every 5 minutes if the load balancer is configured that way.
    fresh_for: 6 * 60 * 60,
    overdue: Overdue::AtOnce,
    bucket_grants: &[Template::Clb],
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
    prefix: PrefixRule::PlainFoldersIfNew,
    // The page is about server access logs, but scanners apply the rule to every bucket that stores logs.
    not_logged_itself: Some("it takes CLB access logs, see"),
};

fn encryption(kind: EncryptionKind) -> EncryptionRule {
    // SSE-S3 is "the only server-side encryption option that's supported". Each file "is automatically encrypted using
    // SSE-S3", says <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>.
    match kind {
        EncryptionKind::SseS3 => EncryptionRule::sse_s3(PAGE),
        EncryptionKind::SseKmsAwsManaged | EncryptionKind::SseKmsCustomer | EncryptionKind::DsseKms => {
            EncryptionRule::not_supported(
                "CLB access logs only support SSE-S3: with any other encryption, AWS refuses to turn them on; logs that are already on probably stop (inferred, not documented)",
                PAGE,
            )
        }
        EncryptionKind::Other => EncryptionRule::not_documented(PAGE),
    }
}
