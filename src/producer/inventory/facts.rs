//! Facts about S3 Inventory.

use crate::model::EncryptionKind;
use crate::producer::encryption::{EncryptionOutcome, EncryptionRule};
use crate::producer::facts::{
    AclWay, DestinationFacts, EncryptedBy, Facts, Loops, ObjectOwner, OtherRegion, Overdue, PrefixRule, SourceKind,
};
use crate::producer::{Template, Topic};

const PAGE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html";

/// S3 Inventory.
pub(in crate::producer) const FACTS: Facts = Facts {
    id: "inventory",
    title: "S3 Inventory",
    offer: "a daily or weekly list of a bucket's objects",
    principal: super::PRINCIPAL,
    topics: &[
        Topic::Producer,
        Topic::Sources,
        Topic::Bucket,
        Topic::Encryption,
        Topic::Reports,
        Topic::Prefix,
        Topic::Format,
        Topic::Frequency,
        Topic::Versions,
        Topic::Fields,
        Topic::Expiry,
        Topic::Options,
    ],
    source: SourceKind::Bucket,
    attachment: super::ATTACHMENT,
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html>
    until: "within 48 hours (only the S3 console's Management tab shows failed exports)",
    expected_after: "attachment",
    expected_minutes: Some(48 * 60),
    // For daily reports, which come "up to 48 hours" late. Weekly reports have their own interval.
    fresh_for: 48 * 60 * 60,
    overdue: Overdue::ByRhythm,
    bucket_grants: &[Template::Inventory],
    key_grant: Some(Template::KeyInventory),
    certain_key_action: None,
    encrypted_by: EncryptedBy::Source,
    encryption,
    what_works: "`--encryption sse-s3`, with `--report-kms-key` to encrypt the reports themselves",
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
    listener: None,
    prefix: PrefixRule::Folders,
    // Reports are not logs.
    not_logged_itself: None,
};

fn encryption(kind: EncryptionKind) -> EncryptionRule {
    match kind {
        EncryptionKind::SseS3 => EncryptionRule::sse_s3(PAGE),
        EncryptionKind::SseKmsCustomer => EncryptionRule {
            outcome: EncryptionOutcome::WorksWithKeyPolicy,
            why: "reports only arrive if the key policy allows `s3.amazonaws.com` and the key is named by its full ARN",
            source: PAGE,
            offered: false,
        },
        EncryptionKind::SseKmsAwsManaged => {
            EncryptionRule::not_supported("S3 Inventory can't use the AWS managed key: the report can't be read", PAGE)
        }
        EncryptionKind::DsseKms => EncryptionRule::dual_layer(PAGE),
        EncryptionKind::Other => EncryptionRule::not_documented(PAGE),
    }
}
