//! Finds the services that can write to a bucket, from the bucket's encryption and the policy statements that name a
//! service.
//!
//! This is an overview for readers; `plan` evaluates specific sources.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::iam::{Decision, Document, Effect, StatementVerdict, Truth};
use crate::model::{EncryptionKind, Seen};
use crate::producer::encryption::EncryptionOutcome;
use crate::producer::{AclWay, Choices, Destination, FlowKeys, KeyFormat, LogSource, Prefix, Producer, bucket_probes};
use crate::state::{Bucket, DestinationState, KeyManager, Payer};

/// What a bucket allows one producer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Admission {
    pub producer: Producer,
    /// Whether the producer's logs can be written with the bucket's default encryption. `None` if the encryption could
    /// not be read.
    pub outcome: Option<EncryptionOutcome>,
    /// The Allow statements that name the producer's service, by Sid or position (from 1). The error is the reason why
    /// the policy could not be read.
    pub statements: Result<Vec<String>, String>,
    /// The Deny statements that block the service at the bucket's root, or may block it.
    pub denies: Vec<String>,
    /// The statements that may allow or block the service, each with the element that can't be decided.
    pub doubts: Vec<String>,
    /// Whether the bucket's ACL names the log delivery group.
    pub by_acl: bool,
    /// Why AWS delivers nothing to the bucket, whatever its policy: it has Object Lock, or requesters pay.
    pub refusals: Vec<&'static str>,
}

/// Returns an entry for each producer. Empty if there is no readable bucket.
pub(crate) fn admissions(state: &DestinationState) -> Vec<Admission> {
    let Some(bucket) = state.destination.bucket() else { return Vec::new() };
    let kind = default_kind(bucket, state);
    let of = |producer| Admission {
        producer,
        outcome: kind.map(|kind| producer.encryption(kind).outcome),
        statements: statements(bucket, producer, state.region.as_str()),
        denies: denies(&verdicts(bucket, producer, state)),
        doubts: doubts(&verdicts(bucket, producer, state)),
        by_acl: producer.facts().destination.acl == AclWay::LogDeliveryGroup
            && bucket.log_delivery_acl.present().is_some_and(|acl| acl.write),
        refusals: refusals(bucket, producer),
    };
    Producer::ALL.map(of).to_vec()
}

fn refusals(bucket: &Bucket, producer: Producer) -> Vec<&'static str> {
    let facts = &producer.facts().destination;
    let lock = facts.object_lock.filter(|_| bucket.object_lock.present().is_some());
    let payer = facts.requester_pays.filter(|_| bucket.payer.present() == Some(&Payer::Requester));
    lock.into_iter().chain(payer).map(|refusal| refusal.why).collect()
}

fn default_kind(bucket: &Bucket, state: &DestinationState) -> Option<EncryptionKind> {
    let kind = match &bucket.encryption {
        Seen::Present(encryption) => encryption.kind(),
        Seen::Absent => EncryptionKind::SseS3,
        Seen::Denied(_) => return None,
    };
    let by_aws = state.default_key.present().is_some_and(|key| key.manager == KeyManager::Aws);
    Some(if kind == EncryptionKind::SseKmsCustomer && by_aws { EncryptionKind::SseKmsAwsManaged } else { kind })
}

fn statements(bucket: &Bucket, producer: Producer, region: &str) -> Result<Vec<String>, String> {
    let text = match &bucket.policy {
        Seen::Present(text) => text,
        Seen::Absent => return Ok(Vec::new()),
        Seen::Denied(denial) => return Err(denial.to_string()),
    };
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let legacy = (producer.facts().legacy_account)(region);
    let named = |(index, statement): (usize, &Value)| {
        let allows = statement.get("Effect") == Some(&Value::from("Allow"));
        let by_service = names(statement.pointer("/Principal/Service"), |name| name == producer.facts().principal);
        let by_account =
            names(statement.pointer("/Principal/AWS"), |name| legacy.is_some_and(|account| name.contains(account)));
        let sid = statement.get("Sid").and_then(Value::as_str).map(str::to_owned);
        (allows && (by_service || by_account)).then(|| sid.unwrap_or_else(|| (index + 1).to_string()))
    };
    Ok(document.raw_statements().iter().enumerate().filter_map(named).collect())
}

/// Returns the decisions on each request of a delivery to the bucket's root, for a source with any name.
fn verdicts(bucket: &Bucket, producer: Producer, state: &DestinationState) -> Vec<Decision> {
    let Some(document) = bucket.policy.present().and_then(|text| Document::parse(text).ok()) else { return Vec::new() };
    let caller = &state.caller;
    let destination = Destination {
        partition: caller.partition,
        bucket: bucket.name.clone(),
        prefix: Prefix::default(),
        owner: caller.account.clone(),
        region: state.region.clone(),
        source_account: caller.account.clone(),
        key_format: KeyFormat::Simple,
        flow_keys: FlowKeys::default(),
    };
    let log_source = LogSource { name: "any".to_owned(), arn: format!("arn:{}:s3:::any", caller.partition) };
    let kind = Choices::default().kind(producer);
    bucket_probes(&kind, &log_source, &destination).iter().map(|probe| probe.judged(&document)).collect()
}

/// Returns the Deny statements that match a request, or may match it.
fn denies(decisions: &[Decision]) -> Vec<String> {
    let may_deny = |verdict: &&StatementVerdict| verdict.effect == Some(Effect::Deny) && verdict.truth != Truth::False;
    let matching = decisions.iter().flat_map(|decision| decision.statements.iter().filter(may_deny));
    let names: BTreeSet<String> =
        matching.map(|verdict| verdict.sid.clone().unwrap_or_else(|| (verdict.index + 1).to_string())).collect();
    names.into_iter().collect()
}

/// Returns the statements that leave a decision open: a Deny that may match or, if no Allow certainly matches, an Allow
/// that may match.
fn doubts(decisions: &[Decision]) -> Vec<String> {
    let mut doubts = BTreeMap::new();
    for decision in decisions {
        let is_granted =
            |verdict: &StatementVerdict| verdict.effect == Some(Effect::Allow) && verdict.truth == Truth::True;
        let is_allowed = decision.statements.iter().any(is_granted);
        let is_open = |verdict: &&StatementVerdict| {
            verdict.truth == Truth::Unknown && !(is_allowed && verdict.effect == Some(Effect::Allow))
        };
        for verdict in decision.statements.iter().filter(is_open) {
            doubts.entry(verdict.index).or_insert_with(|| verdict.to_string());
        }
    }
    doubts.into_values().collect()
}

/// Returns whether the text, or one item of the list, satisfies `is`.
fn names(value: Option<&Value>, is: impl Fn(&str) -> bool) -> bool {
    match value {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).any(is),
        Some(one) => one.as_str().is_some_and(is),
        None => false,
    }
}
