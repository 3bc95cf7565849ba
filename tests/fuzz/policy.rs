//! Tests a text as a bucket policy and as a key policy: reads it, judges every producer's requests by it, and merges
//! our statements into it.

use logbucket::internals::iam::{Document, PolicyAnswer, evaluate, exempt_service};
use logbucket::internals::model::{BucketEncryption, Seen};
use logbucket::internals::plan::{FindingId, Fix, Plan, Step, plan};
use logbucket::internals::producer::{self, KeyContext, Kind, Probe, ProbedKey, Producer};
use logbucket::internals::request::Request;
use logbucket::internals::state::Observed;
use serde_json::Value;

use super::compact::compact;
use crate::worlds::{DEFAULT_KEY_POLICY, KEY, bucket, key, observed, request, sse_kms};

/// The resource that the policy belongs to.
#[derive(Clone, Copy, Debug)]
enum Of {
    Bucket,
    Key,
}

/// Checks everything that must be true for any text that AWS returns as a policy.
pub(crate) fn holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let document = Document::parse(text).ok();
    if let Some(document) = &document {
        is_read_without_loss(text, document);
        is_narrowed_for_one(document);
    }
    for producer in Producer::ALL {
        is_merged_into(Of::Bucket, producer, text, document.as_ref());
        if producer.facts().key_grant.is_some() {
            is_merged_into(Of::Key, producer, text, document.as_ref());
        }
    }
}

fn is_read_without_loss(text: &str, document: &Document) {
    let printed = document.to_text();
    assert_eq!(printed, compact(text), "something is lost in reading");
    assert_eq!(Document::parse(&printed).ok().as_ref(), Some(document), "what is printed is read as something else");
}

/// Checks that narrowing a statement changes only its conditions, and that narrowing it again changes nothing.
fn is_narrowed_for_one(document: &Document) {
    for statement in document.raw_statements() {
        let Ok(narrowed) = exempt_service(statement, "delivery.logs.amazonaws.com") else { continue };
        assert_eq!(statement["Effect"], "Deny");
        assert_eq!(exempt_service(&narrowed, "delivery.logs.amazonaws.com").as_ref(), Ok(&narrowed));
        assert_eq!(without(&narrowed, &["Condition"]), without(statement, &["Condition"]));
    }
}

fn is_merged_into(of: Of, producer: Producer, text: &str, document: Option<&Document>) {
    let first = planned(of, producer, text, Vec::new());
    let Some(document) = document else {
        assert_eq!(written(of, &first), None, "a policy that is not understood is replaced");
        assert!(says(&first, &[unreadable(of)]), "nothing is said of a policy that is not understood");
        return;
    };
    let merged = written(of, &first);
    let after = merged.as_deref().map_or_else(|| document.clone(), |text| Document::parse(text).unwrap());
    keeps_what_is_there(document, &after);
    let after_text = after.to_text();
    let again = planned(of, producer, &after_text, Vec::new());
    assert_eq!(written(of, &again), None, "merging again changes more");
    allows_or_reports(of, producer, &again, &after);
    for finding in &again.findings {
        if let Fix::Exemption { name, narrowed } = &finding.fix {
            narrows_what_it_shows(of, producer, &after, name, narrowed);
        }
    }
}

/// Checks that every existing statement is still in its place. Only our own statements may gain sources.
fn keeps_what_is_there(before: &Document, after: &Document) {
    let of_sources = ["Condition", "Resource"];
    assert_eq!(without(before.value(), &["Statement"]), without(after.value(), &["Statement"]));
    for (index, statement) in before.raw_statements().iter().enumerate() {
        let now = &after.raw_statements()[index];
        let ours = statement["Sid"].as_str().is_some_and(|sid| sid.starts_with("Logbucket"));
        if ours {
            assert_eq!(without(now, &of_sources), without(statement, &of_sources));
        } else {
            assert_eq!(now.to_string(), statement.to_string(), "somebody's statement is changed");
        }
    }
}

/// Checks that the plan allows the service, or names what blocks or may block it.
fn allows_or_reports(of: Of, producer: Producer, plan: &Plan, policy: &Document) {
    let reported = [
        FindingId::KeyPolicy,
        FindingId::KeyPolicyNarrow,
        FindingId::PolicyDeny,
        FindingId::PolicyDenyLikely,
        FindingId::PolicyDenyUnlikely,
        FindingId::PolicyTooLarge,
        FindingId::PolicyUncertain,
    ];
    let is_reported = says(plan, &reported);
    let decided =
        |probes: Vec<Probe>| -> Vec<PolicyAnswer> { probes.iter().map(|probe| judged(policy, probe)).collect() };
    let answers = decided(probes(of, producer, plan));
    let request = asked(of, producer, Vec::new());
    let by_legacy_account = match &request.kind {
        Kind::Alb(_) | Kind::Clb(_) => {
            let probes = producer::legacy_probes(&request.kind, &plan.log_sources[0], &plan.destination);
            decided(probes).iter().all(|answer| *answer == PolicyAnswer::Allowed)
        }
        Kind::Inventory(_) | Kind::Nlb | Kind::S3Access(_) | Kind::VpcFlow(_) => false,
    };
    let is_allowed = answers.iter().all(|answer| *answer == PolicyAnswer::Allowed) || by_legacy_account;
    assert!(is_allowed || is_reported, "{answers:?}, and nothing is said: {:?}", plan.findings);
    let too_large = says(plan, &[FindingId::KeyPolicy, FindingId::PolicyTooLarge]);
    let unheard = answers.contains(&PolicyAnswer::ImplicitlyDenied) && !by_legacy_account;
    assert!(!unheard || too_large, "our own grant does not let the service in");
}

/// Checks that an exemption changes only the Deny statement that was shown, and only as shown.
fn narrows_what_it_shows(of: Of, producer: Producer, before: &Document, name: &str, narrowed: &str) {
    let plan = planned(of, producer, &before.to_text(), vec![name.to_owned()]);
    let Some(after) = written(of, &plan) else {
        assert!(says(&plan, &[FindingId::PolicyTooLarge]), "`{name}` narrows nothing: {:?}", plan.findings);
        return;
    };
    let after = Document::parse(&after).unwrap();
    let both = before.raw_statements().iter().zip(after.raw_statements());
    let changed: Vec<&Value> = both.filter(|(before, after)| before != after).map(|(_, after)| after).collect();
    assert_eq!(changed.len(), 1, "`{name}` is one statement");
    assert_eq!(format!("{:#}", changed[0]), narrowed, "`{name}` was shown as something else");
}

/// Returns the answer to a request. Checks that every verdict can be printed.
fn judged(policy: &Document, probe: &Probe) -> PolicyAnswer {
    let decision = evaluate(policy, &probe.request);
    assert!(decision.statements.iter().all(|verdict| !verdict.to_string().is_empty()));
    if decision.answer == PolicyAnswer::Allowed {
        assert!(decision.allow_possible);
    }
    if decision.answer != PolicyAnswer::ImplicitlyDenied {
        assert!(!decision.deciding().is_empty(), "{:?} by nothing", decision.answer);
    }
    decision.answer
}

fn probes(of: Of, producer: Producer, plan: &Plan) -> Vec<Probe> {
    let log_source = &plan.log_sources[0];
    match of {
        Of::Bucket => producer::bucket_probes(&asked(of, producer, Vec::new()).kind, log_source, &plan.destination),
        Of::Key => {
            let key = ProbedKey { arn: KEY, context: KeyContext::Bucket };
            producer::key_probes(producer, log_source, &plan.destination, &key)
        }
    }
}

fn asked(of: Of, producer: Producer, exempts: Vec<String>) -> Request {
    request(producer, |draft| {
        draft.prefix = Some("p".to_owned());
        draft.consent.exempts = exempts;
        if let (Of::Key, Producer::Inventory) = (of, producer) {
            draft.choices.report_kms_key = Some(KEY.parse().unwrap());
        }
    })
}

fn planned(of: Of, producer: Producer, policy: &str, exempts: Vec<String>) -> Plan {
    let request = asked(of, producer, exempts);
    let seen = match of {
        Of::Bucket => observed(&request, bucket(BucketEncryption::sse_s3(), Some(policy))),
        Of::Key => {
            let with = Seen::Present(key(policy));
            let plain = || observed(&request, bucket(sse_kms(Some(KEY)), None));
            if producer == Producer::Inventory {
                Observed { report_key: with, default_key: Seen::Present(key(DEFAULT_KEY_POLICY)), ..plain() }
            } else {
                Observed { default_key: with, ..plain() }
            }
        }
    };
    plan(&request, &seen)
}

fn written(of: Of, plan: &Plan) -> Option<String> {
    plan.steps.iter().find_map(|planned| match (of, &planned.step) {
        (Of::Bucket, Step::PutBucketPolicy { after, .. }) | (Of::Key, Step::PutKeyPolicy { after, .. }) => {
            Some(after.clone())
        }
        _ => None,
    })
}

fn unreadable(of: Of) -> FindingId {
    match of {
        Of::Bucket => FindingId::PolicyUnreadable,
        Of::Key => FindingId::KeyPolicyUnreadable,
    }
}

fn says(plan: &Plan, ids: &[FindingId]) -> bool {
    plan.findings.iter().any(|finding| ids.contains(&finding.id()))
}

/// Returns an object without some of its fields, as text.
fn without(value: &Value, names: &[&str]) -> String {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    value.to_string()
}
