//! Builds the IAM policy for a job, with one statement per type of resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::iam::Document;
use crate::producer::Producer;

use super::scope::Keys;
use super::{CALLS, Call, Need, Resource, Scope};

/// Returns the calls of a job by API operation, each with its actions.
pub(crate) fn calls(scope: &Scope) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut calls: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (call, action, _) in asked(scope) {
        calls.entry(call.api).or_default().insert(action);
    }
    calls
}

/// Returns every action that a job needs, with its call and resource.
fn asked(scope: &Scope) -> impl Iterator<Item = (&'static Call, &'static str, Resource)> {
    let with_key = uses_a_key(scope);
    CALLS
        .iter()
        .filter(|call| is_made(call, scope))
        .flat_map(|call| call.actions.iter().map(move |(action, resource)| (call, *action, *resource)))
        .filter(move |(_, _, resource)| with_key || !resource.needs_key())
}

fn is_made(call: &Call, scope: &Scope) -> bool {
    let needed = match (call.need, &scope.keys) {
        (Need::Always, _)
        | (Need::Key, Keys::Any | Keys::Named(_) | Keys::Own)
        | (Need::OwnKey, Keys::Any | Keys::Own) => true,
        (Need::Key | Need::OwnKey, Keys::None) | (Need::OwnKey, Keys::Named(_)) => false,
    };
    needed && call.jobs.contains(&scope.job) && scope.producers.iter().any(|producer| call.producers.contains(producer))
}

/// Returns whether a key is used and at least one of the producers can use a key.
fn uses_a_key(scope: &Scope) -> bool {
    let able = |producer: Producer| producer.facts().key_grant.is_some();
    scope.keys != Keys::None && scope.producers.iter().copied().any(able)
}

/// Returns the policy that allows a caller to do a job and nothing else.
pub(crate) fn policy(scope: &Scope) -> Document {
    let mut statements: BTreeMap<Resource, BTreeSet<&str>> = BTreeMap::new();
    for (_, action, resource) in asked(scope) {
        statements.entry(resource).or_default().insert(action);
    }
    let document = Document::empty();
    statements.into_iter().fold(document, |document, (resource, actions)| {
        document.with_statement_appended(json!({
            "Sid": resource.sid(),
            "Effect": "Allow",
            "Action": actions,
            "Resource": one_or_all(&scope.arns(resource)),
        }))
    })
}

/// Turns a list with one item into a string, as in other policies that logbucket writes.
fn one_or_all(arns: &[String]) -> Value {
    match arns {
        [only] => json!(only),
        several => json!(several),
    }
}
