//! `docs/json.md` lists every field and every fixed value in real documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use sandbox::{DeliverySeed, Effect, Fault, LoadBalancerSeed, When};
use serde_json::Value;

use crate::account::Account;

/// The text about a document: from its heading to the next of its kind.
fn section(schema: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/json.md")).unwrap();
    let (_, rest) = text.split_once(&format!("\n## {schema}\n")).unwrap_or_else(|| panic!("no section {schema}"));
    rest.split("\n## ").next().unwrap().to_owned()
}

/// Every field's name, and every value of fields with fixed values.
fn names(value: &Value, into: &mut BTreeSet<String>) {
    const CLOSED: [&str; 10] =
        ["verdict", "severity", "change", "status", "producer", "encryption", "outcome", "job", "health", "tool"];
    // AWS describes the content of policies.
    const OF_AWS: [&str; 3] = ["bucket_policy", "key_policy", "policy"];
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                into.insert(name.clone());
                if let Some(word) = value.as_str().filter(|_| CLOSED.contains(&name.as_str())) {
                    into.insert(word.to_owned());
                }
                if !OF_AWS.contains(&name.as_str()) {
                    names(value, into);
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| names(value, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_field_of_real_documents_is_described() {
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
        let schema = document["schema"].as_str().unwrap().to_owned();
        let section = section(&schema);
        let mut found = BTreeSet::new();
        names(&document, &mut found);
        for name in found {
            // The producers are listed with the plan, which a result refers to.
            let described = section.contains(&format!("`{name}`"))
                || self::section("logbucket.plan/1").contains(&format!("`{name}`"));
            assert!(described, "`{name}` of {schema} is not in docs/json.md");
        }
        kinds.insert(schema);
    }
    assert_eq!(kinds.len(), 10, "{kinds:?}");
}
