//! Lifecycle rules: what affects how long logs are kept, and the rest, so that an overwritten rule can be restored.

use serde::{Deserialize, Serialize};

use crate::model::Moment;

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html>
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExpirationRule {
    pub id: String,
    pub enabled: bool,
    /// The prefix it is limited to; empty means the whole bucket.
    pub prefix: String,
    /// Whether it is limited by anything besides the prefix (tags, sizes).
    pub narrower: bool,
    /// After how many days objects expire.
    pub days: Option<u32>,
    /// From which day on all objects expire.
    pub date: Option<Moment>,
    /// The rest of the rule.
    #[serde(default, skip_serializing_if = "RuleRest::says_nothing")]
    pub rest: RuleRest,
}

/// The parts of a lifecycle rule that are not about expiry, in the API's terms.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct RuleRest {
    /// Whether its prefix is outside the filter, as in legacy rules.
    pub of_old: bool,
    /// The tags in its filter.
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
    /// `AbortIncompleteMultipartUpload`, after this many days.
    pub abort_uploads_after: Option<i32>,
}

/// A move to another storage class.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Transition {
    /// `StorageClass`.
    pub class: Option<String>,
    pub days: Option<i32>,
    pub date: Option<Moment>,
    /// `NewerNoncurrentVersions`.
    pub newer_versions: Option<i32>,
}

impl RuleRest {
    fn says_nothing(&self) -> bool {
        *self == Self::default()
    }
}
