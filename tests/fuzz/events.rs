//! Reads `CloudTrail` records, one per line, and formats them. Their text comes from whoever made the calls.

use logbucket::internals::aws::trail_event;
use logbucket::internals::health::{Diagnosis, Health, operations, story};
use logbucket::internals::iam::NarrowError;
use logbucket::internals::model::{EncryptionKind, Moment, Seen};
use logbucket::internals::plan::{
    DefaultEncryption, EncryptionFinding, Finding, FindingKind, Fix, GrantFinding, PolicyFinding,
};
use logbucket::internals::producer::{Attachment, ConfiguredDestination, KeyFormat, Log, Producer, Source};
use logbucket::internals::state::TrailEvent;
use serde_json::Value;

use crate::worlds::{observed, request};

const HOUR: i64 = 3600;

/// A time long after the last event.
const NOW: Moment = Moment(1_800_000_000);

/// Checks everything that must be true for event records from AWS.
pub(crate) fn holds(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let newest_first: Vec<TrailEvent> = (0..).zip(text.lines()).filter_map(|(ago, record)| read(ago, record)).collect();
    let mut oldest_first = newest_first.clone();
    oldest_first.reverse();
    for (diagnosis, delivered) in diagnoses() {
        assert!(!operations(&diagnosis).is_empty());
        let reported = story(&diagnosis, None, &newest_first, delivered, NOW);
        assert_eq!(reported, story(&diagnosis, None, &oldest_first, delivered, NOW), "the order of the pages matters");
        if let Some(reported) = reported {
            assert!(newest_first.iter().any(|event| reported.contains(&event.user)), "nobody is named: {reported}");
        }
    }
}

/// Reads a record. Checks that everything in the result comes from the record.
fn read(ago: i64, text: &str) -> Option<TrailEvent> {
    let record: Value = serde_json::from_str(text).unwrap_or_default();
    let name = record["eventName"].as_str().unwrap_or("PutBucketPolicy");
    let at = NOW.0.saturating_sub(ago.saturating_mul(HOUR));
    let event = trail_event(at, name, None, text)?;
    assert_eq!((event.at, event.name.as_str()), (Moment(at), name));
    let parameters = record["requestParameters"].as_object().expect("a subject is a parameter");
    assert!(!event.subject.is_empty() && parameters.values().any(|value| holds_text(value, &event.subject)));
    assert!(!event.user.is_empty());
    assert_eq!(event.error.is_some(), record["errorCode"].as_str().is_some_and(|code| !code.is_empty()));
    let asked = record["requestParameters"]["attributes"].as_array().map_or(0, Vec::len);
    assert!(event.attributes.len() <= asked);
    Some(event)
}

/// Returns whether the text is a value in the JSON, or its content.
fn holds_text(value: &Value, text: &str) -> bool {
    match value {
        Value::String(value) => value == text,
        Value::Object(fields) => fields.values().any(|value| holds_text(value, text)),
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) => false,
    }
}

/// Returns logs that don't arrive, each with the time of its newest object, if any.
fn diagnoses() -> Vec<(Diagnosis, Option<Moment>)> {
    let of = |producer: Producer| {
        let request = request(producer, |_| {});
        let source = observed(&request, logbucket::internals::state::BucketState::Absent).sources.swap_remove(0);
        let log = match source {
            Source::LoadBalancer(_) => Log::LoadBalancer(logbucket::internals::producer::LogType::Access),
            Source::Bucket(_) => Log::Requests,
            Source::Network(_) => Log::Flow(Some("fl-0a1b2c3d4e5f60718".to_owned())),
        };
        let target = ConfiguredDestination {
            bucket: "acme-logs".to_owned(),
            prefix: String::new(),
            key_format: KeyFormat::Simple,
            inventory: None,
            flow_log: None,
        };
        Attachment { source, log, target: Seen::Present(target) }
    };
    let dead = |producer, kind: FindingKind| Diagnosis {
        attachment: of(producer).into(),
        health: Health::Dead,
        findings: vec![Finding { kind, subject: String::new(), fix: Fix::Nothing }],
        inferred: Vec::new(),
        newest: None,
        fix: None,
        vended: None,
    };
    let off = Diagnosis {
        attachment: Attachment { target: Seen::Absent, ..of(Producer::Alb) }.into(),
        health: Health::Off,
        findings: Vec::new(),
        inferred: Vec::new(),
        newest: None,
        fix: None,
        vended: None,
    };
    let grant = GrantFinding::NotEnough { request: String::new() };
    let present = DefaultEncryption { kind: EncryptionKind::SseKmsAwsManaged, failing_key: None, may_allow: false };
    let encryption = EncryptionFinding::NotWritable { producer: Producer::S3Access, present };
    let deny = PolicyFinding::NotExemptable { name: String::new(), error: NarrowError::NotADeny };
    vec![
        (dead(Producer::Alb, grant.into()), Some(Moment(NOW.0 - 5 * HOUR))),
        (dead(Producer::S3Access, encryption.into()), Some(Moment(NOW.0 - 90 * HOUR))),
        (dead(Producer::S3Access, deny.into()), None),
        (off, None),
    ]
}
