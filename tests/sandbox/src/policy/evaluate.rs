//! Evaluates one request against one policy with `iam-rs`.
//!
//! Knows nothing about log services: the caller provides principal, action and context.

use std::collections::BTreeMap;

use iam_rs::{Arn, Context, ContextValue, Decision, IAMPolicy, IAMRequest, Principal, PrincipalId, evaluate_policy};
use serde_json::Value;

use crate::policy::plain;
use crate::policy::time::epoch_seconds;
use crate::policy::variable::literal;

/// A policy's verdict on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A statement allows it and none denies it.
    Allow,
    /// No statement matches.
    ImplicitDeny,
    /// A statement denies it.
    ExplicitDeny,
}

/// A request as its service makes it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `Service` or `AWS`.
    pub kind: String,
    /// The service principal, or the ARN of the account's root.
    pub principal: String,
    /// Such as `s3:PutObject`.
    pub action: String,
    /// The ARN of the bucket, object or key.
    pub resource: String,
    /// All condition keys of the request. A list is a multivalued key.
    pub context: BTreeMap<String, Value>,
}

impl Asked {
    /// A service principal's request without context.
    pub fn by_service(principal: &str, action: &str, resource: &str) -> Self {
        Self {
            kind: "Service".to_owned(),
            principal: principal.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            context: BTreeMap::new(),
        }
    }

    /// Adds a condition key.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.context.insert(key.to_owned(), value.into());
        self
    }

    fn principal(&self) -> Principal {
        let id = PrincipalId::String(self.principal.clone());
        match self.kind.as_str() {
            "Service" => Principal::Service(id),
            "Federated" => Principal::Federated(id),
            "CanonicalUser" => Principal::CanonicalUser(id),
            _ => Principal::Aws(id),
        }
    }
}

/// Evaluates the policy for this request.
///
/// An Allow that the evaluator can't parse allows nothing. A Deny that it can't parse denies the request.
#[must_use]
pub fn judge(policy: &Value, asked: &Asked) -> Verdict {
    let mut verdict = Verdict::ImplicitDeny;
    for statement in plain::statements(policy) {
        let denies = statement.get("Effect").and_then(Value::as_str) == Some("Deny");
        let Some(alone) = plain::for_requester(policy, statement, &asked.kind, &asked.context) else {
            continue;
        };
        match decide(&alone, asked) {
            Some(Decision::Deny) => return Verdict::ExplicitDeny,
            Some(Decision::Allow) => verdict = Verdict::Allow,
            None if denies => return Verdict::ExplicitDeny,
            Some(Decision::NotApplicable) | None => {}
        }
    }
    verdict
}

fn decide(policy: &Value, asked: &Asked) -> Option<Decision> {
    let policy = IAMPolicy::from_json(&policy.to_string()).ok()?;
    let resource = Arn::parse(&literal(&asked.resource)).ok()?;
    let request =
        IAMRequest::new_with_context(asked.principal(), asked.action.clone(), resource, context(&asked.context));
    evaluate_policy(&policy, &request).ok()
}

/// Returns each condition key once for every type that an operator can compare.
fn context(keys: &BTreeMap<String, Value>) -> Context {
    let mut context = Context::new();
    for (key, value) in keys {
        let (first, text) = if let Value::Array(many) = value {
            let list: Vec<String> = many.iter().map(|one| literal(&text_of(one))).collect();
            (list.first().cloned().unwrap_or_default(), ContextValue::StringList(list))
        } else {
            (text_of(value), ContextValue::String(literal(&text_of(value))))
        };
        context.insert(format!("{}{key}", plain::TEXT), text);
        context.insert(format!("{}{key}", plain::ADDRESS), ContextValue::String(first.clone()));
        context.insert(format!("{}{key}", plain::PRESENCE), ContextValue::String(first.clone()));
        if let Ok(truth) = first.to_ascii_lowercase().parse::<bool>() {
            context.insert(format!("{}{key}", plain::TRUTH), ContextValue::Boolean(truth));
        }
        if let Some(number) = epoch_seconds(&first) {
            context.insert(format!("{}{key}", plain::NUMBER), ContextValue::Number(number));
        }
    }
    context
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
