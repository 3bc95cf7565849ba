//! Does each source log to this destination?

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{KeySlot, Seen};
use crate::plan::world::World;
use crate::plan::{Attached, Cure, ExpectedKey, Finding, FindingId, PlannedStep, Setting, Severity, Slot, Step};
use crate::producer::{
    InventoryConfiguration, InventoryRequest, Kind, LoadBalancer, LogType, Logging, NewInventory, ReportKey, Source,
    SourceBucket, SourceSetting, SourceSlot, SourceStep,
};

use super::reports::{self, ReportEncryption};

const MODIFY: &str =
    "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html";
const PUT_LOGGING: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html";
const S3_DESTINATION: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_InventoryS3BucketDestination.html";
const PUT_INVENTORY: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketInventoryConfiguration.html";

/// What differs where a configuration says that another account owns the destination.
const OF_ANOTHER: &str = "the destination's account";

/// The attachments; `mended` says that this run changes what the service may do.
///
/// A load balancer that is attached already is attached again then: AWS judges the destination of a new attachment in that very call.
/// Whether it does so, and writes a new test file, where the attributes are the same as before is not documented. Where logs arrive
/// under an encryption that AWS documents as refused, it would refuse what is on already.
pub(in crate::plan) fn check(world: &World<'_>, mended: bool) -> Vec<Finding> {
    let mended = mended && !super::encryption::is_kept_against_documents(world);
    let of_source = |source: &Source| match (source, &world.request.kind) {
        (Source::LoadBalancer(balancer), kind) => load_balancer(world, balancer, &kind.log_types(), mended),
        (Source::Bucket(bucket), Kind::Inventory(inventory)) => of_inventory(world, bucket, inventory),
        (Source::Bucket(bucket), Kind::Alb(_) | Kind::Nlb | Kind::S3Access(_)) => of_logging(world, bucket),
    };
    world.observed.sources.iter().filter_map(of_source).collect()
}

fn finding(name: &str, id: FindingId, severity: Severity, what: String, page: &'static str, cure: Cure) -> Finding {
    let why = "a source logs only where its own configuration says".to_owned();
    Finding { id, severity, subject: name.to_owned(), what, why, page, cure }
}

fn unreadable(name: &str, what: String, page: &'static str, action: &str) -> Finding {
    let hint = format!("allow `{action}`: an attachment is not replaced unseen");
    finding(name, FindingId::AttachmentUnreadable, Severity::Stops, what, page, Cure::Impossible(hint))
}

fn load_balancer(world: &World<'_>, balancer: &LoadBalancer, logs: &[LogType], mended: bool) -> Option<Finding> {
    let attributes = match &balancer.attributes {
        Seen::Present(attributes) => attributes,
        Seen::Denied(denial) => return Some(unreadable(&balancer.name, denial.to_string(), MODIFY, denial.action)),
        Seen::Absent => return None,
    };
    let (bucket, prefix) = (world.place.bucket.as_str(), world.place.prefix.as_str());
    let mut wanted = BTreeMap::new();
    let mut states = Vec::new();
    let mut elsewhere = Vec::new();
    for log in logs {
        let attachment = balancer.attachment(*log)?;
        let here = attachment.bucket == bucket && attachment.prefix == prefix;
        if !(attachment.enabled && here) || mended {
            wanted.extend(wanted_attributes(world, *log));
        }
        let there = location(&attachment.bucket, &attachment.prefix);
        let state = match (attachment.enabled, here) {
            (false, _) => "is off".to_owned(),
            (true, true) => "goes there already".to_owned(),
            (true, false) => format!("goes to `{there}`"),
        };
        states.push(format!("the {} log {state}", log.as_str()));
        if attachment.enabled && !here && !elsewhere.contains(&there) {
            elsewhere.push(there);
        }
    }
    if wanted.is_empty() {
        return None;
    }
    // Attributes that don't differ are left out only where no log needs a word; AWS keeps what is not sent.
    let renewed = wanted.iter().all(|(key, value)| attributes.get(key) == Some(value));
    let what = if renewed {
        format!(
            "`{}` already logs here; sending the same attributes again may make AWS check the changed bucket (not documented)",
            balancer.name
        )
    } else {
        format!("of `{}`, {}", balancer.name, states.join(", "))
    };
    let (arn, name) = (balancer.arn.clone(), balancer.name.clone());
    let step = Step::SetSource(SourceStep::of_load_balancer(arn, name, attributes, wanted));
    let risk = format!("new logs no longer go to `{}`; those there stay", elsewhere.join("` and `"));
    let step = PlannedStep::sets(step, risk);
    Some(finding(&balancer.name, FindingId::AttachmentLogging, Severity::Wanted, what, MODIFY, Cure::Steps(vec![step])))
}

fn location(bucket: &str, prefix: &str) -> String {
    if prefix.is_empty() { bucket.to_owned() } else { format!("{bucket}/{prefix}") }
}

fn wanted_logging(world: &World<'_>) -> Logging {
    Logging {
        bucket: world.place.bucket.to_string(),
        prefix: world.place.prefix.to_string(),
        key_format: world.place.key_format,
        format_is_said: true,
        grants: Vec::new(),
    }
}

/// The attributes that send a log of a load balancer to the destination.
fn wanted_attributes(world: &World<'_>, log: LogType) -> [(String, String); 3] {
    let stem = log.attribute_stem();
    [
        (format!("{stem}.enabled"), "true".to_owned()),
        (format!("{stem}.bucket"), world.place.bucket.to_string()),
        (format!("{stem}.prefix"), world.place.prefix.to_string()),
    ]
}

/// Where each source will log to; nothing for an inventory whose key is still to be created.
pub(in crate::plan) fn attached(world: &World<'_>) -> Vec<Attached> {
    let of_source = |source: &Source| match (source, &world.request.kind) {
        (Source::LoadBalancer(balancer), kind) => {
            let value: BTreeMap<String, String> =
                kind.log_types().into_iter().flat_map(|log| wanted_attributes(world, log)).collect();
            let attributes = value.keys().cloned().collect();
            let (arn, name) = (balancer.arn.clone(), balancer.name.clone());
            Some((SourceSlot::LoadBalancer { arn, name, attributes }, SourceSetting::Attributes(value)))
        }
        (Source::Bucket(bucket), Kind::Inventory(asked)) => {
            let (name, region) = (bucket.name.clone(), bucket.region.clone());
            let value = new_inventory(world, bucket, asked).known(None)?;
            let slot = SourceSlot::Inventory { bucket: name, region, id: asked.id.clone() };
            Some((slot, SourceSetting::Inventory(Some(value))))
        }
        (Source::Bucket(bucket), Kind::Alb(_) | Kind::Nlb | Kind::S3Access(_)) => {
            let slot = SourceSlot::BucketLogging { bucket: bucket.name.clone(), region: bucket.region.clone() };
            Some((slot, SourceSetting::Logging(Some(wanted_logging(world)))))
        }
    };
    let attached = |(slot, value)| Attached { slot: Slot::Source(slot), value: Setting::Source(value) };
    world.observed.sources.iter().filter_map(of_source).map(attached).collect()
}

fn of_logging(world: &World<'_>, bucket: &SourceBucket) -> Option<Finding> {
    let name = bucket.name.as_str();
    let wanted = wanted_logging(world);
    let asked = matches!(world.request.kind, Kind::S3Access(Some(_)));
    let (source, region, before) = (bucket.name.clone(), bucket.region.clone(), bucket.logging.present().cloned());
    let step = Step::SetSource(SourceStep::of_logging(source, region, before, wanted.clone()));
    let (what, step) = match &bucket.logging {
        Seen::Denied(denial) => return Some(unreadable(name, denial.to_string(), PUT_LOGGING, denial.action)),
        Seen::Absent => (format!("the access log of `{name}` is off"), PlannedStep::creates(step)),
        Seen::Present(present) => {
            let here = present.bucket == wanted.bucket && present.prefix == wanted.prefix;
            if here && (!asked || present.key_format == wanted.key_format) {
                return None;
            }
            let there = location(&present.bucket, &present.prefix);
            let risk = if here {
                "new logs get other keys, for up to an hour some still the old ones, and target grants are dropped"
                    .to_owned()
            } else {
                format!(
                    "new logs no longer go to `{there}`, for up to an hour some still do, and target grants are dropped"
                )
            };
            (
                format!("the access log of `{name}` goes to `{there}`, {}", present.key_format),
                PlannedStep::sets(step, risk),
            )
        }
    };
    Some(finding(name, FindingId::AttachmentLogging, Severity::Wanted, what, PUT_LOGGING, Cure::Steps(vec![step])))
}

fn of_inventory(world: &World<'_>, bucket: &SourceBucket, asked: &InventoryRequest) -> Option<Finding> {
    let name = bucket.name.as_str();
    let wanted = new_inventory(world, bucket, asked);
    let encryption = reports::of_source(world, bucket, asked);
    let (source, region, before) = (bucket.name.clone(), bucket.region.clone(), bucket.inventory.present().cloned());
    let step = Step::SetSource(SourceStep::of_inventory(source, region, before, wanted.clone()));
    let mut elsewhere = false;
    let (what, step) = match &bucket.inventory {
        Seen::Denied(denial) => return Some(unreadable(name, denial.to_string(), PUT_INVENTORY, denial.action)),
        Seen::Absent => (format!("`{name}` has no inventory `{}`", asked.id), PlannedStep::creates(step)),
        Seen::Present(present) => {
            let differences = differences(world, present, &encryption, asked);
            elsewhere = differences.contains(&OF_ANOTHER);
            if differences.is_empty() {
                return None;
            }
            let what = format!("inventory `{}` of `{name}` differs in {}", asked.id, differences.join(", "));
            (what, PlannedStep::sets(step, "whoever reads today's reports finds them changed, or elsewhere"))
        }
    };
    let id = FindingId::AttachmentInventory;
    let step = match (reports::instead_of_the_default(world, &encryption), step.risk.clone()) {
        (None, _) => step,
        (Some(instead), risk) => {
            PlannedStep { risk: Some(risk.into_iter().chain([instead]).collect::<Vec<_>>().join("; ")), ..step }
        }
    };
    let found = finding(name, id, Severity::Wanted, what, PUT_INVENTORY, Cure::Steps(vec![step]));
    Some(if elsewhere {
        let why = "S3 compares the account with the bucket's owner before it exports anything".to_owned();
        Finding { severity: Severity::Stops, why, page: S3_DESTINATION, ..found }
    } else {
        found
    })
}

fn new_inventory(world: &World<'_>, bucket: &SourceBucket, asked: &InventoryRequest) -> NewInventory {
    let today = bucket.inventory.present();
    let key = match reports::of_source(world, bucket, asked) {
        ReportEncryption::BucketDefault | ReportEncryption::SseS3 => None,
        ReportEncryption::SseKms(slot) => Some(ReportKey::Slot(slot)),
        ReportEncryption::AsToday(name) => Some(ReportKey::AsToday(name)),
    };
    NewInventory {
        id: asked.id.clone(),
        bucket_arn: world.place.bucket_arn(),
        account: world.place.owner.clone(),
        prefix: world.place.prefix.to_string(),
        format: asked.format,
        frequency: asked.frequency,
        versions: asked.versions,
        fields: asked.fields.iter().copied().collect(),
        other_fields: today.map(|today| today.other_fields.clone()).unwrap_or_default(),
        filter: today.and_then(|today| today.filter.clone()),
        key,
    }
}

/// The key that the producer's own objects will show: an inventory names its own, the others take the bucket's default.
pub(in crate::plan) fn expected_of_producer(world: &World<'_>) -> ExpectedKey {
    let Kind::Inventory(asked) = &world.request.kind else { return super::encryption::expected_key(world) };
    let of_source = |source: &Source| match source {
        Source::LoadBalancer(_) => None,
        Source::Bucket(bucket) => Some(match reports::of_source(world, bucket, asked) {
            ReportEncryption::SseS3 => ExpectedKey::None,
            ReportEncryption::BucketDefault => super::encryption::expected_key(world),
            ReportEncryption::SseKms(KeySlot::Known(arn)) => ExpectedKey::Known(arn.to_string()),
            ReportEncryption::SseKms(KeySlot::Created) => ExpectedKey::Created,
            ReportEncryption::AsToday(_) => ExpectedKey::Unknown,
        }),
    };
    let mut expected = world.observed.sources.iter().filter_map(of_source);
    let first = expected.next().unwrap_or(ExpectedKey::None);
    if expected.all(|other| other == first) { first } else { ExpectedKey::Unknown }
}

/// The logs that this run turns on or moves, for some load balancer: AWS writes a test file for each.
pub(in crate::plan) fn fresh_logs(world: &World<'_>) -> BTreeSet<LogType> {
    let (bucket, prefix) = (world.place.bucket.as_str(), world.place.prefix.as_str());
    let fresh = |log: &LogType| {
        world.observed.sources.iter().any(|source| {
            let Source::LoadBalancer(balancer) = source else { return false };
            let attachment = balancer.attachment(*log);
            attachment.is_some_and(|now| !(now.enabled && now.bucket == bucket && now.prefix == prefix))
        })
    };
    world.request.kind.log_types().into_iter().filter(fresh).collect()
}

/// What differs, in words.
fn differences(
    world: &World<'_>,
    present: &InventoryConfiguration,
    wanted: &ReportEncryption,
    asked: &InventoryRequest,
) -> Vec<&'static str> {
    let encryption = (!reports::is_the_same(world, present, wanted)).then_some("its encryption");
    other_differences(world, present, asked).into_iter().chain(encryption).collect()
}

/// What differs beside the encryption, in words. A missing account is no difference that matters to delivery; a filter, and
/// columns that this version does not know, can't be asked for and are somebody's choice: they stay.
pub(super) fn other_differences(
    world: &World<'_>,
    present: &InventoryConfiguration,
    asked: &InventoryRequest,
) -> Vec<&'static str> {
    let mut fields = present.fields.clone();
    fields.sort_unstable();
    let pairs = [
        (present.enabled, "being off"),
        (present.bucket_arn == world.place.bucket_arn(), "its destination"),
        (present.account.as_deref().is_none_or(|account| account == world.place.owner.as_str()), OF_ANOTHER),
        (present.prefix == world.place.prefix.as_str(), "its prefix"),
        (present.format == Some(asked.format), "its format"),
        (present.frequency == Some(asked.frequency), "its frequency"),
        (present.versions == Some(asked.versions), "the versions it lists"),
        (fields.iter().eq(asked.fields.iter()), "its fields"),
    ];
    pairs.into_iter().filter(|(same, _)| !same).map(|(_, what)| what).collect()
}
