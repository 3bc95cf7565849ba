//! Who may write to a bucket, by its encryption and the statements of its policy that name a log service.
//!
//! An overview for a reader: whether a certain source is let in is judged by the evaluator, in `plan`.

use serde_json::Value;

use crate::iam::Document;
use crate::model::{BucketEncryption, EncryptionKind, Producer};
use crate::producer::encryption::{Outcome, rule};
use crate::producer::{alb, principal};
use crate::state::{Bucket, KeyManager, Looked, Seen};

/// What a bucket says to a producer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Admission {
    /// The producer.
    pub producer: Producer,
    /// Whether its logs could be written with the default encryption.
    pub outcome: Outcome,
    /// The Allow statements that name its service, by Sid or by their position from 1; or why the policy is not known.
    pub statements: Result<Vec<String>, String>,
}

/// What the bucket says to each producer; nothing where there is no bucket to look at.
pub fn admissions(looked: &Looked) -> Vec<Admission> {
    let Some(bucket) = looked.destination.bucket() else { return Vec::new() };
    let kind = default_kind(bucket, looked);
    let of = |producer| Admission {
        producer,
        outcome: rule(producer, kind).outcome,
        statements: statements(bucket, producer, looked.region.as_str()),
    };
    Producer::ALL.map(of).to_vec()
}

fn default_kind(bucket: &Bucket, looked: &Looked) -> EncryptionKind {
    let kind = bucket.encryption.present().map_or(EncryptionKind::SseS3, BucketEncryption::kind);
    let by_aws = looked.default_key.present().is_some_and(|key| key.manager == KeyManager::Aws);
    if kind == EncryptionKind::SseKmsCustomer && by_aws { EncryptionKind::SseKmsAwsManaged } else { kind }
}

fn statements(bucket: &Bucket, producer: Producer, region: &str) -> Result<Vec<String>, String> {
    let text = match &bucket.policy {
        Seen::Present(text) => text,
        Seen::Absent => return Ok(Vec::new()),
        Seen::Denied(denial) => return Err(denial.to_string()),
    };
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let legacy = (producer == Producer::Alb).then(|| alb::legacy_account(region)).flatten();
    let named = |(index, statement): (usize, &Value)| {
        let allows = statement.get("Effect") == Some(&Value::from("Allow"));
        let by_service = names(statement.pointer("/Principal/Service"), |name| name == principal(producer));
        let by_account =
            names(statement.pointer("/Principal/AWS"), |name| legacy.is_some_and(|account| name.contains(account)));
        let sid = statement.get("Sid").and_then(Value::as_str).map(str::to_owned);
        (allows && (by_service || by_account)).then(|| sid.unwrap_or_else(|| (index + 1).to_string()))
    };
    Ok(document.raw_statements().iter().enumerate().filter_map(named).collect())
}

/// Whether a text, or one of several, is so.
fn names(value: Option<&Value>, is: impl Fn(&str) -> bool) -> bool {
    match value {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).any(is),
        Some(one) => one.as_str().is_some_and(is),
        None => false,
    }
}
