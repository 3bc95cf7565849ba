//! S3 Inventory.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html> and
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html> (2026).

use crate::iam::ContextValue;
use crate::producer::{InventoryRequest, OwnEncryption, ReportKey};

use crate::producer::{Place, Probe, ProbedKey, ServiceRequest, Writer, keys};

/// The principal.
pub(in crate::producer) const PRINCIPAL: &str = "s3.amazonaws.com";

fn request(writer: &Writer, place: &Place) -> ServiceRequest {
    ServiceRequest::of(PRINCIPAL, place)
        .on_behalf_of(place.source_account.as_str(), ContextValue::known(writer.arn.clone()))
}

/// What the service asks of the bucket: to put a report, encrypted as the configuration says.
///
/// By one that names no encryption it seems that no header is sent, since "copying objects to the destination will fail" where the
/// bucket's policy asks for one (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html>, April 2026);
/// that is not said outright.
pub(in crate::producer) fn bucket_probes(
    inventory: &InventoryRequest,
    encryption: &OwnEncryption<ReportKey>,
    writer: &Writer,
    place: &Place,
) -> Vec<Probe> {
    let algorithms = [None, Some("AES256"), Some("aws:kms")].map(|sent| sent.map(|sent| vec![sent.to_owned()]));
    let (algorithm, key_id) = match encryption {
        // The header's form of the key is not documented, so a condition on it can't be decided.
        OwnEncryption::SseKms(_) => (ContextValue::known("aws:kms"), ContextValue::Unknown),
        OwnEncryption::SseS3 => (ContextValue::known("AES256"), ContextValue::Absent),
        OwnEncryption::BucketDefault => (ContextValue::OneOf(algorithms.to_vec()), ContextValue::Unknown),
    };
    let request = request(writer, place)
        .with("s3:x-amz-acl", ContextValue::known("bucket-owner-full-control"))
        .with("s3:x-amz-server-side-encryption", algorithm)
        .with("s3:x-amz-server-side-encryption-aws-kms-key-id", key_id);
    request.puts(keys::reports(inventory, writer, place), writer)
}

/// What the service asks of a customer managed key.
pub(in crate::producer) fn key_probes(writer: &Writer, place: &Place, key: &ProbedKey<'_>) -> Vec<Probe> {
    vec![request(writer, place).key_probe("kms:GenerateDataKey", key, place, writer)]
}
