//! Evaluates a request against a policy in three-valued logic. A certain Deny wins. A Deny or an Allow that is only
//! possible leaves the answer unknown. See
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>.

use std::collections::BTreeSet;

use super::context::Context;
use super::decision::{Decision, PolicyAnswer, StatementVerdict};
use super::document::Document;
use super::judge::{Judge, MOST_WORLDS};
use super::principal::Principal;
use super::resource_set::ResourceSet;
use super::statement::{Effect, Statement};
use super::truth::Truth;
use super::variables::Language;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRequest {
    pub principal: Principal,
    /// Such as `s3:PutObject`.
    pub action: String,
    /// The possible ARNs of the request's resource. The answer applies to all of them.
    pub resource: ResourceSet,
    pub context: Context,
}

pub fn evaluate(document: &Document, request: &AccessRequest) -> Decision {
    let judge = Judge {
        request,
        language: document.language().unwrap_or(Language::Variables2012),
        unrecognized: document.unrecognized(),
    };
    let statements = document.statements();
    let mut verdicts: Vec<StatementVerdict> = statements.iter().map(|s| judge.verdict(s)).collect();
    // Only the result of a statement in doubt can differ between worlds.
    let relevant: Vec<&Statement> =
        statements.iter().zip(&verdicts).filter(|(_, v)| v.truth == Truth::Unknown).map(|(s, _)| s).collect();
    let keys: BTreeSet<String> = relevant.iter().flat_map(|statement| judge.keys(statement)).collect();

    if statements.is_empty() && !judge.unrecognized.is_empty() {
        verdicts.push(judge.verdict_on_unrecognized());
    }
    let Some(worlds) = request.context.worlds(&keys, MOST_WORLDS) else {
        let (answer, allow_possible) = answer(&verdicts);
        return Decision { answer, allow_possible, statements: verdicts };
    };
    let mut answers = Vec::with_capacity(worlds.len());
    let mut truths: Vec<Vec<Truth>> = vec![Vec::new(); verdicts.len()];
    for world in &worlds {
        let mut there = verdicts.clone();
        for statement in &relevant {
            if let Some(verdict) = there.get_mut(statement.index) {
                verdict.truth = judge.truth_in(statement, world);
            }
        }
        for (seen, verdict) in truths.iter_mut().zip(&there) {
            seen.push(verdict.truth);
        }
        answers.push(answer(&there));
    }
    for (verdict, seen) in verdicts.iter_mut().zip(truths) {
        verdict.truth = Truth::agreed(seen);
    }
    Decision {
        answer: answers
            .iter()
            .map(|(answer, _)| *answer)
            .reduce(|a, b| if a == b { a } else { PolicyAnswer::Unknown })
            .unwrap_or(PolicyAnswer::Unknown),
        allow_possible: answers.iter().any(|(_, possible)| *possible),
        statements: verdicts,
    }
}

/// Returns the combined answer of the statements, and whether the request could be allowed.
///
/// A possible Deny leaves the answer unknown even if nothing allows the request. A Deny and a missing Allow need
/// different fixes.
fn answer(verdicts: &[StatementVerdict]) -> (PolicyAnswer, bool) {
    let surely = |effect| verdicts.iter().any(|verdict| verdict.truth == Truth::True && verdict.effect == Some(effect));
    let maybe = |effect| verdicts.iter().any(|verdict| verdict.may(effect));
    if surely(Effect::Deny) {
        (PolicyAnswer::ExplicitlyDenied, false)
    } else if maybe(Effect::Deny) {
        (PolicyAnswer::Unknown, maybe(Effect::Allow))
    } else if surely(Effect::Allow) {
        (PolicyAnswer::Allowed, true)
    } else if maybe(Effect::Allow) {
        (PolicyAnswer::Unknown, true)
    } else {
        (PolicyAnswer::ImplicitlyDenied, false)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::context::{ContextValue, Unnamed};
    use super::*;

    fn request(context: Context) -> AccessRequest {
        AccessRequest {
            principal: Principal::Service("delivery.logs.amazonaws.com".to_owned()),
            action: "s3:PutObject".to_owned(),
            resource: "arn:aws:s3:::logs/AWSLogs/x.gz".into(),
            context,
        }
    }

    fn decided(statements: &Value, context: Context) -> Decision {
        let policy = json!({"Version": "2012-10-17", "Statement": statements});
        let document = Document::parse(&policy.to_string()).unwrap();
        evaluate(&document, &request(context))
    }

    fn nothing_else() -> Context {
        Context::new(Unnamed::Absent)
    }

    fn answered(statements: &Value) -> PolicyAnswer {
        decided(statements, nothing_else()).answer
    }

    fn allow() -> Value {
        json!({"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"})
    }

    fn with(mut statement: Value, changes: &Value) -> Value {
        for (name, value) in changes.as_object().unwrap() {
            statement[name] = value.clone();
        }
        statement
    }

    fn deny(condition: &Value) -> Value {
        with(allow(), &json!({"Effect": "Deny", "Condition": condition}))
    }

    fn either(values: &[Option<&str>]) -> ContextValue {
        let choices = values.iter().map(|v| v.map(|v| vec![v.to_owned()]));
        ContextValue::OneOf(choices.collect())
    }

    #[test]
    fn a_certain_deny_wins_over_an_allow() {
        assert_eq!(answered(&json!([allow()])), PolicyAnswer::Allowed);
        let both = json!([allow(), deny(&json!({}))]);
        assert_eq!(answered(&both), PolicyAnswer::ExplicitlyDenied);
        assert_eq!(answered(&json!([])), PolicyAnswer::ImplicitlyDenied);
    }

    #[test]
    fn a_possible_deny_leaves_the_answer_unknown_with_or_without_an_allow() {
        let guard = deny(&json!({"Bool": {"aws:ViaAWSService": "true"}}));
        let open = || Context::new(Unnamed::Unknown);
        let decision = decided(&json!([allow(), guard]), open());
        assert_eq!((decision.answer, decision.allow_possible), (PolicyAnswer::Unknown, true));
        let decision = decided(&json!([guard]), open());
        assert_eq!((decision.answer, decision.allow_possible), (PolicyAnswer::Unknown, false));
    }

    #[test]
    fn an_unrecognized_element_never_allows_and_never_skips_a_deny() {
        for odd in [
            json!({"Condition": {"StringMatches": {"k": "v"}}}),
            json!({"Condition": "always"}),
            json!({"Principal": "someone"}),
            json!({"Resource": 7}),
            json!({"NotAction": "s3:*"}),
            json!({"Colour": "blue"}),
        ] {
            let grant = json!([with(allow(), &odd)]);
            assert_eq!(answered(&grant), PolicyAnswer::Unknown, "{odd}");
            let guarded = json!([allow(), with(deny(&json!({})), &odd)]);
            assert_eq!(answered(&guarded), PolicyAnswer::Unknown, "{odd}");
        }
        for odd in [json!(["text"]), json!([{"Effect": "allow"}]), json!(null)] {
            assert_eq!(answered(&odd), PolicyAnswer::Unknown, "{odd}");
        }
    }

    #[test]
    fn an_unrecognized_element_does_not_matter_if_another_element_fails() {
        let odd = json!({"Action": "s3:GetObject", "Condition": {"Odd": {"k": "v"}}});
        let policy = json!([allow(), with(deny(&json!({})), &odd)]);
        assert_eq!(answered(&policy), PolicyAnswer::Allowed);
    }

    #[test]
    fn an_unknown_policy_version_makes_every_statement_uncertain() {
        let judged = |text: &str| evaluate(&Document::parse(text).unwrap(), &request(nothing_else())).answer;
        let policy = json!({"Version": "2030-01-01", "Statement": allow()});
        assert_eq!(judged(&policy.to_string()), PolicyAnswer::Unknown);
        assert_eq!(judged(r#"{"statement": []}"#), PolicyAnswer::Unknown);
        assert_eq!(judged("{}"), PolicyAnswer::ImplicitlyDenied);
    }

    #[test]
    fn statements_that_complement_each_other_are_judged_together() {
        let x = json!({"StringEquals": {"aws:SourceOrgID": "o-1"}});
        let not_x = json!({"StringNotEquals": {"aws:SourceOrgID": "o-1"}});
        let context = || nothing_else().with("aws:SourceOrgID", either(&[None, Some("o-1"), Some("o-2")]));
        let grants = json!([with(allow(), &json!({"Condition": x})), with(allow(), &json!({"Condition": not_x})),]);
        assert_eq!(decided(&grants, context()).answer, PolicyAnswer::Allowed);
        let denials = json!([deny(&x), deny(&not_x)]);
        let decision = decided(&denials, context());
        assert_eq!(decision.answer, PolicyAnswer::ExplicitlyDenied);
        assert_eq!(decision.deciding().len(), 2);
        let never = json!([with(
            allow(),
            &json!({"Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"},
                "Null": {"AWS:sourceorgid": "true"}}})
        )]);
        assert_eq!(decided(&never, context()).answer, PolicyAnswer::ImplicitlyDenied);
    }

    #[test]
    fn too_many_alternatives_are_judged_separately() {
        let mut context = nothing_else();
        let mut policy = vec![allow()];
        for number in 0..12 {
            let key = format!("aws:k{number}");
            context.insert(&key, either(&[Some("a"), Some("b")]));
            policy.push(deny(&json!({"StringEquals": {key: "c"}})));
        }
        let certain = json!(policy);
        assert_eq!(decided(&certain, context.clone()).answer, PolicyAnswer::Allowed);
        policy.push(deny(&json!({"StringEquals": {"aws:k3": "a"}})));
        assert_eq!(decided(&json!(policy), context).answer, PolicyAnswer::Unknown);
    }

    #[test]
    fn too_many_alternatives_leave_the_answer_unknown() {
        let mut context = nothing_else();
        let (mut denials, mut lines) = (vec![allow()], json!({}));
        for number in 0..9 {
            let key = format!("aws:k{number}");
            context.insert(&key, either(&[Some("a"), Some("b")]));
            denials.push(deny(&json!({"StringEquals": {key.as_str(): "a"}})));
            lines[key] = json!("a");
        }
        let decision = decided(&json!(denials), context.clone());
        assert_eq!((decision.answer, decision.allow_possible), (PolicyAnswer::Unknown, true));
        // The same keys in one statement, first alone and then with a condition that is never true.
        let grant = |lines: &Value| json!([with(allow(), &json!({"Condition": {"StringEquals": lines}}))]);
        assert_eq!(decided(&grant(&lines), context.clone()).answer, PolicyAnswer::Unknown);
        lines["aws:other"] = json!("a");
        assert_eq!(decided(&grant(&lines), context).answer, PolicyAnswer::ImplicitlyDenied);
    }

    #[test]
    fn a_variable_in_a_resource_is_tried_with_each_alternative() {
        let grant = json!([with(allow(), &json!({"Resource": "arn:aws:s3:::${aws:PrincipalTag/b}/*"}))]);
        let tagged = |value| nothing_else().with("aws:principaltag/b", value);
        let answer = |value| decided(&grant, tagged(value)).answer;
        assert_eq!(answer(ContextValue::known("logs")), PolicyAnswer::Allowed);
        assert_eq!(answer(either(&[Some("logs"), None])), PolicyAnswer::Unknown);
        assert_eq!(answer(either(&[Some("a"), None])), PolicyAnswer::ImplicitlyDenied);
        assert_eq!(answer(ContextValue::Unknown), PolicyAnswer::Unknown);
    }

    #[test]
    fn a_variable_in_a_condition_is_tried_with_each_alternative() {
        let guard = deny(&json!({"StringEquals": {"aws:SourceVpc": "${aws:PrincipalTag/b}"}}));
        let answer = |tags: &[Option<&str>]| {
            let context = nothing_else().with("aws:SourceVpc", ContextValue::known("vpc-1"));
            decided(&json!([allow(), guard]), context.with("aws:PrincipalTag/b", either(tags))).answer
        };
        assert_eq!(answer(&[Some("vpc-2"), Some("vpc-3"), None]), PolicyAnswer::Allowed);
        assert_eq!(answer(&[Some("vpc-1"), None]), PolicyAnswer::Unknown);
    }

    #[test]
    fn a_key_policy_statement_without_action_has_no_effect() {
        let statement = json!({"Effect": "Deny", "Principal": "*", "Resource": "*"});
        let document = Document::empty().with_statement_appended(statement);
        let mut request = request(nothing_else());
        assert_eq!(evaluate(&document, &request).answer, PolicyAnswer::Unknown);
        request.resource = "arn:aws:kms:us-east-1:123456789012:key/k".into();
        assert_eq!(evaluate(&document, &request).answer, PolicyAnswer::ImplicitlyDenied);
    }

    #[test]
    fn the_deciding_statements_give_their_reasons() {
        let condition = json!({"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}});
        let guard = with(deny(&condition), &json!({"Sid": "DenyUnencrypted"}));
        let decision = decided(&json!([allow(), guard]), nothing_else());
        let shown: Vec<String> = decision.deciding().iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            ["statement 2 `DenyUnencrypted`: `StringNotEquals s3:x-amz-server-side-encryption` \
                 = \"aws:kms\", and the request does not send it"]
        );
        let decision = decided(&json!([with(allow(), &json!({"Action": "s3:Get*"}))]), nothing_else());
        let shown: Vec<String> = decision.deciding().iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["statement 1: `Action` = \"s3:Get*\", and the request is s3:PutObject"]);
    }

    #[test]
    fn statements_that_certainly_do_not_match_add_no_alternatives() {
        let one_of = |values: &[&str]| {
            let known = values.iter().map(|value| Some(vec![(*value).to_owned()]));
            ContextValue::OneOf(known.chain([None]).collect())
        };
        let keys = ["aws:SourceIp", "aws:SourceOrgID", "aws:PrincipalArn", "aws:UserAgent"];
        let mut context = nothing_else()
            .with("aws:PrincipalIsAWSService", ContextValue::known("true"))
            .with("aws:SourceVpce", one_of(&["vpce-1"]));
        let mut statements = vec![
            json!({"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*",
                "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}),
            json!({"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*",
                "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}),
        ];
        for key in keys {
            context.insert(key, one_of(&["a", "b", "c"]));
            statements.push(json!({"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*",
                "Condition": {"Bool": {"aws:PrincipalIsAWSService": "false"}, "StringEquals": {key: "a"}}}));
        }
        assert_eq!(decided(&Value::Array(statements), context).answer, PolicyAnswer::Allowed);
    }

    #[test]
    fn bool_expands_variables() {
        let context = nothing_else()
            .with("aws:SecureTransport", ContextValue::known("true"))
            .with("aws:PrincipalTag/t", ContextValue::known("TRUE"));
        let statement = json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "${aws:PrincipalTag/t}"}}}]);
        assert_eq!(decided(&statement, context).answer, PolicyAnswer::Allowed);
    }
}
