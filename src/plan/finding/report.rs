//! Findings about the encryption of reports, whose configuration may name an encryption or leave it to the bucket. The
//! subject is the bucket, unless stated otherwise.

use crate::iam::StatementVerdict;
use crate::model::EncryptionKind;
use crate::producer::Producer;

use super::FindingId as Id;
use super::encryption::BY_DEFAULT;
use super::key::{FailingKey, STATES};
use super::rule::FindingRule;

const SSE_KMS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_SSEKMS.html";
const REPORTS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/configure-inventory.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ReportFinding {
    /// The configuration of this source names the AWS managed key. The subject is the key.
    AwsManagedKey { producer: Producer, source: String },
    /// The configuration names its key by this ID or alias. The subject is the source.
    KeyNotArn { name: String },
    /// The reports use the bucket's default, and it names its key by this ID or alias.
    DefaultKeyNotArn { name: String },
    /// The reports use the bucket's default, and the producer can't write with it.
    DefaultNotWritable { producer: Producer, kind: EncryptionKind },
    /// The reports use the bucket's default, and S3 can't use its key. The subject is the key.
    FailingDefault(FailingKey),
    /// The bucket policy refuses the reports of this source, because its configuration names no encryption.
    Unencrypted { producer: Producer, source: String, refused: RefusedReport },
}

/// The statements of a bucket policy that refuse a report.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RefusedReport {
    Denied(Vec<StatementVerdict>),
    NotAllowed(Vec<StatementVerdict>),
}

impl ReportFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::AwsManagedKey { producer, .. } => {
                FindingRule::error(Id::KeyUnusable, producer.encryption(EncryptionKind::SseKmsAwsManaged).source)
            }
            Self::KeyNotArn { .. } => FindingRule::warning(Id::EncryptionKeyNotArn, SSE_KMS),
            Self::DefaultKeyNotArn { .. } => FindingRule::error(Id::EncryptionKeyNotArn, BY_DEFAULT),
            Self::DefaultNotWritable { producer, kind } => {
                FindingRule::error(Id::EncryptionNotWritable, producer.encryption(*kind).source)
            }
            Self::FailingDefault(_) => FindingRule::error(Id::KeyUnusable, STATES),
            Self::Unencrypted { refused: RefusedReport::Denied(_), .. } => FindingRule::error(Id::PolicyDeny, REPORTS),
            Self::Unencrypted { refused: RefusedReport::NotAllowed(_), .. } => {
                FindingRule::error(Id::PolicyGrant, REPORTS)
            }
        }
    }
}
