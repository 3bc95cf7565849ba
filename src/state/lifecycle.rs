//! Lifecycle rules: what a log's life depends on, and the rest of a rule, so that one that is written over can be put back.

use serde::{Deserialize, Serialize};

use crate::model::Moment;

/// A lifecycle rule.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html>
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExpirationRule {
    /// The rule's id.
    pub id: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// The prefix it is limited to; empty is the whole bucket.
    pub prefix: String,
    /// Whether it is limited by anything beside the prefix (tags, sizes).
    pub narrower: bool,
    /// After how many days objects expire, where it says so.
    pub days: Option<u32>,
    /// From which day on all objects expire, where it says so.
    pub date: Option<Moment>,
    /// What else it says.
    #[serde(default, skip_serializing_if = "RuleRest::says_nothing")]
    pub rest: RuleRest,
}

/// What a lifecycle rule says beside when objects expire, in the API's words.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct RuleRest {
    /// Whether it names its prefix outside the filter, as rules of old do.
    pub of_old: bool,
    /// The tags of its filter.
    pub tags: Vec<(String, String)>,
    /// `ObjectSizeGreaterThan`.
    pub larger_than: Option<i64>,
    /// `ObjectSizeLessThan`.
    pub smaller_than: Option<i64>,
    /// `ExpiredObjectDeleteMarker`.
    pub delete_marker: Option<bool>,
    /// `Transition`.
    pub transitions: Vec<Transition>,
    /// `NoncurrentVersionTransition`.
    pub noncurrent_transitions: Vec<Transition>,
    /// `NoncurrentVersionExpiration`: days, and how many newer versions are kept.
    pub noncurrent_expiration: Option<(Option<i32>, Option<i32>)>,
    /// `AbortIncompleteMultipartUpload`, after so many days.
    pub abort_uploads_after: Option<i32>,
}

/// A move to another storage class.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Transition {
    /// `StorageClass`.
    pub class: Option<String>,
    /// After so many days.
    pub days: Option<i32>,
    /// From that day on.
    pub date: Option<Moment>,
    /// `NewerNoncurrentVersions`.
    pub newer_versions: Option<i32>,
}

impl RuleRest {
    fn says_nothing(&self) -> bool {
        *self == Self::default()
    }
}
