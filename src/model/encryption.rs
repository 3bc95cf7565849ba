//! Default encryption: a bucket's current setting, and a user's request.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html>

use serde::{Deserialize, Serialize};

use super::{KeyArn, KeyChoice};

/// A bucket's default encryption, as S3 reports it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct BucketEncryption {
    /// `SSEAlgorithm`: `AES256`, `aws:kms`, `aws:kms:dsse`, or a newer value.
    pub algorithm: String,
    /// `KMSMasterKeyID` as stored: an ARN, an ID, an alias or nothing.
    pub key: Option<String>,
    /// Whether the bucket uses an S3 Bucket Key.
    pub bucket_key: bool,
    /// `BlockedEncryptionTypes`. They are kept when the encryption is replaced.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-s3-c-encryption-setting-faq.html>
    pub blocked: Vec<String>,
}

/// The types of default encryption that the rules distinguish.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum EncryptionKind {
    SseS3,
    /// SSE-KMS with the AWS managed key `aws/s3`. A setting without a key means the same.
    SseKmsAwsManaged,
    /// SSE-KMS with a customer managed key.
    SseKmsCustomer,
    /// Dual-layer encryption with KMS keys.
    DsseKms,
    /// A value that this program does not know.
    Other,
}

impl EncryptionKind {
    /// The types in AWS's documentation, in the order of tables.
    pub const KNOWN: [Self; 4] = [Self::SseS3, Self::SseKmsAwsManaged, Self::SseKmsCustomer, Self::DsseKms];

    /// Returns the value in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SseS3 => "sse-s3",
            Self::SseKmsAwsManaged => "sse-kms-aws-managed",
            Self::SseKmsCustomer => "sse-kms-customer-managed",
            Self::DsseKms => "dsse-kms",
            Self::Other => "other",
        }
    }

    /// Returns the name for use in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Self::SseS3 => "SSE-S3",
            Self::SseKmsAwsManaged => "SSE-KMS with the AWS managed key `aws/s3`",
            Self::SseKmsCustomer => "SSE-KMS with a customer managed key",
            Self::DsseKms => "DSSE-KMS",
            Self::Other => "an encryption unknown to logbucket",
        }
    }
}

impl BucketEncryption {
    /// Returns the default of a new bucket: SSE-S3, with SSE-C blocked.
    pub fn sse_s3() -> Self {
        Self { algorithm: "AES256".to_owned(), key: None, bucket_key: false, blocked: vec!["SSE-C".to_owned()] }
    }

    /// Returns the type that the setting shows. Any key name except `alias/aws/s3` counts as a customer managed key,
    /// although the key may be AWS managed.
    pub fn kind(&self) -> EncryptionKind {
        match (self.algorithm.as_str(), self.key.as_deref()) {
            ("AES256", _) => EncryptionKind::SseS3,
            ("aws:kms", None) => EncryptionKind::SseKmsAwsManaged,
            ("aws:kms", Some(key)) if key.ends_with("alias/aws/s3") => EncryptionKind::SseKmsAwsManaged,
            ("aws:kms", Some(_)) => EncryptionKind::SseKmsCustomer,
            ("aws:kms:dsse", _) => EncryptionKind::DsseKms,
            _ => EncryptionKind::Other,
        }
    }

    /// Returns the key's ARN, if the setting names the key by its ARN.
    pub fn key_arn(&self) -> Option<KeyArn> {
        self.key.as_deref().and_then(|key| key.parse().ok())
    }
}

/// The default encryption that a user requests.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Encryption {
    /// Not specified. Keeps the bucket's encryption if the producer can deliver with it, and otherwise uses SSE-S3.
    Unstated,
    SseS3,
    SseKms(KeyChoice),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kms(key: Option<&str>) -> EncryptionKind {
        let encryption = BucketEncryption {
            algorithm: "aws:kms".to_owned(),
            key: key.map(str::to_owned),
            bucket_key: true,
            blocked: Vec::new(),
        };
        encryption.kind()
    }

    #[test]
    fn sse_kms_without_a_key_is_the_aws_managed_key() {
        assert_eq!(kms(None), EncryptionKind::SseKmsAwsManaged);
        assert_eq!(kms(Some("arn:aws:kms:us-east-1:111122223333:alias/aws/s3")), EncryptionKind::SseKmsAwsManaged);
        assert_eq!(kms(Some("alias/mine")), EncryptionKind::SseKmsCustomer);
    }
}
