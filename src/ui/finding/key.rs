//! Sentences about customer managed keys.

use crate::plan::{FailingKey, KeyFinding, MissingKey, UnreadKey, UnusableKey};
use crate::producer::EncryptedBy;

use super::{Audience, Sentences};

pub(super) fn sentences(kind: &KeyFinding, name: &str, audience: Audience) -> Sentences {
    match kind {
        KeyFinding::ToCreate => Sentences::new(
            format!("key `{name}` does not exist yet"),
            "logs encrypted with a customer managed key need one that allows the log service",
        ),
        KeyFinding::Foreign { alias, encrypted_by } => Sentences::new(
            format!("alias `{alias}` belongs to key `{name}`, and no receipt shows that one of your runs created it"),
            "`create` uses and changes only keys that it created itself",
        )
        .hinted(match audience {
            Audience::CommandLine => format!(
                "use that key as it is with `{} {alias}`, name another key, or give that key another alias",
                flag(*encrypted_by)
            ),
            Audience::Wizard => {
                format!("use that key as it is (`an existing key`, `{alias}`), or give that key another alias")
            }
        }),
        KeyFinding::NoAlias { bucket, alias } => Sentences::new(
            format!("the key created for `{bucket}` has no alias `{alias}` yet"),
            "a later run finds the key by its alias",
        ),
        KeyFinding::Unknown(key) | KeyFinding::Gone(key) => missing(name, key, audience),
        KeyFinding::Unusable { reason, state, encrypted_by, is_to_create } => {
            let flag = flag(*encrypted_by);
            let other = match (audience, is_to_create) {
                (Audience::CommandLine, true) => format!("name another key with `{flag}`"),
                (Audience::CommandLine, false) => format!("name another key with `{flag}`, or use `{flag} create`"),
                (Audience::Wizard, _) => "choose another key".to_owned(),
            };
            Sentences::new(
                format!("`{name}` {}", unusable(reason)),
                "S3 needs an enabled symmetric customer managed key of the bucket's Region",
            )
            .hinted(match state.as_str() {
                "Disabled" => format!("enable the key, or {other}"),
                "PendingDeletion" => format!("cancel the key's deletion, or {other}; its aliases can be deleted"),
                _ => other,
            })
        }
        KeyFinding::FailingDefault(key) => {
            Sentences::new(failing_text(name, key), CANT_ENCRYPT).hinted(restore(name, key, audience))
        }
        KeyFinding::PolicyUnreadable { producer, unread } => {
            let (reason, hint) = unread_text(unread);
            let principal = producer.facts().principal;
            let found = Sentences::new(
                format!("could not tell whether the key policy allows `{principal}`: {reason}"),
                "if the key policy does not allow the service, logs never arrive, usually without an error",
            );
            Sentences { hint, ..found }
        }
    }
}

pub(super) const CANT_ENCRYPT: &str = "S3 can't encrypt logs with it, so none are written";

fn flag(encrypted_by: EncryptedBy) -> &'static str {
    match encrypted_by {
        EncryptedBy::Bucket => "--kms-key",
        EncryptedBy::Source => "--report-kms-key",
    }
}

fn missing(name: &str, key: &MissingKey, audience: Audience) -> Sentences {
    let what = if name.starts_with("arn:") {
        format!("key `{name}` does not exist")
    } else {
        format!("key `{name}` does not exist in {} of account {}", key.region, key.account)
    };
    Sentences::new(what, "logs can't be encrypted with a key that does not exist").hinted(match key.encrypted_by {
        EncryptedBy::Bucket => {
            audience.pick("name a key that exists, or `create`", "choose another default encryption")
        }
        EncryptedBy::Source => audience.pick(
            "use `--report-kms-key` with a key that exists, or with `create`",
            "choose another encryption of the reports",
        ),
    })
}

/// Returns why S3 can't use a key, to follow the key's name in a sentence.
pub(crate) fn unusable(reason: &UnusableKey) -> String {
    match reason {
        UnusableKey::AwsManaged => "is an AWS managed key, whose policy can't allow a log service".to_owned(),
        UnusableKey::OtherRegion { region, of_bucket } => format!("is in {region}, but the bucket is in {of_bucket}"),
        UnusableKey::OtherUse { spec, usage } => {
            format!("is a {spec} key for {usage}: S3 only uses symmetric encryption keys")
        }
        UnusableKey::State(state) => format!("is in state {state}"),
        UnusableKey::Missing => "does not exist".to_owned(),
    }
}

pub(super) fn failing_text(name: &str, key: &FailingKey) -> String {
    format!("`{name}`, the default encryption key of `{}`, {}", key.bucket, unusable(&key.reason))
}

/// Returns how to restore a key, or what to use instead.
pub(super) fn restore(name: &str, key: &FailingKey, audience: Audience) -> String {
    let region = &key.region;
    let other = match key.encrypted_by {
        EncryptedBy::Bucket => audience.pick(
            "choose another encryption with `--encryption sse-s3` or `--kms-key KEY`",
            "change the default encryption",
        ),
        EncryptedBy::Source => "give the bucket another key, or SSE-S3",
    };
    let enable = format!("aws kms enable-key --region {region} --key-id {name}");
    match key.state.as_deref() {
        Some("Disabled") => format!("`{enable}`, or {other}"),
        Some("PendingDeletion") => format!(
            "`aws kms cancel-key-deletion --region {region} --key-id {name}`, then `{enable}`: without the key, no one can read the objects that it encrypted; or {other}"
        ),
        Some(_) | None => other.to_owned(),
    }
}

/// Returns why the key policy is unknown, and the hint.
fn unread_text(unread: &UnreadKey) -> (String, Option<String>) {
    match unread {
        UnreadKey::Denied { denial, needed: None } => (denial.to_string(), None),
        UnreadKey::Denied { denial, needed: Some(needed) } => {
            (format!("{denial}; the key policy needs this statement: {needed}"), None)
        }
        UnreadKey::AskedByOtherName(denial) => {
            let hint = format!("allow `{}`, or name the key by its full ARN", denial.action);
            (denial.to_string(), Some(hint))
        }
        UnreadKey::DefaultByOtherName(denial) => {
            let hint = format!("allow `{}`: the bucket must name the key by its full ARN", denial.action);
            (denial.to_string(), Some(hint))
        }
        UnreadKey::Several => (
            "the sources' inventories use several keys, and none was read; `logbucket check` reads each of them"
                .to_owned(),
            None,
        ),
        UnreadKey::NotUnderstood { error, needed } => {
            (error.clone(), Some(format!("add this statement to the key policy by hand: {needed}")))
        }
    }
}
