//! Findings about the delivery of an enabled log. The subject is the bucket, unless stated otherwise.

use crate::model::{Denial, Moment};
use crate::producer::{FailedDelivery, IllegalPrefix, PrefixError};

use super::FindingId as Id;
use super::rule::FindingRule;

const LIFECYCLE: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleExpiration.html";
const LIFECYCLE_DATES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html";
const S3_ACCESS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeliveryFinding {
    /// The prefix breaks the producer's rules. The subject is the source.
    IllegalPrefix { error: PrefixError, rule: IllegalPrefix },
    /// A lifecycle rule deletes logs after so few days that late ones may not be read.
    ExpiresEarly { rule: String, days: u32 },
    /// A lifecycle rule has deleted all logs since this date.
    ExpiredSince { rule: String, date: Moment },
    /// A lifecycle rule will delete all logs from this date on.
    ExpiresFrom { rule: String, date: Moment },
    /// AWS reports that the latest delivery failed. It blocks no run: the report may be older than a change that removed
    /// the cause. The subject is the source.
    Failed(FailedDelivery),
    /// The delivered objects could not be determined.
    Unseen(NoObject),
    /// Another account's key encrypts a delivered object, and no current setting uses this key. The subject is the
    /// object.
    ForeignKey { key: String, error: String },
    /// The caller can't read a delivered object. The subject is the object.
    Unreadable { error: String },
}

/// Why a search for objects found none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NoObject {
    Denied(Denial),
    /// The search stopped at a limit.
    NotFurther(String),
}

impl DeliveryFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::IllegalPrefix { rule, .. } if rule.certain => FindingRule::error(Id::PrefixIllegal, rule.page),
            Self::IllegalPrefix { rule, .. } => FindingRule::warning(Id::PrefixIllegal, rule.page),
            Self::Failed(failed) => FindingRule::warning(Id::DeliveryFailed, failed.page),
            Self::ExpiresEarly { .. } => FindingRule::warning(Id::ExpiresEarly, LIFECYCLE),
            Self::ExpiredSince { .. } | Self::ExpiresFrom { .. } => {
                FindingRule::warning(Id::ExpiresEarly, LIFECYCLE_DATES)
            }
            Self::ForeignKey { .. } => FindingRule::error(Id::ObjectUnreadable, S3_ACCESS),
            Self::Unseen(_) | Self::Unreadable { .. } => FindingRule::warning(Id::ObjectUnreadable, S3_ACCESS),
        }
    }
}
