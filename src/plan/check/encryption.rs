//! Can the producer write with the bucket's default encryption?

use crate::model::{BucketEncryption, Encryption, EncryptionKind, KeyChoice, KeySlot, Seen};
use crate::plan::plan_context::PlanContext;
use crate::plan::{DefaultEncryption, EncryptionFinding, ExpectedKey, Finding, Fix, Hint, PlannedStep, Risk, Step};
use crate::producer::encryption::EncryptionOutcome;
use crate::producer::{EncryptedBy, Producer};
use crate::state::Key;

use super::{key, reports, unnamed};

/// The new default encryption.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::plan) enum TargetEncryption {
    /// The existing default encryption.
    Keep,
    /// SSE-S3.
    SseS3,
    /// SSE-KMS with this key.
    SseKms(KeySlot),
}

/// Returns the bucket's new default encryption.
pub(in crate::plan) fn target(context: &PlanContext<'_>) -> TargetEncryption {
    match (&context.request.encryption, context.bucket()) {
        (Encryption::SseKms(_), _) => asked_key(context),
        (Encryption::SseS3, Some(_)) if context.present_kind() == EncryptionKind::SseS3 => TargetEncryption::Keep,
        (Encryption::Unstated, Some(_)) => unstated(context),
        (Encryption::SseS3, _) | (Encryption::Unstated, None) => TargetEncryption::SseS3,
    }
}

fn asked_key(context: &PlanContext<'_>) -> TargetEncryption {
    let key = &context.observed.default_key;
    let seen = key.present().map(|key| &key.arn);
    let Some(arn) = seen.or_else(|| key::undescribed_arn(context, key::choice_of(&context.request.encryption), key))
    else {
        // A named key that does not exist is an error, so no other key is created.
        let create = context.request.encryption == Encryption::SseKms(KeyChoice::Create);
        return if create { TargetEncryption::SseKms(KeySlot::Created) } else { TargetEncryption::Keep };
    };
    let arn = arn.clone();
    let named = context
        .present_encryption()
        .filter(|present| present.algorithm == "aws:kms")
        .and_then(BucketEncryption::key_arn);
    if named.as_ref() == Some(&arn) { TargetEncryption::Keep } else { TargetEncryption::SseKms(KeySlot::Known(arn)) }
}

fn unstated(context: &PlanContext<'_>) -> TargetEncryption {
    // Reports name their own encryption, so they don't change the bucket's default.
    if context.facts().encrypted_by == EncryptedBy::Source {
        return TargetEncryption::Keep;
    }
    match context.producer().encryption(context.present_kind()).outcome {
        EncryptionOutcome::Works => TargetEncryption::Keep,
        EncryptionOutcome::NotSupported if context.default_is_shown() => TargetEncryption::Keep,
        EncryptionOutcome::NotSupported => TargetEncryption::SseS3,
        EncryptionOutcome::WorksWithKeyPolicy => kept_key(context),
    }
}

/// Returns whether a default encryption stays because logs arrive, although AWS documents that this encryption blocks
/// the service.
pub(super) fn is_kept_against_documents(context: &PlanContext<'_>) -> bool {
    context.request.encryption == Encryption::Unstated
        && context.bucket().is_some()
        && context.facts().encrypted_by == EncryptedBy::Bucket
        && context.producer().encryption(context.present_kind()).outcome == EncryptionOutcome::NotSupported
        && target(context) == TargetEncryption::Keep
}

fn kept_against_documents(context: &PlanContext<'_>) -> Option<Finding> {
    let (producer, kind) = (context.producer(), context.present_kind());
    let kept = || finding(context, EncryptionFinding::ShownByLogs { producer, kind }, Fix::Nothing);
    is_kept_against_documents(context).then(kept)
}

/// Keeps an existing customer managed key if the service can be allowed to use it. If the setting doesn't name the key
/// by its ARN, the new setting does.
fn kept_key(context: &PlanContext<'_>) -> TargetEncryption {
    let Some(present) = context.present_encryption() else { return TargetEncryption::Keep };
    // No one asked to replace a failing key, so the run is refused.
    if key::fault_of_default(present, &context.destination.region, &context.observed.default_key).is_some() {
        return TargetEncryption::Keep;
    }
    match (&context.observed.default_key, present.key_arn()) {
        (Seen::Absent | Seen::Denied(_), _) | (Seen::Present(_), Some(_)) => TargetEncryption::Keep,
        (Seen::Present(key), None) => TargetEncryption::SseKms(KeySlot::Known(key.arn.clone())),
    }
}

/// Returns the key of objects that are written with the default encryption.
pub(in crate::plan) fn expected_key(context: &PlanContext<'_>) -> ExpectedKey {
    let denied = context.bucket().is_some_and(|bucket| bucket.encryption.denial().is_some());
    match target(context) {
        TargetEncryption::SseS3 => ExpectedKey::None,
        TargetEncryption::SseKms(KeySlot::Created) => ExpectedKey::Created,
        TargetEncryption::SseKms(KeySlot::Known(arn)) => ExpectedKey::Known(arn.to_string()),
        // The setting could not be read, but the test object shows the encryption. A producer that can't use a key
        // needs SSE-S3.
        TargetEncryption::Keep if denied => match context.producer().encryption(EncryptionKind::SseKmsCustomer).outcome
        {
            EncryptionOutcome::NotSupported => ExpectedKey::None,
            EncryptionOutcome::Works | EncryptionOutcome::WorksWithKeyPolicy => ExpectedKey::Unknown,
        },
        TargetEncryption::Keep => match context.present_encryption().map(|present| (present.kind(), present.key_arn()))
        {
            None | Some((EncryptionKind::SseS3, _)) => ExpectedKey::None,
            Some((EncryptionKind::SseKmsCustomer, Some(arn))) => ExpectedKey::Known(arn.to_string()),
            Some((_, Some(_) | None)) => ExpectedKey::Unknown,
        },
    }
}

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    let denied = context.bucket().and_then(|bucket| bucket.encryption.denial());
    let stated = context.request.encryption != Encryption::Unstated;
    // The bucket's default does not matter to reports that name their own encryption.
    let matters = context.facts().encrypted_by == EncryptedBy::Bucket || stated || reports::take_the_default(context);
    if let Some(denial) = denied.filter(|_| matters) {
        let kind = EncryptionFinding::Unreadable { producer: context.producer(), denial: denial.clone() };
        let fix = if stated { Fix::Impossible(Hint::OfKind) } else { Fix::Nothing };
        let found = finding(context, kind, fix);
        let is_proven = !stated && context.has_logs_of_each();
        return vec![if is_proven { found.proven(context.names_of_sources()) } else { found }];
    }
    match target(context) {
        TargetEncryption::Keep => {
            let checks: [fn(&PlanContext<'_>) -> Option<Finding>; 5] = [
                kept_against_documents,
                reports::check,
                unnamed::check,
                reports::by_aws_managed_key,
                reports::by_other_name,
            ];
            checks.into_iter().filter_map(|check| check(context)).collect()
        }
        TargetEncryption::SseS3 => vec![put(context, None)],
        TargetEncryption::SseKms(slot) => vec![put(context, Some(slot))],
    }
}

fn put(context: &PlanContext<'_>, key: Option<KeySlot>) -> Finding {
    let kind = context.present_kind();
    let wanted = if key.is_some() { EncryptionKind::SseKmsCustomer } else { EncryptionKind::SseS3 };
    let cell = context.producer().encryption(kind);
    let before = context.present_encryption();
    let step = Step::PutBucketEncryption {
        bucket: context.destination.bucket.clone(),
        before: before.cloned(),
        bucket_key: key.is_some() && before.is_some_and(|before| before.bucket_key),
        blocked: before.map_or_else(|| BucketEncryption::sse_s3().blocked, |before| before.blocked.clone()),
        key,
    };
    if context.bucket().is_none() || is_of_creation(context) {
        let kind = EncryptionFinding::NotSet { producer: context.producer(), wanted };
        return finding(context, kind, Fix::Steps(vec![PlannedStep::creates(step)]));
    }
    let fix = Fix::Steps(vec![PlannedStep::sets(step.clone(), risk(context, &step))]);
    let works = matches!(cell.outcome, EncryptionOutcome::Works)
        || context.facts().encrypted_by == EncryptedBy::Source
        || matches!(context.request.encryption, Encryption::SseKms(KeyChoice::Existing(_) | KeyChoice::Create))
        || (matches!(cell.outcome, EncryptionOutcome::WorksWithKeyPolicy) && present_key_works(context));
    // "Not supported" does not mean refused: logs may arrive if the key policy allows or may allow the service.
    let may_allow = matches!(cell.outcome, EncryptionOutcome::NotSupported)
        && kind == EncryptionKind::SseKmsCustomer
        && !matches!(context.request.encryption, Encryption::SseKms(_))
        && key::may_allow_service(context);
    // The form of the key's name only matters for a producer that can use a key.
    let other_name = before.filter(|before| {
        matches!(cell.outcome, EncryptionOutcome::WorksWithKeyPolicy)
            && before.kind() == EncryptionKind::SseKmsCustomer
            && before.key_arn().is_none()
    });
    if let Some(name) = other_name.and_then(|before| before.key.clone()) {
        return finding(context, EncryptionFinding::KeyNotArn { name }, fix);
    }
    let customers_key = context
        .observed
        .default_key
        .present()
        .filter(|_| before.is_some_and(|before| before.kind() == EncryptionKind::SseKmsCustomer));
    let failing_key =
        customers_key.and_then(|key| Some((key.arn.clone(), key::unusable(&context.destination.region, key)?)));
    let (producer, present) = (context.producer(), DefaultEncryption { kind, failing_key, may_allow });
    let kind = if works {
        EncryptionFinding::NotAsAsked { producer, present, wanted }
    } else {
        EncryptionFinding::NotWritable { producer, present }
    };
    finding(context, kind, fix)
}

/// Returns whether the current default key allows the producer to write. A requested replacement is then not necessary.
fn present_key_works(context: &PlanContext<'_>) -> bool {
    let key = context.observed.default_key.present();
    key.is_some_and(|key| {
        key::unusable(&context.destination.region, key).is_none() && key::allows_service(context, key)
    })
}

/// Returns whether a bucket that an earlier run left unfinished still has the default encryption of a new bucket. A
/// value that someone set later is replaced like any other value. Blocked encryption types stay blocked and are not
/// compared.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html>
fn is_of_creation(context: &PlanContext<'_>) -> bool {
    let as_given = BucketEncryption { blocked: Vec::new(), ..BucketEncryption::sse_s3() };
    let given = |present: &BucketEncryption| BucketEncryption { blocked: Vec::new(), ..present.clone() } == as_given;
    context.is_unfinished() && context.present_encryption().is_none_or(given)
}

/// Returns the effect on others. A KMS key blocks the log services that can't write to a bucket with one.
fn risk(context: &PlanContext<'_>, step: &Step) -> Risk {
    let text = context.bucket().and_then(|bucket| bucket.policy.present()).map(String::as_str).unwrap_or_default();
    let others =
        Producer::ALL.into_iter().filter(|producer| !producer.encryption(EncryptionKind::SseKmsCustomer).offered);
    let blocked_services = if matches!(step, Step::PutBucketEncryption { key: Some(_), .. }) {
        let principals = others.map(|producer| producer.facts().principal);
        principals.filter(|principal| text.contains(&format!("\"{principal}\""))).collect()
    } else {
        Vec::new()
    };
    Risk::NewDefault { blocked_services }
}

fn finding(context: &PlanContext<'_>, kind: EncryptionFinding, fix: Fix) -> Finding {
    Finding::new(context.destination.bucket.as_str(), kind, fix)
}

/// Returns the default key that logs will be encrypted with, if it exists.
pub(super) fn known_default_key<'a>(context: &PlanContext<'a>) -> Option<&'a Key> {
    match target(context) {
        TargetEncryption::SseS3 | TargetEncryption::SseKms(KeySlot::Created) => None,
        TargetEncryption::Keep if context.present_kind() == EncryptionKind::SseS3 => None,
        // AWS does not document the requests for such a key, so only delivered logs show that the key works.
        TargetEncryption::Keep if is_kept_against_documents(context) => None,
        TargetEncryption::Keep | TargetEncryption::SseKms(KeySlot::Known(_)) => context.observed.default_key.present(),
    }
}
