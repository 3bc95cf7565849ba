//! The risk of a step, or its effect on others. A person reads it before approving the step; `ui` makes the sentence.

use std::collections::BTreeMap;

use crate::model::Seen;
use crate::state::Versioning;

use super::Wish;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Risk {
    /// A new key costs money, and its logs depend on it.
    NewKey,
    /// New objects from every writer get another default encryption.
    NewDefault {
        /// The services that the bucket policy allows and that can't deliver with it.
        blocked_services: Vec<&'static str>,
    },
    OwnerPays,
    Tags {
        /// The tags that change, as they are today.
        replaced: BTreeMap<String, String>,
    },
    /// These Deny statements no longer apply to the service.
    Exempts {
        service: String,
        statements: Vec<String>,
    },
    /// Others may rely on the current key policy.
    KeyPolicy,
    Rules(RulesRisk),
    /// The source's current log setting is replaced.
    Source {
        /// The effect in the producer's words, if the step replaces something.
        effect: Option<String>,
        /// If the reports get SSE-S3 although the bucket's default is a key: how to name this key.
        instead_of_key: Option<String>,
    },
}

/// What lifecycle rules do to the objects of a bucket, and which objects stay.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RulesRisk {
    pub wish: Wish,
    /// The folders of the rules.
    pub folders: Vec<String>,
    /// Whether the bucket exists, so that it may contain objects.
    pub may_have_objects: bool,
    /// The lowest age in days at which a rule deletes.
    pub first_expiry: Option<u32>,
    pub versioning: Seen<Versioning>,
    /// For each rule, when it deletes noncurrent versions: after these days, except for this number of versions.
    pub noncurrent: Vec<Option<(Option<i32>, Option<i32>)>>,
    /// Whether the bucket has Object Lock.
    pub is_locked: bool,
    /// Whether some rule doesn't remove incomplete uploads.
    pub uploads_stay: bool,
}
