//! Findings about the existence of the destination and the right to use it. The subject is the bucket.

use crate::model::{AccountId, BucketName, EncryptionKind, Partition, Region};
use crate::producer::{OtherRegion, Producer};

use super::FindingId as Id;
use super::rule::FindingRule;

const CREATE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html";
const DISABLE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/disable-access-logging.html";
const HEAD: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html";
const NAMESPACES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html";
/// The owner's root user can read, replace and delete the bucket policy, even if the policy denies these calls.
const UNLOCK: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketPolicy.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DestinationFinding {
    /// The name is reserved for another account or Region.
    Reserved {
        account: AccountId,
        region: Region,
        own_account: AccountId,
        own_region: Region,
    },
    /// The Region has no account-regional names.
    NoAccountNames {
        region: Region,
    },
    /// The plan creates the bucket.
    ToCreate {
        region: Region,
    },
    /// Logs go to a bucket that does not exist.
    Absent,
    /// The bucket belongs to someone else, or the caller may not see it.
    Refused {
        account: AccountId,
        /// A similar name that no other account can take.
        own_name: Option<BucketName>,
    },
    /// The bucket belongs to this account and denies the caller.
    LockedOut {
        account: AccountId,
        partition: Partition,
    },
    OtherRegion {
        producer: Producer,
        region: Region,
        of_source: Region,
    },
}

impl DestinationFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::Reserved { .. } | Self::NoAccountNames { .. } => {
                FindingRule::error(Id::DestinationNamespace, NAMESPACES)
            }
            Self::ToCreate { .. } => FindingRule::info(Id::DestinationAbsent, CREATE),
            Self::Absent => FindingRule::error(Id::DestinationAbsent, DISABLE),
            Self::Refused { .. } => FindingRule::error(Id::DestinationRefused, HEAD),
            Self::LockedOut { .. } => FindingRule::error(Id::DestinationRefused, UNLOCK),
            Self::OtherRegion { producer, .. } => {
                let page = producer.encryption(EncryptionKind::SseS3).source;
                match producer.facts().destination.other_region {
                    OtherRegion::Refused => FindingRule::error(Id::DestinationOtherRegion, page),
                    OtherRegion::NotDocumented => FindingRule::warning(Id::DestinationOtherRegion, page),
                }
            }
        }
    }
}
