//! Real documents have the fields and words that their schemas under `docs/schema/` list, and no others.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sandbox::{DeliverySeed, Effect, Fault, LoadBalancerSeed, When};
use serde_json::Value;

use crate::account::Account;

/// Checks a document against its schema, and that it has no other field.
fn validate(document: &Value) {
    let name = document["schema"].as_str().unwrap().strip_prefix("logbucket.").unwrap().replace('/', ".");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("docs/schema/{name}.json"));
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    close(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> =
        validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{} does not fit: {faults:#?}", document["schema"]);
}

/// Allows only the listed fields.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("properties").is_some_and(Value::is_object) {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            fields.values_mut().for_each(close);
        }
        Value::Array(values) => values.iter_mut().for_each(close),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn real_documents_match_their_schemas() {
    let ran = |words: &str, fault: Option<Fault>| {
        let account = Account::seeded();
        if let Some(fault) = fault {
            account.sandbox.inject(fault);
        }
        let stack = LoadBalancerSeed::application("of-a-stack").tagged("aws:cloudformation:stack-name", "front");
        let stack = stack.tagged("aws:cloudformation:logical-id", "Web");
        account.wait(account.sandbox.put_load_balancer(stack));
        let terraform = LoadBalancerSeed::application("of-terraform").tagged("terraform", "true");
        account.wait(account.sandbox.put_load_balancer(terraform));
        let route = DeliverySeed::new("route-2", "arn:aws:s3:::app-data", "S3_SERVER_ACCESS_LOGS");
        account.sandbox.put_delivery(route.to("arn:aws:s3:::old-alb-logs"));
        account.run(&format!("{words} --output json")).json()
    };
    let refused =
        |operation: &str| Fault { when: When::Operation(operation.to_owned()), effect: Effect::access_denied() };
    let undone = |init: &str, undo: &str| {
        let account = Account::seeded();
        account.run(init).ends(0);
        account.run(&format!("undo {undo} --output json")).ends(0).json()
    };
    let documents = [
        ran("init alb --source web --bucket demo-logs --dry-run", None),
        ran("init alb --source web --bucket demo-logs", None),
        ran("init alb --source of-a-stack --source of-terraform --bucket demo-logs --dry-run", None),
        ran("init alb --source web --bucket kms-logs --yes", None),
        ran("init nlb --source edge --bucket strict-logs --yes", None),
        ran("init inventory --source app-data --bucket demo-logs --report-kms-key create --yes", None),
        ran("init nlb --source edge --bucket demo-logs --kms-key create --yes", None),
        ran("init s3-access --source app-data --bucket demo-logs --prefix p --yes", None),
        ran("init alb --source web --bucket demo-logs --yes", None),
        ran("init alb --source web --bucket demo-logs --yes", Some(refused("PutObject"))),
        ran("init alb --source web --bucket demo-logs --yes", Some(refused("PutBucketPolicy"))),
        ran("init alb --source weeb --bucket demo-logs --yes", None),
        ran("init alb --no-such-flag", None),
        ran("matrix", None),
        ran("check alb --source web --source legacy-web", None),
        ran("check s3-access --source app-data", None),
        ran("check s3-access --source app-data", Some(refused("DescribeDeliverySources"))),
        ran("check --bucket old-alb-logs", None),
        ran("check --bucket old-alb-logs", Some(refused("DescribeLoadBalancers"))),
        ran("check alb --source web", Some(refused("DescribeLoadBalancerAttributes"))),
        ran("check alb --bucket old-alb-logs --suppressions", None),
        ran("permissions check --source web --producer alb", None),
        ran("scan", None),
        ran("scan", Some(refused("DescribeDeliverySources"))),
        ran("scan --newest", None),
        undone("init alb --source web --bucket kms-logs --fix --yes", ""),
        undone("init nlb --source edge --bucket demo-logs --kms-key create --yes", "latest --dry-run"),
        undone("init alb --source web --bucket kms-logs --fix --yes", "latest --yes"),
        ran("permissions", None),
        ran("permissions --dry-run", None),
        ran("permissions undo", None),
        ran("permissions --wizard", None),
        ran("policy nlb --bucket acme-logs --account 111122223333 --region us-east-1 --kms-key create", None),
    ];
    let mut kinds = BTreeSet::new();
    for document in documents {
        validate(&document);
        kinds.insert(document["schema"].to_string());
    }
    assert_eq!(kinds.len(), 10, "{kinds:?}");
}
