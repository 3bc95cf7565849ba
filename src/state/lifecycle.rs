//! Lifecycle rules, which affect how long logs are kept. All parts of a rule are read, so that an overwritten rule can
//! be restored.

use serde::{Deserialize, Serialize};

use crate::model::Moment;

/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html>
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ExpirationRule {
    pub id: String,
    pub enabled: bool,
    /// The prefix that limits the rule; empty means the whole bucket.
    pub prefix: String,
    /// Whether anything besides the prefix limits the rule, such as tags or sizes.
    pub narrower: bool,
    /// The age in days at which objects expire.
    pub days: Option<u32>,
    /// The day from which all objects expire.
    pub date: Option<Moment>,
    /// The rest of the rule.
    #[serde(default, skip_serializing_if = "RuleRest::says_nothing")]
    pub rest: RuleRest,
}

impl ExpirationRule {
    /// Returns whether the rule deletes anything.
    pub fn deletes(&self) -> bool {
        let RuleRest { delete_marker, noncurrent_expiration, abort_uploads_after, .. } = &self.rest;
        self.days.is_some()
            || self.date.is_some()
            || *delete_marker == Some(true)
            || noncurrent_expiration.is_some()
            || abort_uploads_after.is_some()
    }

    /// Returns whether the rule covers, or may cover, objects that the other rule does not cover.
    pub fn reaches_beyond(&self, other: &Self) -> bool {
        let filter = |rule: &Self| {
            let mut tags = rule.rest.tags.clone();
            tags.sort_unstable();
            (tags, rule.rest.larger_than, rule.rest.smaller_than, rule.narrower)
        };
        let is_unfiltered = !other.narrower && filter(other) == (Vec::new(), None, None, false);
        !is_unfiltered && filter(self) != filter(other)
    }

    /// Returns whether the rule deletes anything sooner than the other rule, which covers the same objects. A deletion
    /// by date counts as sooner if the other rule has a later date or none.
    pub fn deletes_sooner_than(&self, other: &Self) -> bool {
        let sooner =
            |own: Option<i64>, other: Option<i64>| own.is_some_and(|own| other.is_none_or(|other| own < other));
        let noncurrent = |rule: &Self| rule.rest.noncurrent_expiration.unwrap_or_default();
        let ((own_days, own_newer), (days, newer)) = (noncurrent(self), noncurrent(other));
        let has_noncurrent = self.rest.noncurrent_expiration.is_some();
        sooner(self.days.map(i64::from), other.days.map(i64::from))
            || sooner(self.date.map(|date| date.0), other.date.map(|date| date.0))
            || (self.rest.delete_marker == Some(true) && other.rest.delete_marker != Some(true))
            || (has_noncurrent && other.rest.noncurrent_expiration.is_none())
            || (has_noncurrent && sooner(own_days.map(i64::from).or(Some(0)), days.map(i64::from).or(Some(0))))
            || (has_noncurrent && own_newer.unwrap_or_default() < newer.unwrap_or_default())
            || sooner(self.rest.abort_uploads_after.map(i64::from), other.rest.abort_uploads_after.map(i64::from))
    }
}

/// The parts of a lifecycle rule that are not about expiry, in the API's terms.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct RuleRest {
    /// Whether the rule's prefix is outside the filter, as in legacy rules.
    pub of_old: bool,
    /// The tags in the filter.
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
