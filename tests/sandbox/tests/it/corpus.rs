//! Compares the evaluator with the corpus of policies and their expected results.

use std::collections::BTreeMap;

use sandbox::policy::{Asked, Verdict, judge};
use serde_json::Value;

/// Cases for which the evaluator is known to give a different result. The README explains each.
const KNOWN: &[&str] = &[];

#[test]
fn the_evaluator_agrees_with_the_corpus() {
    let path = std::env::var("POLICY_CASES")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/policy-cases.jsonl").to_owned());
    let text = std::fs::read_to_string(&path).expect("the corpus");
    let mut wrong = Vec::new();
    let mut seen = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).expect("a case");
        let id = case["id"].as_str().expect("id");
        let request = &case["request"];
        let (kind, principal) = request["principal"].as_object().expect("principal").iter().next().expect("one");
        let context: BTreeMap<String, Value> = request["context"]
            .as_object()
            .expect("context")
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let asked = Asked {
            kind: kind.clone(),
            principal: principal.as_str().expect("principal").to_owned(),
            action: request["action"].as_str().expect("action").to_owned(),
            resource: request["resource"].as_str().expect("resource").to_owned(),
            context,
        };
        let got = match judge(&case["policy"], &asked) {
            Verdict::Allow => "allow",
            Verdict::ImplicitDeny => "implicit_deny",
            Verdict::ExplicitDeny => "explicit_deny",
        };
        seen += 1;
        let expected = case["expected_if_context_is_complete"].as_str().expect("expected");
        if (got != expected) != KNOWN.contains(&id) {
            wrong.push(format!("{id}: {got}, expected {expected}: {}", case["description"]));
        }
    }
    assert!(seen >= 188, "{seen}");
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
}
