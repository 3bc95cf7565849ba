//! Findings about the policy of a customer managed key. The subject is the key's ARN.

use crate::iam::StatementVerdict;
use crate::producer::Producer;

use super::FindingId as Id;
use super::rule::FindingRule;

const PERIMETERS: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeyPolicyFinding {
    NotAllowed {
        producer: Producer,
        actions: Vec<String>,
        /// The statements that come closest to the missing grant.
        nearest: Vec<StatementVerdict>,
        too_long: Option<TooLong>,
    },
    /// It depends on these statements whether the service is allowed.
    Uncertain { producer: Producer, by: Vec<StatementVerdict>, too_long: Option<TooLong> },
    /// These statements block a request that logbucket's grant would allow.
    Denied {
        producer: Producer,
        /// The request, in the producer's words.
        request: String,
        by: Vec<StatementVerdict>,
    },
    /// These statements may deny a granted request.
    PerhapsDenied { producer: Producer, request: String, by: Vec<StatementVerdict> },
    /// These statements deny a granted request with the values that AWS services very likely send.
    VeryLikelyDenied { request: String, by: Vec<StatementVerdict> },
    /// The policy doesn't allow these actions, which AWS's page on these logs grants.
    Narrow { producer: Producer, actions: Vec<String> },
}

/// A key policy with logbucket's grant may be too long. KMS decides, because AWS does not document how it counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TooLong {
    pub size: usize,
    /// The documented limit.
    pub limit: usize,
}

impl KeyPolicyFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::NotAllowed { producer, .. } | Self::Denied { producer, .. } => {
                FindingRule::error(Id::KeyPolicy, producer.facts().key_page)
            }
            Self::Uncertain { producer, .. } | Self::PerhapsDenied { producer, .. } => {
                FindingRule::warning(Id::KeyPolicy, producer.facts().key_page)
            }
            Self::VeryLikelyDenied { .. } => FindingRule::warning(Id::KeyPolicy, PERIMETERS),
            Self::Narrow { producer, .. } => FindingRule::warning(Id::KeyPolicyNarrow, producer.facts().key_page),
        }
    }
}
