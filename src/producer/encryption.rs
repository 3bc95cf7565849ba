//! The matrix of producers and default encryptions: can the producer write to a bucket with this encryption? logbucket
//! exists to answer this question.
//!
//! This module has only facts with their sources. `plan` evaluates a given bucket.

/// The result when a producer writes to a bucket with a kind of default encryption.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EncryptionOutcome {
    /// Logs arrive.
    Works,
    /// Logs arrive if the key policy allows the service and the bucket names the key by its full ARN.
    WorksWithKeyPolicy,
    /// AWS does not support it: enabling the log fails, logs don't arrive, or logs can't be read. Some such logs were seen
    /// to arrive, so the reason of the cell matters.
    NotSupported,
}

impl EncryptionOutcome {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::WorksWithKeyPolicy => "works-with-key-policy",
            Self::NotSupported => "not-supported",
        }
    }
}

/// The month in which the rules were read from AWS's pages, as `YYYY-MM`.
pub(crate) const AS_OF: &str = "2026-09";

/// A cell of the matrix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct EncryptionRule {
    /// The result.
    pub outcome: EncryptionOutcome,
    /// The reason, written for a user whose bucket has this encryption.
    pub why: &'static str,
    /// The AWS page.
    pub source: &'static str,
    /// Whether logbucket sets up buckets with this encryption.
    pub offered: bool,
}

impl EncryptionRule {
    /// SSE-S3, which works for all producers.
    pub(super) fn sse_s3(source: &'static str) -> Self {
        let why = "every log service can write with S3-managed keys";
        Self { outcome: EncryptionOutcome::Works, why, source, offered: true }
    }

    /// Nothing arrives, or nothing can be read.
    pub(super) fn not_supported(why: &'static str, source: &'static str) -> Self {
        Self { outcome: EncryptionOutcome::NotSupported, why, source, offered: false }
    }

    /// Two layers of KMS, which no page about the service mentions.
    pub(super) fn dual_layer(source: &'static str) -> Self {
        Self::not_supported("the service's documentation does not list dual-layer encryption", source)
    }

    /// An encryption that no page about the service mentions.
    pub(super) fn not_documented(source: &'static str) -> Self {
        Self::not_supported("the service's documentation does not list this encryption", source)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::EncryptionKind;
    use crate::producer::Producer;

    use super::*;

    #[test]
    fn sse_s3_is_offered_to_every_service_and_a_customer_key_only_to_the_log_delivery_service() {
        for producer in Producer::ALL {
            assert!((producer.facts().encryption)(EncryptionKind::SseS3).offered);
            let key = (producer.facts().encryption)(EncryptionKind::SseKmsCustomer);
            let is_of_log_delivery = producer.facts().principal == crate::producer::log_delivery::PRINCIPAL;
            assert_eq!(key.offered, is_of_log_delivery, "{producer}");
            let managed = (producer.facts().encryption)(EncryptionKind::SseKmsAwsManaged);
            assert_eq!(managed.outcome, EncryptionOutcome::NotSupported, "{producer}");
        }
    }
}
