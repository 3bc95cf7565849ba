//! How an inventory's reports are encrypted: as its own configuration says, or by the bucket's default where that names none.

use std::collections::BTreeSet;

use crate::iam::{Answer, Document, evaluate};
use crate::model::{BucketEncryption, EncryptionKind, KeyArn, KeyChoice, KeyRef, KeySlot, Seen};
use crate::plan::world::World;
use crate::plan::{Cure, Finding, FindingId, Severity};
use crate::producer::{
    InventoryConfiguration, InventoryEncryption, InventoryRequest, Kind, Place, Source, SourceBucket,
};
use crate::state::Key;

use super::attachment::other_differences;
use super::encryption::{Target, target};
use super::key;

const BY_DEFAULT: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_ServerSideEncryptionByDefault.html";

/// What the bucket's default encryption means for reports that name no encryption of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum ByDefault<'a> {
    /// They get SSE-S3.
    SseS3,
    /// They get this key, which certainly allows the service.
    Key(&'a Key),
    /// Perhaps they arrive: the setting, the key or its policy could not be read or judged.
    Perhaps(Option<&'a Key>),
    /// They don't arrive, or can't be read.
    Useless,
}

/// The encryption that a source's configuration names once the plan is carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(in crate::plan) enum ReportEncryption {
    /// None: the bucket's default decides.
    BucketDefault,
    /// SSE-S3.
    SseS3,
    /// SSE-KMS by this key.
    SseKms(KeySlot),
    /// SSE-KMS by the key that today's configuration calls so: which one that is could not be read.
    AsToday(String),
}

/// What the bucket's default, as the plan leaves it, means for reports.
pub(super) fn by_default<'a>(world: &World<'a>) -> ByDefault<'a> {
    let Some(bucket) = world.bucket().filter(|_| target(world) == Target::Keep) else { return ByDefault::SseS3 };
    if bucket.encryption.denial().is_some() {
        return ByDefault::Perhaps(None);
    }
    let named = bucket.encryption.present().and_then(BucketEncryption::key_arn);
    match (world.present_kind(), &world.observed.default_key, named) {
        (EncryptionKind::SseS3, _, _) => ByDefault::SseS3,
        (EncryptionKind::SseKmsCustomer, Seen::Present(key), Some(_)) => by_key(world, key),
        (EncryptionKind::SseKmsCustomer, Seen::Denied(_), Some(_)) => ByDefault::Perhaps(None),
        (EncryptionKind::SseKmsAwsManaged | EncryptionKind::DsseKms | EncryptionKind::Other, _, _)
            if world.default_is_shown() =>
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

fn by_key<'a>(world: &World<'_>, key: &'a Key) -> ByDefault<'a> {
    if key::unusable(&world.place.region, key).is_some() {
        return ByDefault::Useless;
    }
    let text = match &key.policy {
        Seen::Present(text) => text,
        Seen::Denied(_) => return ByDefault::Perhaps(Some(key)),
        Seen::Absent => return ByDefault::Useless,
    };
    let Ok(document) = Document::parse(text) else { return ByDefault::Perhaps(Some(key)) };
    let decisions: Vec<_> =
        key::probes(world, key).iter().map(|(_, probe)| evaluate(&document, &probe.request)).collect();
    if decisions.iter().all(|decision| decision.answer == Answer::Allowed) {
        return ByDefault::Key(key);
    }
    let perhaps = decisions.iter().all(|decision| {
        decision.answer == Answer::Allowed || (decision.answer == Answer::Unknown && decision.allow_possible)
    });
    if perhaps { ByDefault::Perhaps(Some(key)) } else { ByDefault::Useless }
}

/// The encryption that the configuration of this source will name.
///
/// What somebody chose and the reports can live with is kept: only a key that is asked for replaces it.
pub(in crate::plan) fn of_source(
    world: &World<'_>,
    bucket: &SourceBucket,
    asked: &InventoryRequest,
) -> ReportEncryption {
    let known = |key: &Key| ReportEncryption::SseKms(KeySlot::Known(key.arn.clone()));
    let names_it = is_named_today(bucket, asked.report_key.as_ref());
    match (&asked.report_key, world.observed.report_key.present()) {
        (Some(_), Some(key)) => return known(key),
        // One that could not be read, and that today's configuration names already: nothing changes.
        (Some(KeyChoice::Existing(_)), None) if names_it && world.observed.report_key.denial().is_some() => {}
        (Some(KeyChoice::Create), None) => return ReportEncryption::SseKms(KeySlot::Created),
        // A key that was named and is not there is refused: nothing is named in its place.
        (Some(KeyChoice::Existing(_)), None) => return ReportEncryption::SseS3,
        (None, _) => {}
    }
    let default = by_default(world);
    let Some(today) = bucket.inventory.present() else {
        // A new configuration takes over a key of the bucket that certainly works.
        return if let ByDefault::Key(key) = default { known(key) } else { ReportEncryption::SseS3 };
    };
    match (&today.encryption, default) {
        (InventoryEncryption::SseS3, _) | (InventoryEncryption::BucketDefault, ByDefault::Useless) => {
            ReportEncryption::SseS3
        }
        (InventoryEncryption::SseKms(name), _) if !keeps_its_key(world, name) => ReportEncryption::SseS3,
        (InventoryEncryption::SseKms(name), _) => {
            let arn = was_read(world, name).map(|key| key.arn.clone()).or_else(|| arn_of(world, name));
            let by_name = || ReportEncryption::AsToday(name.clone());
            arn.map_or_else(by_name, |arn| ReportEncryption::SseKms(KeySlot::Known(arn)))
        }
        (InventoryEncryption::BucketDefault, _) if other_differences(world, today, asked).is_empty() => {
            ReportEncryption::BucketDefault
        }
        (InventoryEncryption::BucketDefault, ByDefault::Key(key) | ByDefault::Perhaps(Some(key))) => known(key),
        (InventoryEncryption::BucketDefault, ByDefault::Perhaps(None) | ByDefault::SseS3) => ReportEncryption::SseS3,
    }
}

/// Whether today's configuration gets the encryption that is wanted, by its own word or by the bucket's default.
pub(super) fn is_the_same(world: &World<'_>, today: &InventoryConfiguration, wanted: &ReportEncryption) -> bool {
    match (&today.encryption, wanted) {
        (InventoryEncryption::BucketDefault, ReportEncryption::BucketDefault)
        | (InventoryEncryption::SseS3, ReportEncryption::SseS3) => true,
        (InventoryEncryption::SseKms(name), ReportEncryption::SseKms(KeySlot::Known(arn))) => {
            is_named(arn, name) || was_read(world, name).is_some_and(|key| key.arn == *arn)
        }
        (InventoryEncryption::SseKms(name), ReportEncryption::AsToday(kept)) => name == kept,
        (InventoryEncryption::BucketDefault, ReportEncryption::SseKms(KeySlot::Known(arn))) => {
            matches!(by_default(world), ByDefault::Key(key) | ByDefault::Perhaps(Some(key)) if key.arn == *arn)
        }
        (
            InventoryEncryption::BucketDefault | InventoryEncryption::SseKms(_) | InventoryEncryption::SseS3,
            ReportEncryption::AsToday(_)
            | ReportEncryption::BucketDefault
            | ReportEncryption::SseS3
            | ReportEncryption::SseKms(_),
        ) => false,
    }
}

/// Whether every source has a configuration, and it gets the encryption of today after the plan.
pub(super) fn stay_as_they_are(world: &World<'_>) -> bool {
    let Kind::Inventory(asked) = &world.request.kind else { return false };
    buckets(world).all(|bucket| {
        let today = bucket.inventory.present();
        today.is_some_and(|today| is_the_same(world, today, &of_source(world, bucket, asked)))
    })
}

/// Whether a configuration names this key: by its ARN, or by its id, which is the last part of it.
fn is_named(arn: &KeyArn, name: &str) -> bool {
    let arn = arn.to_string();
    arn == name || arn.rsplit('/').next() == Some(name)
}

/// The ARN of a key by its name, where that is an ARN or an id: an id is one of the bucket's own account and Region.
fn arn_of(world: &World<'_>, name: &str) -> Option<KeyArn> {
    match name.parse().ok()? {
        KeyRef::Arn(arn) => Some(arn),
        KeyRef::Id(id) => {
            let Place { partition, region, owner, .. } = &world.place;
            format!("arn:{partition}:kms:{region}:{owner}:key/{id}").parse().ok()
        }
        KeyRef::Alias(_) | KeyRef::AliasArn(_) => None,
    }
}

/// Whether a configuration names the key that is asked for already.
fn is_named_today(bucket: &SourceBucket, asked: Option<&KeyChoice>) -> bool {
    let Some(KeyChoice::Existing(asked)) = asked else { return false };
    let asked = asked.to_string();
    let is_id_of = |id: &str, arn: &str| arn.parse::<KeyArn>().is_ok_and(|arn| arn.id() == id);
    let today = bucket.inventory.present().and_then(InventoryConfiguration::own_key);
    today.is_some_and(|today| today == asked || is_id_of(today, &asked) || is_id_of(&asked, today))
}

/// Whether the key that is asked for is the one that every source's configuration names already.
pub(super) fn is_kept_key(world: &World<'_>) -> bool {
    let Kind::Inventory(asked) = &world.request.kind else { return false };
    buckets(world).all(|bucket| is_named_today(bucket, asked.report_key.as_ref()))
}

/// The key of this name, where it was read.
fn was_read<'a>(world: &World<'a>, name: &str) -> Option<&'a Key> {
    let read = [&world.observed.report_key, &world.observed.default_key];
    let by_arn_or_id = read.into_iter().filter_map(Seen::present).find(|key| is_named(&key.arn, name));
    by_arn_or_id.or_else(|| world.observed.report_key.present().filter(|_| is_of_this_name(world, name)))
}

/// Whether the key that was read for the reports was asked for by this very name, which may be an alias: by the one that the
/// request names, or that all sources name today.
fn is_of_this_name(world: &World<'_>, name: &str) -> bool {
    match world.request.kind.report_key() {
        Some(KeyChoice::Existing(asked)) => asked.to_string() == name,
        Some(KeyChoice::Create) => false,
        None => names(world).iter().all(|other| *other == name),
    }
}

/// Whether the key that today's configuration names can be kept, where none is asked for: one that is gone or can't be used
/// can't. Where the sources name several, none of them was read for it, and all are kept.
fn keeps_its_key(world: &World<'_>, name: &str) -> bool {
    match was_read(world, name) {
        Some(key) => key::unusable(&world.place.region, key).is_none(),
        None => names(world).len() > 1 || world.observed.report_key.denial().is_some(),
    }
}

fn names<'a>(world: &World<'a>) -> BTreeSet<&'a str> {
    let of_source = |source: &'a Source| {
        let Source::Bucket(bucket) = source else { return None };
        bucket.inventory.present().and_then(InventoryConfiguration::own_key)
    };
    world.observed.sources.iter().filter_map(of_source).collect()
}

/// The keys that reports will be encrypted with and that were read.
pub(super) fn keys<'a>(world: &World<'a>) -> Vec<&'a Key> {
    let Kind::Inventory(asked) = &world.request.kind else { return Vec::new() };
    let known = [&world.observed.report_key, &world.observed.default_key].map(Seen::present);
    let mut keys: Vec<&Key> = Vec::new();
    for bucket in buckets(world) {
        let key = match of_source(world, bucket, asked) {
            ReportEncryption::SseKms(KeySlot::Known(arn)) => known.into_iter().flatten().find(|key| key.arn == arn),
            ReportEncryption::BucketDefault => match by_default(world) {
                ByDefault::Key(key) | ByDefault::Perhaps(Some(key)) => Some(key),
                ByDefault::Perhaps(None) | ByDefault::SseS3 | ByDefault::Useless => None,
            },
            ReportEncryption::AsToday(_) | ReportEncryption::SseS3 | ReportEncryption::SseKms(KeySlot::Created) => None,
        };
        keys.extend(key.filter(|key| !keys.iter().any(|known| known.arn == key.arn)));
    }
    keys
}

fn buckets<'a>(world: &World<'a>) -> impl Iterator<Item = &'a SourceBucket> + use<'a> {
    world.observed.sources.iter().filter_map(|source| match source {
        Source::Bucket(bucket) => Some(bucket),
        Source::LoadBalancer(_) => None,
    })
}

/// Whether reports of some source take the bucket's default once the plan is carried out.
pub(super) fn take_the_default(world: &World<'_>) -> bool {
    let Kind::Inventory(asked) = &world.request.kind else { return false };
    buckets(world).any(|bucket| of_source(world, bucket, asked) == ReportEncryption::BucketDefault)
}

/// The default encryption that today's reports take and can't live with: their configuration will name SSE-S3 itself, and
/// the default, on which others may count, stays.
pub(super) fn check(world: &World<'_>) -> Option<Finding> {
    let takes_it = |bucket: &SourceBucket| {
        bucket.inventory.present().is_some_and(|today| {
            today.encryption == InventoryEncryption::BucketDefault && today.bucket_arn == world.place.bucket_arn()
        })
    };
    let asked = world.request.kind.report_key().is_some();
    if asked || by_default(world) != ByDefault::Useless || !buckets(world).any(takes_it) {
        return None;
    }
    let bucket = &world.place.bucket;
    let kind = world.present_kind();
    let cell = world.producer().encryption(kind);
    let present = world.present_encryption();
    let by_other_name = present.filter(|present| kind == EncryptionKind::SseKmsCustomer && present.key_arn().is_none());
    let (id, what, why, page) = match by_other_name.and_then(|present| present.key.as_deref()) {
        Some(name) => (
            FindingId::EncryptionKeyNotArn,
            format!("`{bucket}` names the key of its default encryption as `{name}`, and the inventory names none"),
            "a key id or alias is resolved in the log service's account: only the full ARN names your key",
            BY_DEFAULT,
        ),
        None => (
            FindingId::EncryptionNotWritable,
            format!("`{bucket}` has default encryption {}, and the inventory names none of its own", kind.title()),
            cell.why,
            cell.source,
        ),
    };
    let cure = Cure::SharedWith(FindingId::AttachmentInventory);
    Some(Finding { id, severity: Severity::Stops, subject: bucket.to_string(), what, why: why.to_owned(), page, cure })
}

/// What is said of a new or changed configuration where the bucket's default is a key: its reports don't get that by themselves.
pub(super) fn instead_of_the_default(world: &World<'_>, wanted: &ReportEncryption) -> Option<String> {
    let present = world.present_encryption().filter(|_| world.present_kind() != EncryptionKind::SseS3)?;
    (*wanted == ReportEncryption::SseS3).then(|| {
        let key = present.key_arn().map_or_else(|| "KEY".to_owned(), |arn| arn.to_string());
        format!(
            "reports get SSE-S3, whatever the bucket's default is; `--report-kms-key {key}` encrypts them with a key"
        )
    })
}
