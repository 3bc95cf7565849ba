//! S3 Inventory.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html> and
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html> (2026).

use crate::iam::ContextValue;
use crate::model::KeySlot;
use crate::producer::{InventoryRequest, OwnEncryption, ReportKey};

use crate::producer::{Destination, LogSource, Probe, ProbedKey, ServiceRequest, keys};

/// The principal.
pub(in crate::producer) const PRINCIPAL: &str = "s3.amazonaws.com";

fn request(log_source: &LogSource, destination: &Destination) -> ServiceRequest {
    ServiceRequest::for_destination(PRINCIPAL, destination)
        .on_behalf_of(destination.source_account.as_str(), ContextValue::known(log_source.arn.clone()))
}

/// Returns the service's requests to the bucket: to write a report with the configured encryption.
///
/// If the configuration names no encryption, no header is sent. AWS implies this for a bucket policy that requires
/// encryption: "you must specify an encryption key", because "otherwise, copying objects to the destination will fail"
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html>, April 2026). If the configuration
/// names an encryption, the headers are inferred from it. According to the page on policies for SSE-KMS, the header
/// names the key by its ARN (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>).
pub(in crate::producer) fn bucket_probes(
    inventory: &InventoryRequest,
    encryption: &OwnEncryption<ReportKey>,
    log_source: &LogSource,
    destination: &Destination,
) -> Vec<Probe> {
    let (algorithm, key_id) = match encryption {
        OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(key))) => {
            (ContextValue::known("aws:kms"), ContextValue::known(key.to_string()))
        }
        // The key does not exist yet, or only its ID or alias is known.
        OwnEncryption::SseKms(ReportKey::AsToday(_) | ReportKey::Slot(KeySlot::Created)) => {
            (ContextValue::known("aws:kms"), ContextValue::Unknown)
        }
        OwnEncryption::SseS3 => (ContextValue::known("AES256"), ContextValue::Absent),
        OwnEncryption::BucketDefault => (ContextValue::Absent, ContextValue::Absent),
    };
    let request = request(log_source, destination)
        .with("s3:x-amz-acl", ContextValue::known("bucket-owner-full-control"))
        .with_inferred("s3:x-amz-server-side-encryption", algorithm)
        .with_inferred("s3:x-amz-server-side-encryption-aws-kms-key-id", key_id);
    request.puts(keys::reports(inventory, log_source, destination), log_source)
}

/// Returns the service's requests to a customer managed key.
pub(in crate::producer) fn key_probes(
    log_source: &LogSource,
    destination: &Destination,
    key: &ProbedKey<'_>,
) -> Vec<Probe> {
    vec![request(log_source, destination).key_probe("kms:GenerateDataKey", key, destination, log_source)]
}
