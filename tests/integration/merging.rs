//! Merging into someone's policy: their statements survive, ours exist once, and the service is allowed or the plan
//! says why not.

use logbucket::internals::model::BucketEncryption;
use logbucket::internals::plan::{FindingId, Plan, Step, plan};
use logbucket::internals::producer::Producer;
use logbucket::internals::ui::sentences;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::worlds::{bucket, observed, request};

fn principal() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("*")),
        Just(json!({ "AWS": "*" })),
        Just(json!({ "AWS": ["arn:aws:iam::111122223333:root", "444455556666"] })),
        Just(json!({ "Service": "cloudtrail.amazonaws.com" })),
        Just(json!({ "Service": ["delivery.logs.amazonaws.com", "logging.s3.amazonaws.com"], "AWS": "444455556666" })),
        Just(json!({ "Federated": "cognito-identity.amazonaws.com" })),
    ]
}

fn condition() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(json!({ "Bool": { "aws:SecureTransport": false } }))),
        1 => Just(Some(json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": ["aws:kms", "AES256"] } }))),
        1 => Just(Some(json!({ "StringEquals": { "aws:SourceAccount": "111122223333" }, "ArnLike": { "aws:SourceArn": "arn:aws:s3:::app-*" } }))),
        1 => Just(Some(json!({ "NotIpAddress": { "aws:SourceIp": "10.0.0.0/8" } }))),
        1 => Just(Some(json!({ "StringNotEquals": { "aws:PrincipalServiceName": "delivery.logs.amazonaws.com" } }))),
        1 => Just(Some(json!({ "NumericGreaterThan": { "s3:signatureAge": 600_000.5e3 } }))),
    ]
}

fn statement() -> impl Strategy<Value = Value> {
    let sid = prop_oneof![
        Just(None),
        "[A-Za-z0-9 ]{1,12}".prop_map(Some),
        Just(Some("LogbucketAlb".to_owned())),
        Just(Some("LogbucketS3Access".to_owned())),
    ];
    let action =
        prop_oneof![Just(json!("s3:*")), Just(json!(["s3:PutObject", "s3:getobject"])), Just(json!("s3:GetObject"))];
    let resource = prop_oneof![
        Just(json!("arn:aws:s3:::acme-logs/*")),
        Just(json!(["arn:aws:s3:::acme-logs", "arn:aws:s3:::acme-logs/*"])),
        Just(json!("arn:aws:s3:::acme-logs/trail/*")),
        Just(json!("*")),
    ];
    (sid, any::<bool>(), principal(), any::<bool>(), action, resource, condition(), any::<bool>()).prop_map(
        |(sid, allows, principal, named, action, resource, condition, odd)| {
            let mut statement = serde_json::Map::new();
            if odd {
                statement.insert("X-Unknown".to_owned(), json!({ "kept": [1, 2.50, null, "\u{e9}"] }));
            }
            if let Some(condition) = condition {
                statement.insert("Condition".to_owned(), condition);
            }
            statement.insert("Effect".to_owned(), json!(if allows { "Allow" } else { "Deny" }));
            statement.insert(if named { "Principal" } else { "NotPrincipal" }.to_owned(), principal);
            statement.insert("Action".to_owned(), action);
            statement.insert("Resource".to_owned(), resource);
            if let Some(sid) = sid {
                statement.insert("Sid".to_owned(), json!(sid));
            }
            Value::Object(statement)
        },
    )
}

fn policy() -> impl Strategy<Value = Value> {
    (prop::collection::vec(statement(), 0..6), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(statements, versioned, named, single)| {
            let mut policy = serde_json::Map::new();
            if named {
                policy.insert("Id".to_owned(), json!("theirs"));
            }
            let one = statements.first().filter(|_| single && statements.len() == 1).cloned();
            policy.insert("Statement".to_owned(), one.unwrap_or(Value::Array(statements)));
            if versioned {
                policy.insert("Version".to_owned(), json!("2012-10-17"));
            }
            Value::Object(policy)
        },
    )
}

fn planned(producer: Producer, policy: &Value) -> Plan {
    let request = request(producer, |draft| draft.prefix = Some("p".to_owned()));
    plan(&request, &observed(&request, bucket(BucketEncryption::sse_s3(), Some(&policy.to_string()))))
}

fn merged(plan: &Plan) -> Option<Value> {
    plan.steps.iter().find_map(|step| {
        let Step::PutBucketPolicy { after, .. } = &step.step else { return None };
        Some(serde_json::from_str(after).unwrap())
    })
}

fn statements(policy: &Value) -> Vec<Value> {
    let statements = &policy["Statement"];
    statements.as_array().cloned().unwrap_or_else(|| vec![statements.clone()])
}

proptest! {
    #[test]
    fn statements_of_others_are_kept_and_ours_exists_once(policy in policy(), producer in prop::sample::select(&Producer::ALL[..])) {
        let plan = planned(producer, &policy);
        let after = merged(&plan).unwrap_or_else(|| policy.clone());

        // Every existing statement stays, in the same order; ours follow, and no field is lost or moved.
        let (old, new) = (statements(&policy), statements(&after));
        prop_assert_eq!(&old[..], &new[..old.len()]);
        for statement in &new[old.len()..] {
            prop_assert!(statement["Sid"].as_str().unwrap().starts_with("Logbucket"), "{}", statement);
        }
        let fields = |policy: &Value| policy.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        prop_assert_eq!(fields(&policy), fields(&after));
        let mut sids: Vec<&str> = new[old.len()..].iter().map(|statement| statement["Sid"].as_str().unwrap()).collect();
        sids.extend(old.iter().filter_map(|statement| statement["Sid"].as_str()).filter(|sid| sid.starts_with("Logbucket")).collect::<std::collections::BTreeSet<_>>());
        let all = sids.len();
        sids.sort_unstable();
        sids.dedup();
        prop_assert_eq!(sids.len(), all, "a Sid of ours is there twice");

        // A merged policy needs no more changes.
        let again = planned(producer, &after);
        prop_assert_eq!(merged(&again), None);

        // The service is allowed, or the plan names the statement that blocks it or may block it.
        let says = |id| again.findings.iter().any(|finding| finding.id() == id);
        let is_denied = says(FindingId::PolicyDeny) || (says(FindingId::PolicyUncertain) || says(FindingId::PolicyDenyLikely)) || says(FindingId::PolicyUnreadable);
        let denies = old.iter().any(|statement| statement["Effect"] == "Deny");
        prop_assert!(!is_denied || denies || (says(FindingId::PolicyUncertain) || says(FindingId::PolicyDenyLikely)), "{:?}", again.findings);
        for finding in again.findings.iter().filter(|finding| finding.id() == FindingId::PolicyDeny) {
            let what = sentences(finding).what;
            prop_assert!(what.contains("statement "), "{}", what);
        }
    }

    #[test]
    fn an_exemption_changes_nothing_but_the_named_statement(policy in policy(), position in 1_usize..6) {
        let request = request(Producer::S3Access, |draft| draft.consent.exempts = vec![position.to_string()]);
        let plan = plan(&request, &observed(&request, bucket(BucketEncryption::sse_s3(), Some(&policy.to_string()))));
        let Some(after) = merged(&plan) else { return Ok(()) };
        let (old, new) = (statements(&policy), statements(&after));
        // A name is looked up as a Sid first, even if it is a number.
        let sid = position.to_string();
        let is_named = |statement: &Value| statement["Effect"] == "Deny" && statement["Sid"] == sid.as_str();
        let place = old.iter().position(is_named).unwrap_or(position - 1);
        let named = old.get(place).cloned();
        for (index, (before, after)) in old.iter().zip(&new).enumerate() {
            if index != place {
                prop_assert_eq!(before, after);
                continue;
            }
            // Only the named Deny statement gets a condition.
            let mut without = after.clone();
            if before != after {
                prop_assert_eq!(&named.as_ref().unwrap()["Effect"], "Deny");
                let conditions = without["Condition"].as_object_mut().unwrap();
                conditions.remove("StringNotEquals");
                let mut bare = before.clone();
                if let Some(conditions) = bare.get_mut("Condition").and_then(Value::as_object_mut) {
                    conditions.remove("StringNotEquals");
                }
                if bare.get("Condition").is_none() {
                    without.as_object_mut().unwrap().shift_remove("Condition");
                }
                prop_assert_eq!(without, bare);
            }
        }
    }
}
