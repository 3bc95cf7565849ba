//! The policies of a destination as one JSON document.

use serde::Serialize;
use serde_json::Value;

use crate::plan::{FittedPolicy, Policies};

/// The policies that a destination needs: `logbucket policy`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PolicyDocument<'a> {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.policy/1")))]
    schema: &'static str,
    /// The bucket policy, in the form that S3 accepts.
    #[cfg_attr(test, schemars(with = "serde_json::Map<String, Value>"))]
    bucket_policy: &'a Value,
    /// The key policy, in the form that KMS accepts (`--kms-key`).
    #[cfg_attr(test, schemars(with = "Option<serde_json::Map<String, Value>>"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    key_policy: Option<&'a Value>,
}

impl<'a> PolicyDocument<'a> {
    pub(super) fn new(policies: &'a Policies) -> Self {
        Self {
            schema: "logbucket.policy/1",
            bucket_policy: policies.bucket.document().value(),
            key_policy: policies.key.as_ref().map(|key| key.document().value()),
        }
    }
}

/// Returns the caution that a policy needs, if any.
pub(super) fn caution(written: &FittedPolicy) -> Option<&'static str> {
    match written {
        FittedPolicy::Exactly(_) => None,
        FittedPolicy::Widened(_) => {
            Some("too many sources for one policy: the grant names every bucket of their account")
        }
    }
}
