//! Can the producer write with the bucket's default encryption?

use std::fmt::Write as _;

use crate::model::{BucketEncryption, Encryption, EncryptionKind, KeyChoice, KeySlot, Seen};
use crate::plan::world::World;
use crate::plan::{ExpectedKey, Finding, FindingId, Fix, PlannedStep, Severity, Step};
use crate::producer::encryption::Outcome;
use crate::producer::{EncryptedBy, Producer};
use crate::state::Key;

use super::{key, reports, unnamed};

const BY_DEFAULT: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html";

/// The new default encryption.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::plan) enum Target {
    /// The existing default encryption.
    Keep,
    /// SSE-S3.
    SseS3,
    /// SSE-KMS with this key.
    SseKms(KeySlot),
}

/// Returns the bucket's new default encryption.
pub(in crate::plan) fn target(world: &World<'_>) -> Target {
    match (&world.request.encryption, world.bucket()) {
        (Encryption::SseKms(_), _) => asked_key(world),
        (Encryption::SseS3, Some(_)) if world.present_kind() == EncryptionKind::SseS3 => Target::Keep,
        (Encryption::Unstated, Some(_)) => unstated(world),
        (Encryption::SseS3, _) | (Encryption::Unstated, None) => Target::SseS3,
    }
}

fn asked_key(world: &World<'_>) -> Target {
    let key = &world.observed.default_key;
    let seen = key.present().map(|key| &key.arn);
    let Some(arn) = seen.or_else(|| key::undescribed_arn(world, key::choice_of(&world.request.encryption), key)) else {
        // A named key that does not exist is an error, so no other key is created.
        let create = world.request.encryption == Encryption::SseKms(KeyChoice::Create);
        return if create { Target::SseKms(KeySlot::Created) } else { Target::Keep };
    };
    let arn = arn.clone();
    let named =
        world.present_encryption().filter(|present| present.algorithm == "aws:kms").and_then(BucketEncryption::key_arn);
    if named.as_ref() == Some(&arn) { Target::Keep } else { Target::SseKms(KeySlot::Known(arn)) }
}

fn unstated(world: &World<'_>) -> Target {
    // Reports name their own encryption, so they don't change the bucket's default.
    if world.facts().encrypted_by == EncryptedBy::Source {
        return Target::Keep;
    }
    match world.producer().encryption(world.present_kind()).outcome {
        Outcome::Works => Target::Keep,
        Outcome::NotSupported if world.default_is_shown() => Target::Keep,
        Outcome::NotSupported => Target::SseS3,
        Outcome::WorksWithKeyPolicy => kept_key(world),
    }
}

/// Returns whether a default encryption stays because logs arrive, although AWS documents that this encryption blocks
/// the service.
pub(super) fn is_kept_against_documents(world: &World<'_>) -> bool {
    world.request.encryption == Encryption::Unstated
        && world.bucket().is_some()
        && world.facts().encrypted_by == EncryptedBy::Bucket
        && world.producer().encryption(world.present_kind()).outcome == Outcome::NotSupported
        && target(world) == Target::Keep
}

fn kept_against_documents(world: &World<'_>) -> Option<Finding> {
    let kind = world.present_kind();
    let what = || {
        let (bucket, title) = (&world.place.bucket, kind.title());
        format!("`{bucket}` has default encryption {title}; it stays, because recent logs were delivered with it")
    };
    is_kept_against_documents(world)
        .then(|| finding(world, kind, FindingId::EncryptionNotWritable, Severity::Warning, what(), Fix::Nothing))
        .map(|found| Finding { why: format!("AWS's documentation disagrees: {}", found.why), ..found })
}

/// Keeps an existing customer managed key if the service can be allowed to use it. If the setting doesn't name the key
/// by its ARN, the new setting does.
fn kept_key(world: &World<'_>) -> Target {
    let Some(present) = world.present_encryption() else { return Target::Keep };
    // No one asked to replace a failing key, so the run is refused.
    if key::fault_of_default(present, &world.place.region, &world.observed.default_key).is_some() {
        return Target::Keep;
    }
    match (&world.observed.default_key, present.key_arn()) {
        (Seen::Absent | Seen::Denied(_), _) | (Seen::Present(_), Some(_)) => Target::Keep,
        (Seen::Present(key), None) => Target::SseKms(KeySlot::Known(key.arn.clone())),
    }
}

/// Returns the key of objects that are written with the default encryption.
pub(in crate::plan) fn expected_key(world: &World<'_>) -> ExpectedKey {
    let denied = world.bucket().is_some_and(|bucket| bucket.encryption.denial().is_some());
    match target(world) {
        Target::SseS3 => ExpectedKey::None,
        Target::SseKms(KeySlot::Created) => ExpectedKey::Created,
        Target::SseKms(KeySlot::Known(arn)) => ExpectedKey::Known(arn.to_string()),
        // The setting could not be read, but the test object shows the encryption. A producer that can't use a key
        // needs SSE-S3.
        Target::Keep if denied => match world.producer().encryption(EncryptionKind::SseKmsCustomer).outcome {
            Outcome::NotSupported => ExpectedKey::None,
            Outcome::Works | Outcome::WorksWithKeyPolicy => ExpectedKey::Unknown,
        },
        Target::Keep => match world.present_encryption().map(|present| (present.kind(), present.key_arn())) {
            None | Some((EncryptionKind::SseS3, _)) => ExpectedKey::None,
            Some((EncryptionKind::SseKmsCustomer, Some(arn))) => ExpectedKey::Known(arn.to_string()),
            Some((_, Some(_) | None)) => ExpectedKey::Unknown,
        },
    }
}

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    let denied = world.bucket().and_then(|bucket| bucket.encryption.denial());
    let stated = world.request.encryption != Encryption::Unstated;
    // The bucket's default does not matter to reports that name their own encryption.
    let matters = world.facts().encrypted_by == EncryptedBy::Bucket || stated || reports::take_the_default(world);
    if let Some(denial) = denied.filter(|_| matters) {
        let fix = if stated {
            Fix::Impossible(format!(
                "allow `{}`: logbucket doesn't replace an encryption that it can't read",
                denial.action
            ))
        } else {
            Fix::Nothing
        };
        let found = finding(
            world,
            world.present_kind(),
            FindingId::EncryptionUnreadable,
            Severity::Warning,
            format!("the default encryption is unknown: {denial}"),
            fix,
        );
        let is_proven = !stated && world.has_logs_of_each();
        return vec![if is_proven { found.proven(&world.names_of_sources()) } else { found }];
    }
    match target(world) {
        Target::Keep => {
            let checks: [fn(&World<'_>) -> Option<Finding>; 5] = [
                kept_against_documents,
                reports::check,
                unnamed::check,
                reports::by_aws_managed_key,
                reports::by_other_name,
            ];
            checks.into_iter().filter_map(|check| check(world)).collect()
        }
        Target::SseS3 => vec![put(world, None)],
        Target::SseKms(slot) => vec![put(world, Some(slot))],
    }
}

fn put(world: &World<'_>, key: Option<KeySlot>) -> Finding {
    let kind = world.present_kind();
    let wanted = if key.is_some() { EncryptionKind::SseKmsCustomer } else { EncryptionKind::SseS3 };
    let cell = world.producer().encryption(kind);
    let before = world.present_encryption();
    let step = Step::PutBucketEncryption {
        bucket: world.place.bucket.clone(),
        before: before.cloned(),
        bucket_key: key.is_some() && before.is_some_and(|before| before.bucket_key),
        blocked: before.map_or_else(|| BucketEncryption::sse_s3().blocked, |before| before.blocked.clone()),
        key,
    };
    if world.bucket().is_none() || is_of_creation(world) {
        let what = format!("`{}` has no default encryption setting yet", world.place.bucket);
        let step = PlannedStep::creates(step);
        return finding(world, wanted, FindingId::EncryptionNotAsAsked, Severity::Info, what, Fix::Steps(vec![step]));
    }
    let fix = Fix::Steps(vec![PlannedStep::sets(step.clone(), risk(world, &step))]);
    let works = matches!(cell.outcome, Outcome::Works)
        || world.facts().encrypted_by == EncryptedBy::Source
        || matches!(world.request.encryption, Encryption::SseKms(KeyChoice::Existing(_) | KeyChoice::Create))
        || (matches!(cell.outcome, Outcome::WorksWithKeyPolicy) && present_key_works(world));
    // "Not supported" does not mean refused: logs may arrive if the key policy allows or may allow the service.
    let may_arrive = matches!(cell.outcome, Outcome::NotSupported)
        && kind == EncryptionKind::SseKmsCustomer
        && !matches!(world.request.encryption, Encryption::SseKms(_))
        && key::may_let_in(world);
    // The form of the key's name only matters for a producer that can use a key.
    let named_badly = matches!(cell.outcome, Outcome::WorksWithKeyPolicy)
        && before.is_some_and(|before| before.kind() == EncryptionKind::SseKmsCustomer && before.key_arn().is_none());
    let (id, severity) = match (works, named_badly) {
        (_, true) => (FindingId::EncryptionKeyNotArn, Severity::Error),
        (true, false) => (FindingId::EncryptionNotAsAsked, Severity::Info),
        (false, false) if may_arrive => (FindingId::EncryptionNotWritable, Severity::Warning),
        (false, false) => (FindingId::EncryptionNotWritable, Severity::Error),
    };
    let unusable = world.observed.default_key.present().and_then(|key| {
        let reason = key::unusable(&world.place.region, key)?;
        Some(format!(", and its key `{}` {reason}", key.arn))
    });
    let state = unusable
        .filter(|_| before.is_some_and(|before| before.kind() == EncryptionKind::SseKmsCustomer))
        .unwrap_or_default();
    let allowed = if may_arrive {
        format!(", and its key policy allows or may allow `{}`", world.producer().facts().principal)
    } else {
        String::new()
    };
    // If the finding is only about the request, it describes the requested encryption. Otherwise it describes the
    // current one.
    let judged = if id == FindingId::EncryptionNotAsAsked { wanted } else { kind };
    finding(
        world,
        judged,
        id,
        severity,
        match before.and_then(|before| before.key.as_deref()).filter(|_| named_badly) {
            Some(name) => format!("the default encryption of `{}` names its key as `{name}`", world.place.bucket),
            None => format!("`{}` has default encryption {}{state}{allowed}", world.place.bucket, kind.title()),
        },
        fix,
    )
}

/// Returns whether the current default key allows the producer to write. A requested replacement is then not necessary.
fn present_key_works(world: &World<'_>) -> bool {
    let key = world.observed.default_key.present();
    key.is_some_and(|key| key::unusable(&world.place.region, key).is_none() && key::lets_in(world, key))
}

/// Returns whether a bucket that an earlier run left unfinished still has the default encryption of a new bucket. A
/// value that someone set later is replaced like any other value. Blocked encryption types stay blocked and are not
/// compared.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html>
fn is_of_creation(world: &World<'_>) -> bool {
    let as_given = BucketEncryption { blocked: Vec::new(), ..BucketEncryption::sse_s3() };
    let given = |present: &BucketEncryption| BucketEncryption { blocked: Vec::new(), ..present.clone() } == as_given;
    world.is_unfinished() && world.present_encryption().is_none_or(given)
}

/// Describes the effect on others. A KMS key shuts out the log services that can't write to a bucket with one.
fn risk(world: &World<'_>, step: &Step) -> String {
    let mut risk =
        "existing objects keep their encryption; new objects from every writer get the new default".to_owned();
    let text = world.bucket().and_then(|bucket| bucket.policy.present()).map(String::as_str).unwrap_or_default();
    if matches!(step, Step::PutBucketEncryption { key: Some(_), .. }) {
        let others =
            Producer::ALL.into_iter().filter(|producer| !producer.encryption(EncryptionKind::SseKmsCustomer).offered);
        for principal in others
            .map(|producer| producer.facts().principal)
            .filter(|principal| text.contains(&format!("\"{principal}\"")))
        {
            let _ = write!(risk, "; `{principal}`, which the bucket policy allows, can no longer deliver");
        }
    }
    risk
}

/// Returns a finding whose reason is the producer's rule for this kind of encryption.
#[expect(clippy::too_many_arguments, reason = "the fields of a finding")]
fn finding(
    world: &World<'_>,
    kind: EncryptionKind,
    id: FindingId,
    severity: Severity,
    what: String,
    fix: Fix,
) -> Finding {
    let cell = world.producer().encryption(kind);
    let (why, page) = if id == FindingId::EncryptionKeyNotArn {
        ("a key ID or alias is resolved in the log service's account: only the full ARN names your key", BY_DEFAULT)
    } else if id == FindingId::EncryptionUnreadable {
        ("the test object will show how objects are encrypted, but not which key the service may use", cell.source)
    } else {
        (cell.why, cell.source)
    };
    Finding { id, severity, subject: world.place.bucket.to_string(), what, why: why.to_owned(), page, fix }
}

/// Returns the default key that logs will be encrypted with, if it exists.
pub(super) fn known_default_key<'a>(world: &World<'a>) -> Option<&'a Key> {
    match target(world) {
        Target::SseS3 | Target::SseKms(KeySlot::Created) => None,
        Target::Keep if world.present_kind() == EncryptionKind::SseS3 => None,
        // AWS does not document the requests for such a key, so only delivered logs show that the key works.
        Target::Keep if is_kept_against_documents(world) => None,
        Target::Keep | Target::SseKms(KeySlot::Known(_)) => world.observed.default_key.present(),
    }
}
