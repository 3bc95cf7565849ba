//! The policies of a destination as one JSON document.

use serde::Serialize;
use serde_json::Value;

use crate::plan::{Policies, Written};

/// `logbucket.policy/1`.
#[derive(Debug, Serialize)]
pub(super) struct PolicyDocument<'a> {
    schema: &'static str,
    bucket_policy: &'a Value,
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

/// Returns what a reader must know about a policy.
pub(super) fn caution(written: &Written) -> Option<&'static str> {
    match written {
        Written::Exactly(_) => None,
        Written::Widened(_) => Some("too many sources for one policy: the grant names every bucket of their account"),
    }
}
