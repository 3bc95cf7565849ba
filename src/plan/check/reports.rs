//! The encryption of reports. The source's own configuration sets it, or else the bucket's default does.

use std::collections::BTreeSet;

use crate::iam::{Document, PolicyAnswer, evaluate};
use crate::model::{BucketEncryption, EncryptionKind, KeyArn, KeyChoice, KeyRef, KeyRefError, KeySlot, Seen};
use crate::plan::plan_context::PlanContext;
use crate::plan::{FailingKey, Finding, FindingId, Fix, ReportFinding};
use crate::producer::{Destination, EncryptedBy, OwnEncryption, OwnToday, ReportKey, Source};
use crate::state::Key;

use super::encryption::{TargetEncryption, target};
use super::{key, unnamed};

/// The effect of the bucket's default encryption on reports whose configuration names no encryption.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ByDefault<'a> {
    /// The reports get SSE-S3.
    SseS3,
    /// The reports use this key, and its policy certainly allows the service.
    Key(&'a Key),
    /// The reports would use this key, but its policy lacks a statement for the service.
    Shut(&'a Key),
    /// The reports may arrive: the setting, the key or its policy could not be read or evaluated.
    Perhaps(Option<&'a Key>),
    /// The reports don't arrive, or no one can read them.
    Useless,
}

/// Returns the effect of the bucket's default on reports once the plan is carried out.
pub(super) fn by_default<'a>(context: &PlanContext<'a>) -> ByDefault<'a> {
    let Some(bucket) = context.bucket().filter(|_| target(context) == TargetEncryption::Keep) else {
        return ByDefault::SseS3;
    };
    if bucket.encryption.denial().is_some() {
        return ByDefault::Perhaps(None);
    }
    let named = bucket.encryption.present().and_then(BucketEncryption::key_arn);
    match (context.present_kind(), &context.observed.default_key, named) {
        (EncryptionKind::SseS3, _, _) => ByDefault::SseS3,
        (EncryptionKind::SseKmsCustomer, Seen::Present(key), Some(_)) => by_key(context, key),
        (EncryptionKind::SseKmsCustomer, Seen::Denied(_), Some(_)) => ByDefault::Perhaps(None),
        (EncryptionKind::SseKmsAwsManaged | EncryptionKind::DsseKms | EncryptionKind::Other, _, _)
            if context.default_is_shown() =>
        {
            ByDefault::Perhaps(None)
        }
        (
            EncryptionKind::SseKmsCustomer
            | EncryptionKind::SseKmsAwsManaged
            | EncryptionKind::DsseKms
            | EncryptionKind::Other,
            _,
            _,
        ) => ByDefault::Useless,
    }
}

fn by_key<'a>(context: &PlanContext<'_>, key: &'a Key) -> ByDefault<'a> {
    if key::unusable(&context.destination.region, key).is_some() {
        return ByDefault::Useless;
    }
    let text = match &key.policy {
        Seen::Present(text) => text,
        Seen::Denied(_) => return ByDefault::Perhaps(Some(key)),
        Seen::Absent => return ByDefault::Useless,
    };
    let Ok(document) = Document::parse(text) else { return ByDefault::Perhaps(Some(key)) };
    let decisions: Vec<_> =
        key::probes(context, key).iter().map(|(_, probe)| evaluate(&document, &probe.request)).collect();
    if decisions.iter().all(|decision| decision.answer == PolicyAnswer::Allowed) {
        return ByDefault::Key(key);
    }
    let perhaps = decisions.iter().all(|decision| {
        decision.answer == PolicyAnswer::Allowed
            || (decision.answer == PolicyAnswer::Unknown && decision.allow_possible)
    });
    // Adding a statement does not help against a Deny.
    let is_denied = decisions.iter().any(|decision| decision.answer == PolicyAnswer::ExplicitlyDenied);
    match (perhaps, is_denied) {
        (true, _) => ByDefault::Perhaps(Some(key)),
        (false, false) => ByDefault::Shut(key),
        (false, true) => ByDefault::Useless,
    }
}

/// Returns the encryption in a source's current configuration.
pub(super) fn today<'a>(context: &PlanContext<'_>, source: &'a Source) -> Option<OwnToday<'a>> {
    context.request.kind.own_encryption_today(source, &context.destination)
}

/// Returns the encryption that the configuration of this source will name. If the log service only uses the bucket's
/// default, returns the default.
///
/// A working encryption is kept unless a key is requested.
pub(in crate::plan) fn own_encryption(context: &PlanContext<'_>, source: &Source) -> OwnEncryption<ReportKey> {
    match context.facts().encrypted_by {
        EncryptedBy::Bucket => return OwnEncryption::BucketDefault,
        EncryptedBy::Source => {}
    }
    let known = |key: &Key| OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(key.arn.clone())));
    let asked = context.request.kind.report_key();
    if let Some(arn) = key::undescribed_arn(context, asked, &context.observed.report_key) {
        return OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(arn.clone())));
    }
    match (asked, context.observed.report_key.present()) {
        (Some(_), Some(key)) => return known(key),
        // The current configuration already names this key, so nothing changes, although the key could not be read.
        (Some(KeyChoice::Existing(_)), None)
            if is_named_today(source, asked) && context.observed.report_key.denial().is_some() => {}
        (Some(KeyChoice::Create), None) => return OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Created)),
        // A named key that does not exist is reported as an error; no other key takes its place.
        (Some(KeyChoice::Existing(_)), None) => return OwnEncryption::SseS3,
        (None, _) => {}
    }
    let default = by_default(context);
    let Some(today) = today(context, source) else {
        // A new configuration uses the bucket's key if it certainly works.
        return if let ByDefault::Key(key) = default { known(key) } else { OwnEncryption::SseS3 };
    };
    if let Some(named) = unnamed::named_instead(context, source, today, default) {
        return named;
    }
    match (today.encryption, default) {
        (OwnEncryption::SseS3, _) | (OwnEncryption::BucketDefault, ByDefault::Useless) => OwnEncryption::SseS3,
        // A customer managed key is kept even if it is unusable or gone: the plan is then refused, because SSE-S3 instead
        // would lower the encryption without being asked.
        (OwnEncryption::SseKms(name), _) if is_aws_managed(name) => OwnEncryption::SseS3,
        (OwnEncryption::SseKms(name), _) => {
            let arn = was_read(context, name).map(|key| key.arn.clone()).or_else(|| arn_of(context, name));
            let by_name = || OwnEncryption::SseKms(ReportKey::AsToday(name.to_owned()));
            arn.map_or_else(by_name, |arn| OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(arn))))
        }
        (OwnEncryption::BucketDefault, _) if today.is_else_as_asked => OwnEncryption::BucketDefault,
        // If the configuration is rewritten for another reason, a working default stays in use.
        (OwnEncryption::BucketDefault, ByDefault::SseS3) if today.goes_there => OwnEncryption::BucketDefault,
        (OwnEncryption::BucketDefault, ByDefault::Key(key) | ByDefault::Perhaps(Some(key)) | ByDefault::Shut(key)) => {
            known(key)
        }
        (OwnEncryption::BucketDefault, ByDefault::Perhaps(None) | ByDefault::SseS3) => OwnEncryption::SseS3,
    }
}

/// Returns whether the reports of a source already get the wanted encryption, from its configuration or from the
/// bucket's default.
pub(super) fn is_the_same(context: &PlanContext<'_>, source: &Source, wanted: &OwnEncryption<ReportKey>) -> bool {
    let Some(today) = today(context, source) else { return false };
    match (today.encryption, wanted) {
        (OwnEncryption::BucketDefault, OwnEncryption::BucketDefault) | (OwnEncryption::SseS3, OwnEncryption::SseS3) => {
            true
        }
        (OwnEncryption::SseKms(name), OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(arn)))) => {
            is_named(arn, name) || was_read(context, name).is_some_and(|key| key.arn == *arn)
        }
        (OwnEncryption::SseKms(name), OwnEncryption::SseKms(ReportKey::AsToday(kept))) => name == kept.as_str(),
        (OwnEncryption::BucketDefault, OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(arn)))) => {
            let default = by_default(context);
            let is_it = matches!(
                default,
                ByDefault::Key(key) | ByDefault::Perhaps(Some(key)) | ByDefault::Shut(key) if key.arn == *arn
            );
            is_it && unnamed::named_instead(context, source, today, default).is_none()
        }
        (
            OwnEncryption::BucketDefault | OwnEncryption::SseKms(_) | OwnEncryption::SseS3,
            OwnEncryption::BucketDefault | OwnEncryption::SseS3 | OwnEncryption::SseKms(_),
        ) => false,
    }
}

/// Returns whether every source has a configuration whose encryption the plan keeps.
pub(super) fn stay_as_they_are(context: &PlanContext<'_>) -> bool {
    let is_kept = |source: &Source| is_the_same(context, source, &own_encryption(context, source));
    context.facts().encrypted_by == EncryptedBy::Source && context.observed.sources.iter().all(is_kept)
}

/// Returns whether a name is this key's ARN or ID. The ID is the last part of the ARN.
fn is_named(arn: &KeyArn, name: &str) -> bool {
    let arn = arn.to_string();
    arn == name || arn.rsplit('/').next() == Some(name)
}

/// Returns the ARN of a key that is named by its ARN or ID. An ID belongs to the bucket's account and Region.
fn arn_of(context: &PlanContext<'_>, name: &str) -> Option<KeyArn> {
    match name.parse().ok()? {
        KeyRef::Arn(arn) => Some(arn),
        KeyRef::Id(id) => {
            let Destination { partition, region, owner, .. } = &context.destination;
            format!("arn:{partition}:kms:{region}:{owner}:key/{id}").parse().ok()
        }
        KeyRef::Alias(_) | KeyRef::AliasArn(_) => None,
    }
}

/// Returns whether a configuration already names the requested key.
fn is_named_today(source: &Source, asked: Option<&KeyChoice>) -> bool {
    let Some(KeyChoice::Existing(asked)) = asked else { return false };
    let asked = asked.to_string();
    let is_id_of = |id: &str, arn: &str| arn.parse::<KeyArn>().is_ok_and(|arn| arn.id() == id);
    source.own_report_key().is_some_and(|today| today == asked || is_id_of(today, &asked) || is_id_of(&asked, today))
}

/// Returns whether every source's configuration already names the requested key.
pub(super) fn is_kept_key(context: &PlanContext<'_>) -> bool {
    let asked = context.request.kind.report_key();
    context.observed.sources.iter().all(|source| is_named_today(source, asked))
}

/// Returns the key with this name, if it was read.
fn was_read<'a>(context: &PlanContext<'a>, name: &str) -> Option<&'a Key> {
    let read = [&context.observed.report_key, &context.observed.default_key];
    let by_arn_or_id = read.into_iter().filter_map(Seen::present).find(|key| is_named(&key.arn, name));
    by_arn_or_id.or_else(|| context.observed.report_key.present().filter(|_| is_of_this_name(context, name)))
}

/// Returns whether the report key was looked up by this name, which may be an alias. The lookup uses the name in the
/// request, or else the name that all sources currently use.
fn is_of_this_name(context: &PlanContext<'_>, name: &str) -> bool {
    match context.request.kind.report_key() {
        Some(KeyChoice::Existing(asked)) => asked.to_string() == name,
        Some(KeyChoice::Create) => false,
        None => names(context).iter().all(|other| *other == name),
    }
}

/// Returns the key that the current reports name, if no key is requested and this key does not exist.
pub(super) fn missing_key<'a>(context: &PlanContext<'a>) -> Option<&'a str> {
    let mut names = names(context).into_iter();
    let only = names.next().filter(|name| names.next().is_none() && !is_aws_managed(name))?;
    let is_gone = context.request.kind.report_key().is_none() && context.observed.report_key == Seen::Absent;
    (is_gone && was_read(context, only).is_none()).then_some(only)
}

/// Returns whether this is the name of an AWS managed key.
fn is_aws_managed(name: &str) -> bool {
    matches!(name.parse::<KeyRef>(), Err(KeyRefError::AwsManaged(_)))
}

/// Returns a finding for reports that use the AWS managed key, which S3 Inventory does not support. The new
/// configuration names SSE-S3.
pub(super) fn by_aws_managed_key(context: &PlanContext<'_>) -> Option<Finding> {
    let (source, name) =
        context.observed.sources.iter().find_map(|source| match today(context, source)?.encryption {
            OwnEncryption::SseKms(name) if is_aws_managed(name) => Some((source, name)),
            OwnEncryption::BucketDefault | OwnEncryption::SseKms(_) | OwnEncryption::SseS3 => None,
        })?;
    let is_kept = context.request.kind.report_key().is_none() && today(context, source)?.goes_there;
    let kind = ReportFinding::AwsManagedKey { producer: context.producer(), source: source.name().to_owned() };
    is_kept.then(|| Finding::new(name.as_str(), kind, Fix::SharedWith(FindingId::AttachmentInventory)))
}

/// Returns a finding for a configuration that still names its key by an alias or an ID after the plan.
pub(super) fn by_other_name(context: &PlanContext<'_>) -> Option<Finding> {
    let is_arn = |name: &str| name.parse::<KeyArn>().is_ok();
    let (source, name) = context.observed.sources.iter().find_map(|source| {
        let name = source.own_report_key().filter(|name| !is_arn(name) && !is_aws_managed(name))?;
        let is_kept =
            today(context, source)?.goes_there && is_the_same(context, source, &own_encryption(context, source));
        is_kept.then_some((source, name))
    })?;
    Some(Finding::new(source.name(), ReportFinding::KeyNotArn { name: name.to_owned() }, Fix::Nothing))
}

fn names<'a>(context: &PlanContext<'a>) -> BTreeSet<&'a str> {
    context.observed.sources.iter().filter_map(Source::own_report_key).collect()
}

/// If the sources use several keys, returns the keys that reports keep using and that were not read.
pub(super) fn unchecked<'a>(context: &PlanContext<'a>) -> Vec<&'a str> {
    let is_kept = |name: &&str| was_read(context, name).is_none();
    let names = names(context);
    let several = context.request.kind.report_key().is_none() && names.len() > 1;
    names.into_iter().filter(is_kept).filter(|_| several).collect()
}

/// Returns the keys that reports will be encrypted with, if they were read.
pub(super) fn keys<'a>(context: &PlanContext<'a>) -> Vec<&'a Key> {
    let known = [&context.observed.report_key, &context.observed.default_key].map(Seen::present);
    let mut keys: Vec<&Key> = Vec::new();
    for source in &context.observed.sources {
        let key = match own_encryption(context, source) {
            OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Known(arn))) => {
                known.into_iter().flatten().find(|key| key.arn == arn)
            }
            OwnEncryption::BucketDefault => match by_default(context) {
                ByDefault::Key(key) | ByDefault::Perhaps(Some(key)) | ByDefault::Shut(key) => Some(key),
                ByDefault::Perhaps(None) | ByDefault::SseS3 | ByDefault::Useless => None,
            },
            OwnEncryption::SseS3 | OwnEncryption::SseKms(ReportKey::AsToday(_) | ReportKey::Slot(KeySlot::Created)) => {
                None
            }
        };
        keys.extend(key.filter(|key| !keys.iter().any(|known| known.arn == key.arn)));
    }
    keys
}

/// Returns whether reports of some source use the bucket's default once the plan is carried out.
pub(super) fn take_the_default(context: &PlanContext<'_>) -> bool {
    context.observed.sources.iter().any(|source| own_encryption(context, source) == OwnEncryption::BucketDefault)
}

/// Returns a finding if reports use the bucket's default encryption and it doesn't work for them. The new configuration
/// names SSE-S3. The default stays, because others may rely on it.
pub(super) fn check(context: &PlanContext<'_>) -> Option<Finding> {
    let takes_it = |source: &Source| {
        today(context, source)
            .is_some_and(|today| *today.encryption == OwnEncryption::BucketDefault && today.goes_there)
    };
    let asked = context.request.kind.report_key().is_some();
    if asked || by_default(context) != ByDefault::Useless || !context.observed.sources.iter().any(takes_it) {
        return None;
    }
    let fix = Fix::SharedWith(FindingId::AttachmentInventory);
    if let Some((name, failing)) = failing_key(context) {
        return Some(Finding::new(name, ReportFinding::FailingDefault(failing), fix));
    }
    let kind = context.present_kind();
    let present = context.present_encryption();
    let by_other_name = present.filter(|present| kind == EncryptionKind::SseKmsCustomer && present.key_arn().is_none());
    let kind = match by_other_name.and_then(|present| present.key.clone()) {
        Some(name) => ReportFinding::DefaultKeyNotArn { name },
        None => ReportFinding::DefaultNotWritable { producer: context.producer(), kind },
    };
    Some(Finding::new(context.destination.bucket.as_str(), kind, fix))
}

/// Returns whether the key of the bucket's default encryption fails, but no report uses the default after the plan.
pub(in crate::plan) fn are_spared_a_failing_default(context: &PlanContext<'_>) -> bool {
    context.facts().encrypted_by == EncryptedBy::Source
        && target(context) == TargetEncryption::Keep
        && failing_key(context).is_some()
        && !take_the_default(context)
}

/// Returns the key of the bucket's default encryption if it fails, by its name.
fn failing_key(context: &PlanContext<'_>) -> Option<(String, FailingKey)> {
    key::failing_key(context.producer(), context.bucket()?, &context.destination.region, &context.observed.default_key)
}

/// Returns the name of the bucket's default key, or `KEY`, if a new or changed configuration names SSE-S3 although the
/// bucket's default is a key.
pub(super) fn key_of_the_unused_default(
    context: &PlanContext<'_>,
    wanted: &OwnEncryption<ReportKey>,
) -> Option<String> {
    let present = context.present_encryption().filter(|_| context.present_kind() != EncryptionKind::SseS3)?;
    (*wanted == OwnEncryption::SseS3).then(|| present.key_arn().map_or_else(|| "KEY".to_owned(), |arn| arn.to_string()))
}
