//! Facts about S3 access logs.

use crate::model::EncryptionKind;
use crate::producer::encryption::EncryptionRule;
use crate::producer::facts::{
    AclWay, DeliveryRefusal, DestinationFacts, EncryptedBy, Facts, Loops, ObjectOwner, OtherRegion, Overdue,
    PrefixRule, SourceKind,
};
use crate::producer::{Template, Topic};

const PAGE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";

/// S3 access logs.
pub(in crate::producer) const FACTS: Facts = Facts {
    id: "s3-access",
    title: "S3 server access logs",
    offer: "requests to a bucket",
    principal: super::PRINCIPAL,
    topics: &[
        Topic::Producer,
        Topic::Sources,
        Topic::Bucket,
        Topic::Encryption,
        Topic::Prefix,
        Topic::Partition,
        Topic::Expiry,
        Topic::Options,
    ],
    source: SourceKind::Bucket,
    attachment: super::ATTACHMENT,
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html>
    until: "a few hours after requests to the source (AWS delivers on a best-effort basis)",
    expected_after: "request",
    expected_minutes: None,
    // "Within a few hours".
    fresh_for: 24 * 60 * 60,
    overdue: Overdue::Never,
    bucket_grants: &[Template::S3Access],
    key_grant: None,
    certain_key_action: None,
    encrypted_by: EncryptedBy::Bucket,
    encryption,
    what_works: "`--encryption sse-s3`",
    key_page: PAGE,
    legacy_account: |_| None,
    destination: DestinationFacts {
        object_lock: Some(DeliveryRefusal {
            why: "S3 access logs can't be delivered to a bucket with Object Lock, and Object Lock can't be turned off",
            page: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/troubleshooting-server-access-logging.html",
        }),
        requester_pays: Some(DeliveryRefusal {
            why: "S3 access logs are not delivered to a Requester Pays bucket",
            page: PAGE,
        }),
        owner: ObjectOwner::Writer,
        acl: AclWay::LogDeliveryGroup,
        loops: Loops::Endless,
        other_region: OtherRegion::Refused,
    },
    listener: None,
    prefix: PrefixRule::Text,
    not_logged_itself: Some("it takes server access logs:"),
};

fn encryption(kind: EncryptionKind) -> EncryptionRule {
    match kind {
        EncryptionKind::SseS3 => EncryptionRule::sse_s3(PAGE),
        EncryptionKind::SseKmsAwsManaged => EncryptionRule::not_supported(
            "S3 access logs need SSE-S3: if log objects arrive at all, they are encrypted with a key that you can't use",
            PAGE,
        ),
        EncryptionKind::SseKmsCustomer => EncryptionRule::not_supported(
            "S3 access logs need SSE-S3: a customer managed key is not supported; logs may arrive if its policy allows the service, and there is no error if they don't",
            PAGE,
        ),
        EncryptionKind::DsseKms => EncryptionRule::dual_layer(PAGE),
        EncryptionKind::Other => EncryptionRule::not_documented(PAGE),
    }
}
