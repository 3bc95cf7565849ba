//! Findings about the bucket policy, except for the grant that it needs. The subject is the bucket.

use crate::iam::{NarrowError, StatementVerdict};
use crate::model::{AccountId, Denial};
use crate::producer::Producer;

use super::FindingId as Id;
use super::grant::Partly;
use super::rule::FindingRule;

const ENABLE: &str = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";
pub(super) const EVALUATION: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html";
pub(super) const PERIMETERS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html";
const POLICIES: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies.html";
const SERVICE_NAME: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalservicename";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PolicyFinding {
    Unreadable(Denial),
    NotUnderstood {
        error: String,
    },
    TooLarge {
        size: usize,
        limit: usize,
    },
    /// The grant covers an account, because naming this number of sources would exceed the limit.
    Widened {
        sources: usize,
        limit: usize,
        account: AccountId,
    },
    /// `--exempt` names no Deny statement.
    NoSuchDeny {
        name: String,
    },
    /// `--exempt` names this blocking statement, and the plan exempts the service.
    Exempted {
        producer: Producer,
        name: String,
        /// The Sid, if `--exempt` names the position.
        sid: Option<String>,
    },
    /// `--exempt` names this statement, which can't be changed automatically.
    NotExemptable {
        name: String,
        error: NarrowError,
    },
    Denied {
        producer: Producer,
        blocked: BlockedRequests,
        /// Why a person must change the statement, if `--exempt` can't.
        by_hand: Option<ManualReason>,
    },
    VeryLikelyDenied {
        producer: Producer,
        blocked: BlockedRequests,
    },
    /// A Deny on network or identity keys very likely does not match the requests of this principal.
    VeryLikelySpared {
        principal: String,
        blocked: BlockedRequests,
    },
    Uncertain {
        producer: Producer,
        blocked: BlockedRequests,
        /// Why a delivered file would not settle the doubt.
        partly: Option<Partly>,
    },
    /// An enabled log is allowed except for the file that AWS writes when it enables a log.
    TestFile {
        producer: Producer,
        sources: Vec<String>,
        by: Vec<StatementVerdict>,
    },
}

/// The requests that a statement blocks or may block.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BlockedRequests {
    pub by: StatementVerdict,
    pub sources: Vec<String>,
    pub action: String,
    /// The types of files that the service can't write. Empty if it can write none.
    pub files: Vec<&'static str>,
}

/// Why `--exempt` can't change a statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ManualReason {
    /// The statement's position is the Sid of another statement.
    AmbiguousName,
    NotExemptable(NarrowError),
}

impl PolicyFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::Unreadable(_) | Self::NotUnderstood { .. } => FindingRule::error(Id::PolicyUnreadable, EVALUATION),
            Self::TooLarge { .. } => FindingRule::error(Id::PolicyTooLarge, POLICIES),
            Self::Widened { .. } => FindingRule::warning(Id::PolicyWidened, POLICIES),
            Self::NoSuchDeny { .. } => FindingRule::error(Id::PolicyExemptUnknown, EVALUATION),
            Self::Exempted { .. } => FindingRule::error(Id::PolicyDeny, SERVICE_NAME),
            Self::NotExemptable { .. } | Self::Denied { .. } => FindingRule::error(Id::PolicyDeny, EVALUATION),
            Self::VeryLikelyDenied { .. } => FindingRule::warning(Id::PolicyDenyLikely, PERIMETERS),
            Self::VeryLikelySpared { .. } => FindingRule::warning(Id::PolicyDenyUnlikely, PERIMETERS),
            Self::Uncertain { .. } => FindingRule::warning(Id::PolicyUncertain, EVALUATION),
            Self::TestFile { .. } => FindingRule::warning(Id::PolicyTestFile, ENABLE),
        }
    }
}
