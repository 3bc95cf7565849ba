//! What is fixed about access logs of Classic Load Balancers.
//!
//! "Enable access logs" (`PAGE`) has the rules of the destination: the bucket is in the load balancer's Region, of any account, and
//! SSE-S3 is the only encryption that works; the policy names the principal of ALB logs, or the Region's legacy account; AWS validates
//! the bucket and writes `ELBAccessLogTestFile` as the log is turned on. That another Region is refused was seen in the field, too
//! (<https://github.com/hashicorp/terraform/issues/12010>). It says nothing of Object Lock, Requester Pays and ownership of objects.

use crate::model::EncryptionKind;
use crate::producer::encryption::Rule;
use crate::producer::facts::{
    AclWay, DestinationFacts, EncryptedBy, Facts, Loops, ObjectOwner, Overdue, PrefixRule, SourceKind,
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
    // "Published" at an interval of 5 or 60 minutes, whose start is delayed by up to 5 or 15:
    // <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>
    until: "the load balancer has had traffic, and 75 minutes have passed since (10 where it publishes every 5)",
    expected_after: "traffic",
    expected_minutes: Some(75),
    // Every hour where there is traffic, where it does not publish more often.
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
    },
    listener: None,
    prefix: PrefixRule::ClassicLoadBalancer,
    // The page speaks of server access logs; a bucket of other logs is the same to a scanner.
    not_logged_itself: Some("it takes CLB access logs, see"),
};

fn encryption(kind: EncryptionKind) -> Rule {
    // "The only server-side encryption option that's supported"; and each file "is automatically encrypted using SSE-S3", says
    // <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html>.
    match kind {
        EncryptionKind::SseS3 => Rule::sse_s3(PAGE),
        EncryptionKind::SseKmsAwsManaged | EncryptionKind::SseKmsCustomer | EncryptionKind::DsseKms => Rule::never(
            "CLB access logs support no encryption but SSE-S3: turning them on is refused, and logs that are on probably stop (inferred, not documented)",
            PAGE,
        ),
        EncryptionKind::Other => Rule::not_documented(PAGE),
    }
}
