//! Findings about the sources. The subject is the source, unless stated otherwise.

use crate::model::{AccountId, Denial, Region};
use crate::producer::{DeliveryRefusal, LoadBalancerType, Producer};

use super::FindingId as Id;
use super::rule::FindingRule;

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
        refusal: DeliveryRefusal,
    },
    OtherListeners {
        wanted: &'static str,
        refusal: DeliveryRefusal,
        protocols: Vec<String>,
    },
    ListenersUnreadable {
        wanted: &'static str,
        refusal: DeliveryRefusal,
        denial: Denial,
    },
}

impl SourceFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::RegionNotUsed { .. } => FindingRule::warning(Id::RegionNotUsed, HEAD),
            Self::OtherRegion { .. } => FindingRule::error(Id::SourceOtherRegion, ATTRIBUTES),
            Self::OtherAccount { .. } => FindingRule::error(Id::SourceOtherAccount, ATTRIBUTES),
            Self::OtherType { .. } => FindingRule::error(Id::SourceOtherType, ATTRIBUTES),
            Self::NoListener { refusal, .. } | Self::OtherListeners { refusal, .. } => {
                FindingRule::error(Id::ListenerNotTls, refusal.page)
            }
            Self::ListenersUnreadable { refusal, .. } => FindingRule::warning(Id::ListenerNotTls, refusal.page),
        }
    }
}
