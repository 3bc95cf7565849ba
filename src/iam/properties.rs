//! Property tests of `evaluate` and `exempt_service` on random policies.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    AccessRequest, Context, ContextValue, Document, Letters, PolicyAnswer, Principal, ResourceSet, Truth, Unnamed,
    evaluate, exempt_service,
};

const KEYS: [&str; 4] = ["aws:A", "aws:B", "aws:PrincipalServiceName", "AWS:a"];
const LOGS: &str = "delivery.logs.amazonaws.com";

fn value() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["x", "y", "x*", "${aws:B}", "${aws:A, 'x'}", "1", LOGS]).prop_map(str::to_owned)
}

fn operator() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLikeIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringNotLike",
        "NumericLessThan",
        "Odd",
    ])
}

fn conditions() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(KEYS.to_vec());
    let line = (operator(), key, prop::collection::vec(value(), 1..3));
    prop::collection::vec(line, 0..4).prop_map(|lines| {
        let mut operators = Map::new();
        for (operator, key, values) in lines {
            let keys = operators.entry(operator).or_insert_with(|| json!({}));
            keys[key] = json!(values);
        }
        Value::Object(operators)
    })
}

fn statement(effects: Vec<&'static str>) -> impl Strategy<Value = Value> {
    let principals = vec![
        json!("*"),
        json!({"Service": LOGS}),
        json!({"AWS": "123456789012"}),
        json!({"Service": ["x", LOGS], "AWS": "*"}),
        json!(7),
    ];
    let resources = vec!["*", "arn:aws:s3:::b/*", "arn:aws:s3:::${aws:A}/*", "arn:aws:s3:::b/k*", "*/x"];
    (
        prop::sample::select(effects),
        prop::sample::select(vec!["Principal", "NotPrincipal"]),
        prop::sample::select(principals),
        prop::sample::select(vec!["Action", "NotAction"]),
        prop::sample::select(vec!["s3:*", "s3:Get?bject", "S3:PUTOBJECT"]),
        prop::sample::select(vec!["Resource", "NotResource"]),
        prop::sample::select(resources),
        prop::option::of(conditions()),
    )
        .prop_map(|(effect, who, principal, what, action, of, resource, condition)| {
            let mut statement = json!({
                "Effect": effect, who: principal, what: action, of: resource,
            });
            if let Some(condition) = condition {
                statement["Condition"] = condition;
            }
            statement
        })
}

fn alternatives() -> impl Strategy<Value = Vec<Option<Vec<String>>>> {
    let values = prop::collection::vec(value(), 1..3);
    prop::collection::vec(prop::option::of(values), 1..4)
}

fn context_value() -> impl Strategy<Value = ContextValue> {
    prop_oneof![
        Just(ContextValue::Absent),
        Just(ContextValue::Unknown),
        value().prop_map(ContextValue::known),
        value().prop_map(ContextValue::AtOrBelow),
        value().prop_map(ContextValue::Begins),
        alternatives().prop_map(ContextValue::OneOf),
    ]
}

fn caller() -> impl Strategy<Value = Principal> {
    prop::sample::select(vec![
        Principal::Service(LOGS.to_owned()),
        Principal::Service("x".to_owned()),
        Principal::Aws("arn:aws:iam::123456789012:role/r".to_owned()),
        Principal::Anonymous,
    ])
}

fn request() -> impl Strategy<Value = AccessRequest> {
    let context = prop::collection::vec((prop::sample::select(KEYS.to_vec()), context_value()), 0..4);
    (caller(), context, resource()).prop_map(|(principal, values, resource)| {
        let mut context = Context::new(Unnamed::Absent);
        for (key, value) in values {
            context.insert(key, value);
        }
        AccessRequest { principal, action: "s3:PutObject".to_owned(), resource, context }
    })
}

/// Returns one object or a set of objects. [`member`] returns one object of a set.
fn resource() -> impl Strategy<Value = ResourceSet> {
    let objects = || ResourceSet::from("arn:aws:s3:::b/");
    prop::sample::select(vec![
        objects().text("k"),
        objects().many(Letters::Word, "*"),
        objects().some(Letters::OneOf(&['k', 'l']), 1, "*"),
        objects().text("k").many(Letters::Name, "*").text("/x"),
    ])
}

fn member(set: &ResourceSet, chosen: &str) -> ResourceSet {
    set.to_string().replace('*', chosen).into()
}

fn policy() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(vec!["Allow", "Deny", "Perhaps"]), 0..5)
}

fn document(statements: &[Value]) -> Document {
    let root = json!({"Version": "2012-10-17", "Statement": statements});
    Document::parse(&root.to_string()).unwrap()
}

fn any_json() -> impl Strategy<Value = Value> {
    let names = vec![
        "Statement",
        "Version",
        "Effect",
        "Principal",
        "Action",
        "NotResource",
        "Condition",
        "StringEquals",
        "Null",
        "aws:A",
        "AWS",
    ];
    let name = prop::sample::select(names).prop_map(str::to_owned);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        prop::sample::select(vec!["Deny", "Allow", "*", "${", "2012-10-17"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 4, move |inner| {
        let object = prop::collection::vec((name.clone(), inner.clone()), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::Array),
            object.prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn the_order_of_statements_does_not_matter(
        statements in policy(), request in request(), turn in 0usize..5,
    ) {
        let mut reordered = statements.clone();
        reordered.rotate_left(turn.min(statements.len()));
        reordered.reverse();
        let one = evaluate(&document(&statements), &request);
        let other = evaluate(&document(&reordered), &request);
        prop_assert_eq!(one.answer, other.answer);
        prop_assert_eq!(one.allow_possible, other.allow_possible);
    }

    #[test]
    fn more_knowledge_never_contradicts_a_certain_answer(
        statements in policy(), request in request(),
        learnt in prop::collection::vec(prop::option::of(value()), 3), chosen in "[kl]",
    ) {
        let document = document(&statements);
        let before = evaluate(&document, &request);
        let mut informed = request.clone();
        informed.resource = member(&request.resource, &chosen);
        for (key, value) in KEYS.iter().zip(learnt) {
            let settled = match request.context.get(key) {
                ContextValue::Unknown => value.map_or(ContextValue::Absent, ContextValue::known),
                ContextValue::OneOf(choices) => ContextValue::OneOf(vec![choices[0].clone()]),
                ContextValue::AtOrBelow(path) => {
                    ContextValue::known(value.map_or_else(|| path.clone(), |below| format!("{path}/{below}")))
                }
                ContextValue::Begins(text) => ContextValue::known(format!("{text}{}", value.unwrap_or(chosen.clone()))),
                known @ (ContextValue::Absent | ContextValue::Known(_) | ContextValue::NotBefore(_)) => known.clone(),
            };
            informed.context.insert(key, settled);
        }
        let after = evaluate(&document, &informed);
        if before.answer != PolicyAnswer::Unknown {
            prop_assert_eq!(before.answer, after.answer);
        }
        if !before.allow_possible {
            prop_assert!(!after.allow_possible);
        }
        for (before, after) in before.statements.iter().zip(&after.statements) {
            if before.truth != Truth::Unknown {
                prop_assert_eq!(before.truth, after.truth);
            }
        }
    }

    #[test]
    fn a_certain_answer_names_the_statements_that_determined_it(
        statements in policy(), request in request(),
    ) {
        let decision = evaluate(&document(&statements), &request);
        if decision.answer != PolicyAnswer::ImplicitlyDenied {
            prop_assert!(!decision.deciding().is_empty());
        }
        for verdict in &decision.statements {
            prop_assert!(!verdict.because.is_empty());
        }
    }

    #[test]
    fn no_json_makes_the_evaluator_panic(root in any_json(), request in request()) {
        if let Ok(document) = Document::parse(&root.to_string()) {
            let decision = evaluate(&document, &request);
            let _shown: Vec<String> =
                decision.statements.iter().map(ToString::to_string).collect();
        }
        let _narrowed = exempt_service(&root, LOGS);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,60}") {
        let _read = Document::parse(&text);
    }

    #[test]
    fn exempt_service_exempts_the_service_and_nobody_else(
        statement in statement(vec!["Deny"]), mut request in request(),
    ) {
        let narrowed = exempt_service(&statement, LOGS).unwrap();
        let truth = |statement: &Value, request: &AccessRequest| {
            let decision = evaluate(&document(std::slice::from_ref(statement)), request);
            decision.statements[0].truth
        };
        // The key names the calling service and is absent for other callers.
        let name = match &request.principal {
            Principal::Service(name) => ContextValue::known(name.clone()),
            Principal::Aws(_) | Principal::ServiceOrItsAccount(_) | Principal::Anonymous => ContextValue::Absent,
        };
        request.context.insert("aws:PrincipalServiceName", name);
        if request.principal == Principal::Service(LOGS.to_owned()) {
            prop_assert_eq!(truth(&narrowed, &request), Truth::False);
        } else {
            prop_assert_eq!(truth(&narrowed, &request), truth(&statement, &request));
        }
    }
}
