//! Builds the IAM policy for a job, with one statement per type of resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::iam::Document;
use crate::producer::Producer;

use super::scope::KeyScope;
use super::{ApiCall, CALLS, CallCondition, PermissionScope, Resource};

/// Returns the calls of a job by API operation, each with its actions.
pub(crate) fn calls(scope: &PermissionScope) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut calls: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for (call, action, _) in asked(scope) {
        calls.entry(call.api).or_default().insert(action);
    }
    calls
}

/// Returns every action that a job needs, with its call and resource.
fn asked(scope: &PermissionScope) -> impl Iterator<Item = (&'static ApiCall, &'static str, Resource)> {
    let with_key = uses_a_key(scope);
    CALLS
        .iter()
        .filter(|call| is_made(call, scope))
        .flat_map(|call| call.actions.iter().map(move |(action, resource)| (call, *action, *resource)))
        .filter(move |(_, _, resource)| with_key || !resource.needs_key())
}

fn is_made(call: &ApiCall, scope: &PermissionScope) -> bool {
    let needed = match (call.need, &scope.keys) {
        (CallCondition::Always, _)
        | (CallCondition::Key, KeyScope::Any | KeyScope::Named(_) | KeyScope::Own)
        | (CallCondition::OwnKey, KeyScope::Any | KeyScope::Own) => true,
        (CallCondition::Key | CallCondition::OwnKey, KeyScope::None) | (CallCondition::OwnKey, KeyScope::Named(_)) => {
            false
        }
    };
    needed && call.jobs.contains(&scope.job) && scope.producers.iter().any(|producer| call.producers.contains(producer))
}

/// Returns whether a key is used and at least one of the producers can use a key.
fn uses_a_key(scope: &PermissionScope) -> bool {
    let able = |producer: Producer| producer.facts().key_grant.is_some();
    scope.keys != KeyScope::None && scope.producers.iter().copied().any(able)
}

/// Returns the policy that allows a caller to do a job and nothing else.
pub(crate) fn policy(scope: &PermissionScope) -> Document {
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
