//! Runs policy evaluations with known answers from a file, one JSON object per line.
//! `LOGBUCKET_POLICY_CASES` sets another file with the same format.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a case of another shape should stop the test")]

use std::collections::BTreeSet;

use logbucket::internals::iam::{
    AccessRequest, Context, ContextValue, Decision, Document, Effect, PolicyAnswer, Principal, Truth, Unnamed, evaluate,
};
use serde_json::{Map, Value};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/policy-cases.jsonl");

#[test]
fn policy_cases() {
    let path = std::env::var("LOGBUCKET_POLICY_CASES").unwrap_or_else(|_| FIXTURE.to_owned());
    let text = std::fs::read_to_string(&path).unwrap();
    let mut failures = Vec::new();
    let mut count = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).unwrap();
        count += 1;
        if let Err(failure) = check(&case) {
            failures.push(format!("{}: {failure}", case["id"]));
        }
    }
    assert!(count > 0, "{path} holds no case");
    assert!(failures.is_empty(), "{} of {count} cases fail:\n{}", failures.len(), failures.join("\n"));
}

fn check(case: &Value) -> Result<(), String> {
    let document = Document::parse(&case["policy"].to_string()).map_err(|e| e.to_string())?;
    let known = case["request"]["context"].as_object().unwrap();
    let unknown = case["unknown"].as_object().cloned().unwrap_or_default();

    let decision = evaluate(&document, &request(case, known, &unknown));
    let mut accepted = vec![case["expected"].clone()];
    if let Some(more) = case["also_accepted"].as_array() {
        accepted.extend(more.iter().cloned());
    } else {
        accepted.push(case["also_accepted"].clone());
    }
    let answer = word(decision.answer);
    if !accepted.iter().any(|word| word == answer) {
        return Err(format!("{answer}, not {accepted:?}\n{}", explained(&decision)));
    }

    let complete = evaluate(&document, &request(case, known, &Map::new()));
    // If nothing is unknown, both evaluations give the same answer. An accepted alternative is then correct for both.
    let as_good =
        unknown.is_empty() && accepted.iter().any(|word| word == answer) && complete.answer == decision.answer;
    if as_good && case["expected"] != answer {
        return Ok(());
    }
    if case["expected_if_context_is_complete"] != word(complete.answer) {
        return Err(format!(
            "{} with a complete context, not {}\n{}",
            word(complete.answer),
            case["expected_if_context_is_complete"],
            explained(&complete)
        ));
    }
    for (effect, name) in [(Effect::Allow, "allow"), (Effect::Deny, "deny")] {
        let Some(expected) = case["matched"][name].as_array() else {
            continue;
        };
        let expected: BTreeSet<u64> = expected.iter().filter_map(Value::as_u64).collect();
        let found = matched(&complete, effect);
        if found != expected {
            return Err(format!("{name} by {found:?}, not {expected:?}"));
        }
    }
    Ok(())
}

fn request(case: &Value, known: &Map<String, Value>, unknown: &Map<String, Value>) -> AccessRequest {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let request = &case["request"];
    let mut context = Context::new(Unnamed::Absent);
    for (key, value) in known {
        context.insert(key, values(value).map_or(ContextValue::Absent, ContextValue::Known));
    }
    for (key, alternatives) in unknown {
        let alternatives = alternatives.as_array().unwrap().iter().map(values);
        context.insert(key, ContextValue::OneOf(alternatives.collect()));
    }
    let principal = &request["principal"];
    AccessRequest {
        principal: match (principal.get("Service"), principal.get("AWS")) {
            (Some(service), _) => Principal::Service(text(service)),
            (None, Some(arn)) if arn != "*" => Principal::Aws(text(arn)),
            _ => Principal::Anonymous,
        },
        action: text(&request["action"]),
        resource: text(&request["resource"]).into(),
        context,
    }
}

fn values(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Null => None,
        Value::Array(list) => Some(list.iter().filter_map(values).flatten().collect()),
        Value::String(text) => Some(vec![text.clone()]),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => Some(vec![value.to_string()]),
    }
}

fn word(answer: PolicyAnswer) -> &'static str {
    match answer {
        PolicyAnswer::Allowed => "allow",
        PolicyAnswer::ImplicitlyDenied => "implicit_deny",
        PolicyAnswer::ExplicitlyDenied => "explicit_deny",
        PolicyAnswer::Unknown => "unknown",
    }
}

fn matched(decision: &Decision, effect: Effect) -> BTreeSet<u64> {
    decision
        .statements
        .iter()
        .filter(|verdict| verdict.effect == Some(effect) && verdict.truth == Truth::True)
        .map(|verdict| verdict.index as u64)
        .collect()
}

fn explained(decision: &Decision) -> String {
    let lines: Vec<String> = decision.statements.iter().map(|v| format!("  {:?} {v}", v.truth)).collect();
    lines.join("\n")
}
