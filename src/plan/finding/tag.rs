//! Findings about the requested tags. The subject is the bucket.

use std::collections::BTreeMap;

use crate::model::{AccountId, Denial, Region};

use super::FindingId as Id;
use super::rule::FindingRule;

const ABAC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAbac.html";
const TAGGING: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html";
const TAGS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/CostAllocTagging.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TagFinding {
    Unreadable(Denial),
    TooMany {
        count: usize,
        limit: usize,
    },
    /// The bucket has attribute-based access control, so a person must add the tags with this command.
    Abac(TagCommand),
    Differ {
        missing: BTreeMap<String, String>,
        /// The tags with other values, as they are today.
        present: BTreeMap<String, String>,
    },
}

/// The arguments of `aws s3control tag-resource`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TagCommand {
    pub account: AccountId,
    pub region: Region,
    pub bucket_arn: String,
    /// The tags that are missing or have other values.
    pub tags: BTreeMap<String, String>,
}

impl TagFinding {
    pub(super) fn rule(&self) -> FindingRule {
        FindingRule::info(
            Id::Tags,
            match self {
                Self::Unreadable(_) | Self::Differ { .. } => TAGGING,
                Self::TooMany { .. } => TAGS,
                Self::Abac(_) => ABAC,
            },
        )
    }
}
