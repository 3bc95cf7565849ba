//! Decides whether a step replaces a value. A step that keeps every existing value only adds.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::iam::Document;
use crate::state::Payer;

use super::policy_edit::keeps;
use super::{Setting, Step, StepKind};

impl Step {
    /// Returns whether the step adds or replaces, compared with the observed value. A step that creates something adds.
    pub(super) fn change(&self) -> StepKind {
        match self.overwrites(None) {
            Some(overwrite) if !leaves(&overwrite.before, overwrite.after.as_ref()) => StepKind::Replaces,
            Some(_) | None => StepKind::Adds,
        }
    }
}

/// Returns whether every existing value stays. An unknown `after` names a key that does not exist yet.
fn leaves(before: &Setting, after: Option<&Setting>) -> bool {
    match (before, after) {
        (Setting::BucketPolicy(_, None), _) => true,
        (Setting::Source(_, before), Some(Setting::Source(_, after))) => before.is_left_by(Some(after)),
        (Setting::Source(_, before), _) => before.is_left_by(None),
        (Setting::Payer(_, payer), _) => *payer == Payer::BucketOwner,
        (Setting::LifecycleRules { rules, .. }, _) if rules.is_empty() => true,
        (_, None) => false,
        (Setting::BucketPolicy(_, Some(before)), Some(Setting::BucketPolicy(_, Some(after))))
        | (Setting::KeyPolicy(_, before), Some(Setting::KeyPolicy(_, after))) => keeps_statements(before, after),
        (Setting::BucketTags(_, before), Some(Setting::BucketTags(_, after))) => holds(before, after),
        (Setting::LifecycleRules { rules: before, .. }, Some(Setting::LifecycleRules { rules: after, .. })) => {
            before.iter().all(|rule| after.contains(rule))
        }
        (before, Some(after)) => before.is(after),
    }
}

fn holds(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> bool {
    before.iter().all(|(key, value)| after.get(key) == Some(value))
}

/// Returns whether every statement stays. logbucket's statements may gain sources.
fn keeps_statements(before: &str, after: &str) -> bool {
    let (Ok(before), Ok(after)) = (Document::parse(before), Document::parse(after)) else { return before == after };
    let (old, new) = (before.raw_statements(), after.raw_statements());
    head(&before) == head(&after)
        && old.len() <= new.len()
        && old.iter().zip(new).all(|(old, new)| old == new || keeps(old, new))
}

/// Returns a policy without its statements.
fn head(document: &Document) -> Value {
    let mut head = document.value().clone();
    if let Some(fields) = head.as_object_mut() {
        fields.remove("Statement");
    }
    head
}
