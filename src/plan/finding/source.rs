//! Findings about the sources. The subject is the source, unless stated otherwise.

use crate::model::{AccountId, Denial, Region};
use crate::producer::{LoadBalancerType, Producer, Refusal};

use super::FindingId as Id;
use super::rule::Rule;

const ATTRIBUTES: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html";
const HEAD: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SourceFinding {
    /// The sources are elsewhere than `--region` says. The subject is the named Region.
    RegionNotUsed {
        of_sources: Region,
    },
    OtherRegion {
        region: Region,
        of_first: Region,
    },
    OtherAccount {
        account: AccountId,
        of_caller: AccountId,
        noun: &'static str,
    },
    OtherType {
        producer: Producer,
        wanted: LoadBalancerType,
        own: LoadBalancerType,
    },
    /// The log is only written for a listener with this protocol.
    NoListener {
        wanted: &'static str,
        refusal: Refusal,
    },
    OtherListeners {
        wanted: &'static str,
        refusal: Refusal,
        protocols: Vec<String>,
    },
    ListenersUnreadable {
        wanted: &'static str,
        refusal: Refusal,
        denial: Denial,
    },
}

impl SourceFinding {
    pub(super) fn rule(&self) -> Rule {
        match self {
            Self::RegionNotUsed { .. } => Rule::warning(Id::RegionNotUsed, HEAD),
            Self::OtherRegion { .. } => Rule::error(Id::SourceOtherRegion, ATTRIBUTES),
            Self::OtherAccount { .. } => Rule::error(Id::SourceOtherAccount, ATTRIBUTES),
            Self::OtherType { .. } => Rule::error(Id::SourceOtherType, ATTRIBUTES),
            Self::NoListener { refusal, .. } | Self::OtherListeners { refusal, .. } => {
                Rule::error(Id::ListenerNotTls, refusal.page)
            }
            Self::ListenersUnreadable { refusal, .. } => Rule::warning(Id::ListenerNotTls, refusal.page),
        }
    }
}
