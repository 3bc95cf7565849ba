//! Findings about the grant that the service needs in the bucket policy. The subject is the bucket.

use crate::iam::{StatementVerdict, Truth};
use crate::producer::Producer;

use super::FindingId as Id;
use super::policy::{EVALUATION, PERIMETERS};
use super::rule::FindingRule;

const ACLS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";
const LEGACY_POLICY: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html";
const PUBLIC_ACCESS: &str =
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum GrantFinding {
    /// A new bucket has no policy yet.
    NewBucket {
        producer: Producer,
        sources: Vec<String>,
    },
    /// An earlier run stopped before it wrote the policy, which grants nothing but denies plain HTTP.
    Unfinished,
    /// Nothing is missing, but the plan exempts the service from a Deny statement.
    OnlyExempts,
    Missing(MissingGrant),
    /// This request, in the producer's words, would not be allowed even with logbucket's grant.
    NotEnough {
        request: String,
    },
    /// Only the bucket's ACL allows the service, and these statements may deny it.
    ByAclOnly {
        producer: Producer,
        sources: Vec<String>,
        denies: Vec<StatementVerdict>,
    },
    VeryLikelyMissing {
        producer: Producer,
        sources: Vec<String>,
        doubts: Doubts,
    },
    Uncertain {
        producer: Producer,
        sources: Vec<String>,
        doubts: Doubts,
        /// Whether the bucket's ACL may allow the service.
        may_be_by_acl: bool,
        /// Why a delivered file would not settle the doubt.
        partly: Option<Partly>,
    },
    StoppedLegacy(StoppedLegacy),
}

/// The access that the bucket policy lacks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MissingGrant {
    pub producer: Producer,
    pub sources: Vec<String>,
    pub withheld: Withheld,
    pub nearest: Nearest,
    /// The one of its two permissions that the log delivery group lacks in the bucket's ACL.
    pub acl_lacks: Option<&'static str>,
    /// Whether the service may write all files, and only lacks other requests that AWS's pages grant.
    pub are_files_allowed: bool,
}

/// The requests that a bucket policy does not allow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Withheld {
    /// All requests, or some without a common name.
    All,
    /// Only requests for these actions.
    Actions(Vec<String>),
    /// Only these types of files.
    Files(Vec<&'static str>),
}

/// The statements that come closest to a missing grant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Nearest {
    /// The policy has no statements at all.
    NoStatements,
    Statements(Vec<StatementVerdict>),
}

/// What a possible grant depends on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Doubts {
    pub statements: Vec<StatementVerdict>,
    /// The public policy with which S3 may block the legacy account.
    pub public: Option<PublicPolicy>,
    /// Whether nothing but an ACL that could not be read is in doubt.
    pub only_acl: bool,
}

/// A policy that is or may be public, so that S3 blocks or may block the legacy account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicPolicy {
    /// The position of the public statement, from 0.
    pub index: usize,
    pub sid: Option<String>,
    /// Whether the statement makes the policy public.
    pub makes_public: Truth,
    /// Whether S3 then blocks other accounts. The account's and the organization's settings were not read.
    pub is_restricted: Truth,
}

/// Why one delivered file proves nothing about others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Partly {
    /// The statement covers only some files.
    SomeFiles,
    /// The statement's result changes over time.
    SomeTimes,
}

/// The legacy account, which wrote a Region's logs before the service had a principal, has the only grant but is
/// blocked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoppedLegacy {
    pub producer: Producer,
    pub account: &'static str,
    pub sources: Vec<String>,
    /// The Deny statements, in the policy's order.
    pub denies: Vec<StatementVerdict>,
    /// The public policy with which S3 blocks the account.
    pub public: Option<PublicPolicy>,
    pub sureness: Sureness,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sureness {
    Certain,
    /// Based on the values that a request from AWS very likely carries.
    VeryLikely,
}

impl GrantFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::NewBucket { .. } | Self::Unfinished | Self::OnlyExempts => {
                FindingRule::info(Id::PolicyGrant, EVALUATION)
            }
            Self::Missing(MissingGrant { acl_lacks: Some(_), .. }) => FindingRule::error(Id::PolicyGrant, ACLS),
            Self::Missing(MissingGrant { acl_lacks: None, .. }) | Self::NotEnough { .. } => {
                FindingRule::error(Id::PolicyGrant, EVALUATION)
            }
            Self::ByAclOnly { .. } => FindingRule::warning(Id::PolicyGrant, ACLS),
            Self::VeryLikelyMissing { .. } => FindingRule::warning(Id::PolicyGrant, PERIMETERS),
            Self::Uncertain { .. } => FindingRule::warning(Id::PolicyGrant, EVALUATION),
            Self::StoppedLegacy(stopped) => stopped.rule(),
        }
    }
}

impl StoppedLegacy {
    fn rule(&self) -> FindingRule {
        let page = if self.denies.is_empty() { PUBLIC_ACCESS } else { LEGACY_POLICY };
        match self.sureness {
            Sureness::Certain if self.denies.is_empty() => FindingRule::error(Id::PolicyGrant, page),
            Sureness::Certain => FindingRule::error(Id::PolicyDeny, page),
            Sureness::VeryLikely => FindingRule::warning(Id::PolicyDenyLikely, page),
        }
    }
}
