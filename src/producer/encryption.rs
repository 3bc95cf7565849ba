//! Which default encryption each producer can write to: the matrix that the product exists for.
//!
//! Facts with their sources; whether a given bucket is in order is judged in `plan`.

use crate::model::EncryptionKind;
use crate::producer::Producer;

/// What comes of a producer writing to a bucket with a kind of default encryption.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Logs arrive.
    Works,
    /// Logs arrive where the key's policy lets the service in and the bucket names the key by its full ARN.
    WorksWithKeyPolicy,
    /// Logs never arrive, or can't be read.
    NeverArrives,
}

impl Outcome {
    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::WorksWithKeyPolicy => "works-with-key-policy",
            Self::NeverArrives => "never-arrives",
        }
    }
}

/// When the pages that the rules come from were read, as `YYYY-MM`.
pub const AS_OF: &str = "2026-09";

/// A cell of the matrix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rule {
    /// What comes of it.
    pub outcome: Outcome,
    /// Why, for a reader who has the bucket before them.
    pub why: &'static str,
    /// The AWS page.
    pub source: &'static str,
    /// Whether logbucket sets a bucket up so.
    pub offered: bool,
}

const ALB: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";
const NLB: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html";
const VENDED: &str = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html";
const S3_ACCESS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";
const INVENTORY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html";

/// The cell for a producer and a kind of default encryption, as of [`AS_OF`].
pub fn rule(producer: Producer, kind: EncryptionKind) -> Rule {
    let source = match producer {
        Producer::Alb => ALB,
        Producer::Nlb if kind == EncryptionKind::SseKmsAwsManaged => VENDED,
        Producer::Nlb => NLB,
        Producer::S3Access => S3_ACCESS,
        Producer::Inventory => INVENTORY,
    };
    let cell = |outcome, offered, why| Rule { outcome, why, source, offered };
    let works = |why| cell(Outcome::Works, true, why);
    let never = |why| cell(Outcome::NeverArrives, false, why);
    match (producer, kind) {
        (_, EncryptionKind::SseS3) => works("every log service can write with keys that S3 manages"),
        (Producer::Nlb, EncryptionKind::SseKmsCustomer) => cell(
            Outcome::WorksWithKeyPolicy,
            true,
            "the key policy must let `delivery.logs.amazonaws.com` in, and the bucket must name the key by its full ARN",
        ),
        (Producer::Inventory, EncryptionKind::SseKmsCustomer) => cell(
            Outcome::WorksWithKeyPolicy,
            false,
            "reports arrive only where the key policy lets `s3.amazonaws.com` in and the key is named by its full ARN",
        ),
        (
            Producer::Alb,
            EncryptionKind::SseKmsAwsManaged | EncryptionKind::SseKmsCustomer | EncryptionKind::DsseKms,
        ) => never(
            "ALB logs support no encryption but SSE-S3: turning them on is refused, and logs that are on probably stop (inferred, not documented)",
        ),
        (Producer::Nlb, EncryptionKind::SseKmsAwsManaged) => {
            never("the log delivery service can't use an AWS managed key: logs are delivered unreadable")
        }
        (Producer::S3Access, EncryptionKind::SseKmsAwsManaged) => {
            never("S3 access logs need SSE-S3: log objects arrive, if at all, under a key that you can't use")
        }
        (Producer::S3Access, EncryptionKind::SseKmsCustomer) => never(
            "S3 access logs need SSE-S3: a customer managed key is not supported; logs may arrive where its policy lets the service in, and no error says so if not",
        ),
        (Producer::Inventory, EncryptionKind::SseKmsAwsManaged) => {
            never("S3 Inventory can't use the AWS managed key: the report can't be read")
        }
        (Producer::Nlb | Producer::S3Access | Producer::Inventory, EncryptionKind::DsseKms) => {
            never("dual-layer encryption is not among what the service's documentation allows")
        }
        (_, EncryptionKind::Other) => never("the encryption is not among what the service's documentation allows"),
    }
}

/// What works for a producer, in words.
pub fn what_works(producer: Producer) -> String {
    match producer {
        Producer::Alb | Producer::S3Access => "`--encryption sse-s3`".to_owned(),
        Producer::Nlb => "`--encryption sse-s3`, or `--kms-key` with a customer managed key".to_owned(),
        Producer::Inventory => {
            "`--encryption sse-s3`, with `--report-kms-key` to encrypt the reports themselves".to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sse_s3_is_offered_to_all_and_a_customer_key_to_nlb() {
        for producer in Producer::ALL {
            assert!(rule(producer, EncryptionKind::SseS3).offered);
            let key = rule(producer, EncryptionKind::SseKmsCustomer);
            assert_eq!(key.offered, producer == Producer::Nlb, "{producer}");
            let managed = rule(producer, EncryptionKind::SseKmsAwsManaged);
            assert_eq!(managed.outcome, Outcome::NeverArrives, "{producer}");
        }
    }
}
