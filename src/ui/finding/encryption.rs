//! Sentences about the bucket's default encryption.

use crate::plan::{DefaultEncryption, EncryptionFinding};
use crate::producer::Producer;

use super::{Sentences, key};

pub(super) const NAMED_BY_ARN: &str =
    "a key ID or alias is resolved in the log service's account: only the full ARN names your key";

pub(super) fn sentences(kind: &EncryptionFinding, bucket: &str) -> Sentences {
    match kind {
        EncryptionFinding::Unreadable { denial, .. } => Sentences::new(
            format!("the default encryption is unknown: {denial}"),
            "the test object will show how objects are encrypted, but not which key the service may use",
        )
        .hinted(format!("allow `{}`: logbucket doesn't replace an encryption that it can't read", denial.action)),
        EncryptionFinding::NotSet { producer, wanted } => Sentences::new(
            format!("`{bucket}` has no default encryption setting yet"),
            producer.encryption(*wanted).why,
        ),
        EncryptionFinding::NotAsAsked { producer, present, wanted } => {
            Sentences::new(present_text(bucket, *producer, present), producer.encryption(*wanted).why)
        }
        EncryptionFinding::NotWritable { producer, present } => {
            Sentences::new(present_text(bucket, *producer, present), producer.encryption(present.kind).why)
        }
        EncryptionFinding::ShownByLogs { producer, kind } => Sentences::new(
            format!(
                "`{bucket}` has default encryption {}; it stays, because recent logs were delivered with it",
                kind.title()
            ),
            format!("AWS's documentation disagrees: {}", producer.encryption(*kind).why),
        ),
        EncryptionFinding::KeyNotArn { name } => {
            Sentences::new(format!("the default encryption of `{bucket}` names its key as `{name}`"), NAMED_BY_ARN)
        }
    }
}

fn present_text(bucket: &str, producer: Producer, present: &DefaultEncryption) -> String {
    let failing = present.failing_key.as_ref();
    let failing = failing.map(|(arn, reason)| format!(", and its key `{arn}` {}", key::unusable(reason)));
    let allowed = if present.may_allow {
        format!(", and its key policy allows or may allow `{}`", producer.facts().principal)
    } else {
        String::new()
    };
    format!("`{bucket}` has default encryption {}{}{allowed}", present.kind.title(), failing.unwrap_or_default())
}
