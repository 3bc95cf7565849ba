//! Sentences about the policy of a customer managed key.

use crate::plan::{KeyPolicyFinding, TooLong};
use crate::producer::Producer;

use super::{Sentences, joined, quoted};

pub(super) fn sentences(kind: &KeyPolicyFinding, key: &str) -> Sentences {
    match kind {
        KeyPolicyFinding::NotAllowed { producer, actions, nearest, too_long } => {
            let nearest =
                if nearest.is_empty() { String::new() } else { format!("; closest match: {}", joined(nearest)) };
            let (principal, actions, length) = (producer.facts().principal, quoted(actions), length(*too_long));
            let what =
                format!("the policy of key `{key}` does not allow `{principal}` to call {actions}{nearest}{length}");
            Sentences::new(what, must_allow(*producer))
        }
        KeyPolicyFinding::Uncertain { producer, by, too_long } => {
            let (principal, by, length) = (producer.facts().principal, joined(by), length(*too_long));
            let what = format!(
                "could not tell whether the key policy of `{key}` allows `{principal}`: it depends on {by}{length}"
            );
            Sentences::new(what, must_allow(*producer))
        }
        KeyPolicyFinding::Denied { producer, request, by } => {
            Sentences::new(format!("{request} is blocked by {}", joined(by)), must_allow(*producer)).hinted(
                "change that statement of the key policy by hand: logbucket does not change Deny statements of key policies",
            )
        }
        KeyPolicyFinding::PerhapsDenied { producer, request, by } => Sentences::new(
            format!("could not tell whether {request} is allowed: it depends on {}", joined(by)),
            must_allow(*producer),
        ),
        KeyPolicyFinding::VeryLikelyDenied { request, by } => Sentences::new(
            format!("{request} is very likely denied by {}", joined(by)),
            "S3 calls KMS for log services from AWS's own network, not as a principal of any account; exempt AWS services in the \
             statement (`aws:PrincipalIsAWSService`)",
        ),
        KeyPolicyFinding::Narrow { producer, actions } => Sentences::new(
            format!(
                "the policy of key `{key}` does not allow `{}` to call {}; the policy on AWS's page about these logs does",
                producer.facts().principal,
                quoted(actions)
            ),
            "AWS does not say whether the service makes this call; policies on other AWS pages grant less",
        ),
    }
}

fn must_allow(producer: Producer) -> String {
    format!("the key policy itself must allow `{}`", producer.facts().principal)
}

fn length(too_long: Option<TooLong>) -> String {
    too_long
        .map(|TooLong { size, limit }| format!("; with the grant it has {size} bytes (documented limit: {limit})"))
        .unwrap_or_default()
}
