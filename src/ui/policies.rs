//! The policies of a destination: plain JSON documents for a pipe, or one document that has both.

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

/// What must be known of a policy beside its text.
pub(super) fn caution(written: &Written) -> Option<&'static str> {
    match written {
        Written::Exactly(_) => None,
        Written::Widened(_) => {
            Some("so many sources don't fit into one policy: the grant names every bucket of their account")
        }
    }
}
