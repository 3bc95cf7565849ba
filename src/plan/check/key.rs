//! Can the service use the customer managed key? New keys get a policy that allows it.

use crate::iam::{Answer, Document, evaluate};
use crate::model::{
    BucketEncryption, Denial, Encryption, EncryptionKind, KeyArn, KeyChoice, KeyRef, KeySlot, Region, Seen,
};
use crate::plan::grants::{Granted, KEY_POLICY_LIMIT, granted};
use crate::plan::world::World;
use crate::plan::{Finding, FindingId, Fix, PlannedStep, Severity, Step};
use crate::producer::{self, EncryptedBy, KeyContext, Probe, ProbedKey, Producer, Template, Values};
use crate::state::{Bucket, Key, KeyManager, KeyOrigin};

use super::encryption::{Target, is_kept_against_documents, known_default_key, target};
use super::{key_policy, reports};

const CREATE: &str = "https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html";
const STATES: &str = "https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html";

pub(super) fn check(world: &World<'_>) -> Vec<Finding> {
    if let Some(found) = failing_kept_default(world) {
        return vec![found];
    }
    let mut findings = Vec::new();
    let default = choice_of(&world.request.encryption);
    let report = world.request.kind.report_key();
    let kept_report = report.filter(|_| reports::is_kept_key(world));
    for (choice, key) in [(default, &world.observed.default_key), (report, &world.observed.report_key)] {
        match (choice, key) {
            // The configuration already names the requested key.
            (Some(choice), Seen::Denied(denial))
                if std::ptr::eq(key, &raw const world.observed.report_key) && kept_report == Some(choice) =>
            {
                findings.push(unread(world, denial.resource.clone(), &denial.to_string(), Fix::Nothing));
            }
            (Some(KeyChoice::Create), Seen::Absent) => findings.extend(created(world)),
            (Some(KeyChoice::Create), Seen::Present(key)) if key.origin == KeyOrigin::Unknown => {
                findings.push(of_somebody_else(world, key));
            }
            (Some(KeyChoice::Create), Seen::Present(key)) => findings.extend(alias(world, key)),
            (Some(KeyChoice::Existing(name)), Seen::Absent) => findings.push(missing(world, &name.to_string())),
            (Some(_), Seen::Denied(denial)) if undescribed_arn(world, choice, key).is_some() => {
                let what = format!("{denial}; the key policy needs this statement: {}", statement(world));
                findings.push(unreadable(world, denial.resource.clone(), &what, Fix::Nothing));
            }
            (Some(_), Seen::Denied(denial)) => {
                let hint = format!("allow `{}`, or name the key by its full ARN", denial.action);
                findings.push(unreadable(world, denial.resource.clone(), &denial.to_string(), Fix::Impossible(hint)));
            }
            (None, Seen::Denied(denial)) => findings.extend(undescribed(world, key, denial)),
            (None | Some(KeyChoice::Existing(_)), _) => {}
        }
    }
    // The request does not name this key, so the user made no mistake.
    let gone = reports::missing_key(world).map(|name| Finding { id: FindingId::KeyUnusable, ..missing(world, name) });
    findings.extend(gone);
    let unchecked = reports::unchecked(world).into_iter().map(|name| {
        let what = "the sources' inventories use several keys, and none was read; `logbucket check` reads each of them";
        unread(world, name.to_owned(), what, Fix::Nothing)
    });
    findings.extend(unchecked);
    let keys = match world.facts().encrypted_by {
        EncryptedBy::Source => reports::keys(world),
        EncryptedBy::Bucket => known_default_key(world).into_iter().collect(),
    };
    // Someone else's key is neither evaluated nor changed.
    let is_foreign = |key: &Key| {
        let subject = key.arn.to_string();
        findings.iter().any(|found| found.id == FindingId::KeyForeign && found.subject == subject)
    };
    let keys: Vec<&Key> = keys.into_iter().filter(|key| !is_foreign(key)).collect();
    findings.extend(keys.into_iter().flat_map(|key| of_key(world, key)));
    findings
}

/// Returns a finding for a key that the caller is not allowed to describe. This is either the key that the current
/// reports keep using, or the bucket's own key. The bucket's key is judged by its name alone.
fn undescribed(world: &World<'_>, key: &Seen<Key>, denial: &Denial) -> Option<Finding> {
    if std::ptr::eq(key, &raw const world.observed.report_key) {
        return Some(unread(world, denial.resource.clone(), &denial.to_string(), Fix::Nothing));
    }
    let present = world.present_encryption()?;
    if target(world) != Target::Keep
        || present.kind() != EncryptionKind::SseKmsCustomer
        || (world.facts().encrypted_by == EncryptedBy::Source && !reports::take_the_default(world))
    {
        return None;
    }
    let subject = present.key.clone().unwrap_or_default();
    let fix = if present.key_arn().is_some() {
        Fix::Nothing
    } else {
        Fix::Impossible(format!("allow `{}`: the bucket must name the key by its full ARN", denial.action))
    };
    Some(unread(world, subject, &denial.to_string(), fix))
}

pub(super) fn choice_of(encryption: &Encryption) -> Option<&KeyChoice> {
    match encryption {
        Encryption::SseKms(choice) => Some(choice),
        Encryption::SseS3 | Encryption::Unstated => None,
    }
}

/// Returns the reason if S3 can't use the key for a bucket in the Region.
pub fn unusable(region: &Region, key: &Key) -> Option<String> {
    if key.manager == KeyManager::Aws {
        return Some("is an AWS managed key, whose policy can't allow a log service".to_owned());
    }
    if key.arn.arn().region != region.as_str() {
        return Some(format!("is in {}, but the bucket is in {region}", key.arn.arn().region));
    }
    // An unknown value is not a reason to refuse the key.
    let other = |word: &str, wanted: &str| word != wanted && word != "unknown";
    if other(&key.spec, "SYMMETRIC_DEFAULT") || other(&key.usage, "ENCRYPT_DECRYPT") {
        return Some(format!("is a {} key for {}: S3 only uses symmetric encryption keys", key.spec, key.usage));
    }
    // In state "Updating" a key still creates data keys, according to AWS's table of key states.
    (!matches!(key.state.as_str(), "Enabled" | "Updating" | "unknown")).then(|| format!("is in state {}", key.state))
}

/// Returns the requested key if it is named by its ARN and the caller can't describe it. The key may be in any account.
/// Its policy is unknown, which is not a reason to refuse it. An ID or alias is not enough, because a setting needs the
/// ARN.
pub(super) fn undescribed_arn<'a>(
    world: &World<'_>,
    choice: Option<&'a KeyChoice>,
    key: &Seen<Key>,
) -> Option<&'a KeyArn> {
    let Some(KeyChoice::Existing(KeyRef::Arn(arn))) = choice else { return None };
    let is_of_the_region = arn.arn().region == world.place.region.as_str();
    (is_of_the_region && key.denial().is_some()).then_some(arn)
}

/// A key of a default encryption, and why S3 can't use it.
#[derive(Debug)]
pub(super) struct Fault {
    /// The key's ARN, or its name in the setting.
    pub(super) name: String,
    /// Such as "does not exist".
    pub(super) why_not: String,
}

/// Returns the reason if S3 can't use the customer managed key of a default encryption. `key` is this key.
pub(super) fn fault_of_default(default: &BucketEncryption, region: &Region, key: &Seen<Key>) -> Option<Fault> {
    let name = default.key.as_ref().filter(|_| default.kind() == EncryptionKind::SseKmsCustomer)?;
    if let Seen::Present(key) = key {
        let is_customers = key.manager == KeyManager::Customer;
        let why_not = unusable(region, key).filter(|_| is_customers)?;
        return Some(Fault { name: key.arn.to_string(), why_not });
    }
    let elsewhere = default.key_arn().map(|arn| arn.arn().region.clone()).filter(|other| other != region.as_str());
    let why_not = match (elsewhere, key) {
        // An ARN contains the Region, even if the key can't be described.
        (Some(other), _) => format!("is in {other}, but the bucket is in {region}"),
        (None, Seen::Absent) => "does not exist".to_owned(),
        (None, Seen::Denied(_) | Seen::Present(_)) => return None,
    };
    Some(Fault { name: name.clone(), why_not })
}

/// Returns a finding if S3 can't use the customer managed key of a bucket's default encryption. Logs then stop until
/// someone restores the key or chooses another encryption.
pub fn failing_default(producer: Producer, bucket: &Bucket, region: &Region, key: &Seen<Key>) -> Option<Finding> {
    let Fault { name, why_not } = fault_of_default(bucket.encryption.present()?, region, key)?;
    let other = match producer.facts().encrypted_by {
        EncryptedBy::Bucket => "choose another encryption with `--encryption sse-s3` or `--kms-key KEY`",
        EncryptedBy::Source => "give the bucket another key, or SSE-S3",
    };
    let enable = format!("aws kms enable-key --region {region} --key-id {name}");
    let hint = match key.present().map_or("", |key| key.state.as_str()) {
        "Disabled" => format!("`{enable}`, or {other}"),
        "PendingDeletion" => format!(
            "`aws kms cancel-key-deletion --region {region} --key-id {name}`, then `{enable}`: without the key, no one can read the objects that it encrypted; or {other}"
        ),
        _ => other.to_owned(),
    };
    Some(Finding {
        id: FindingId::KeyUnusable,
        severity: Severity::Error,
        subject: name.clone(),
        what: format!("`{name}`, the default encryption key of `{}`, {why_not}", bucket.name),
        why: "S3 can't encrypt logs with it, so none are written".to_owned(),
        page: STATES,
        fix: Fix::Impossible(hint),
    })
}

/// Returns a finding for a default encryption with a failing key that no one asked to replace.
fn failing_kept_default(world: &World<'_>) -> Option<Finding> {
    let is_kept = world.request.encryption == Encryption::Unstated
        && world.facts().encrypted_by == EncryptedBy::Bucket
        && target(world) == Target::Keep
        && !is_kept_against_documents(world);
    let bucket = world.bucket().filter(|_| is_kept)?;
    failing_default(world.producer(), bucket, &world.place.region, &world.observed.default_key)
}

/// Returns whether the current key policy allows the service for every source.
pub(super) fn lets_in(world: &World<'_>, key: &Key) -> bool {
    let Some(document) = key.policy.present().and_then(|text| Document::parse(text).ok()) else { return false };
    let certain = |probe: &Probe| world.producer().certainly_asks(&probe.request.action);
    let probes = probes(world, key);
    probes
        .iter()
        .filter(|(_, probe)| certain(probe))
        .all(|(_, probe)| evaluate(&document, &probe.request).answer == Answer::Allowed)
}

/// Returns whether the service may be able to use the customer managed key of the default encryption. This is so if the
/// key policy allows or may allow the service, or could not be read.
pub(super) fn may_let_in(world: &World<'_>) -> bool {
    let Some(arn) = world.present_encryption().and_then(BucketEncryption::key_arn) else { return false };
    let probes = probes_of(world, &arn);
    if probes.is_empty() {
        return false;
    }
    let policy = match &world.observed.default_key {
        Seen::Absent => return false,
        Seen::Denied(_) => return true,
        Seen::Present(key) if unusable(&world.place.region, key).is_some() => return false,
        Seen::Present(key) => match &key.policy {
            Seen::Absent => return false,
            Seen::Denied(_) => return true,
            Seen::Present(text) => Document::parse(text),
        },
    };
    let Ok(policy) = policy else { return true };
    probes.iter().all(|(_, probe)| {
        let decision = evaluate(&policy, &probe.request);
        decision.answer == Answer::Allowed || (decision.answer == Answer::Unknown && decision.allow_possible)
    })
}

pub(super) fn probes(world: &World<'_>, key: &Key) -> Vec<(usize, Probe)> {
    probes_of(world, &key.arn)
}

fn probes_of(world: &World<'_>, key: &KeyArn) -> Vec<(usize, Probe)> {
    let arn = key.to_string();
    // A plan keeps a Bucket Key as it is, so this is also true for the encryption that the plan writes.
    let by_bucket_key = world
        .present_encryption()
        .is_some_and(|default| default.bucket_key && default.key_arn().is_some_and(|default| default == *key));
    let context = if by_bucket_key { KeyContext::Bucket } else { KeyContext::BucketOrObject };
    let key = ProbedKey { arn: &arn, context };
    let of_writer = |(index, writer)| {
        let probes = producer::key_probes(world.producer(), writer, &world.place, &key);
        world.dated(probes).into_iter().map(move |probe| (index, probe))
    };
    world.writers.iter().enumerate().flat_map(of_writer).collect()
}

/// Returns the alias of the key that logbucket creates for a bucket.
fn alias_name(world: &World<'_>) -> String {
    world.place.bucket.key_alias()
}

fn created(world: &World<'_>) -> Option<Finding> {
    let grant = world.producer().facts().key_grant?;
    let names: Vec<String> = world.writers.iter().map(|writer| writer.name.clone()).collect();
    let root = Document::empty()
        .with_statement_appended(Template::KeyRoot.fill(&Values::for_place(&world.place, names.clone())));
    let policy = match granted(&root, &[grant], &world.place, names, KEY_POLICY_LIMIT) {
        Granted::Exactly(policy) | Granted::Widened(policy) => policy.to_text(),
        Granted::TooLarge { .. } => return None,
    };
    let key = Step::CreateKey { bucket: world.place.bucket.clone(), policy };
    let rotation = Step::EnableKeyRotation { bucket: world.place.bucket.clone(), key: KeySlot::Created };
    let alias = Step::CreateAlias { alias: alias_name(world), key: KeySlot::Created };
    Some(Finding {
        id: FindingId::KeyAbsent,
        severity: Severity::Info,
        subject: alias_name(world),
        what: format!("key `{}` does not exist yet", alias_name(world)),
        why: "logs encrypted with a customer managed key need one that allows the log service".to_owned(),
        page: CREATE,
        fix: Fix::Steps(vec![
            PlannedStep::creates_at_risk(
                key,
                "a key costs 1 USD a month, and once it is deleted, its logs can't be read",
            ),
            PlannedStep::creates(rotation),
            PlannedStep::creates(alias),
        ]),
    })
}

/// Returns a finding if someone else's key has the alias of the key to create. Only the key's owner may decide to
/// rotate it, to change its policy or to encrypt with it.
fn of_somebody_else(world: &World<'_>, key: &Key) -> Finding {
    let alias = alias_name(world);
    let flag = match choice_of(&world.request.encryption) {
        Some(KeyChoice::Create) => "--kms-key",
        Some(KeyChoice::Existing(_)) | None => "--report-kms-key",
    };
    Finding {
        id: FindingId::KeyForeign,
        severity: Severity::Error,
        subject: key.arn.to_string(),
        what: format!(
            "alias `{alias}` belongs to key `{}`, and no receipt shows that one of your runs created it",
            key.arn
        ),
        why: "`create` uses and changes only keys that it created itself".to_owned(),
        page: CREATE,
        fix: Fix::Impossible(format!(
            "use that key as it is with `{flag} {alias}`, name another key, or give that key another alias"
        )),
    }
}

fn alias(world: &World<'_>, key: &Key) -> Option<Finding> {
    (!key.own_alias).then(|| Finding {
        id: FindingId::KeyAliasAbsent,
        severity: Severity::Info,
        subject: key.arn.to_string(),
        what: format!("the key created for `{}` has no alias `{}` yet", world.place.bucket, alias_name(world)),
        why: "a later run finds the key by its alias".to_owned(),
        page: CREATE,
        // The run that created the key may have stopped before it turned rotation on.
        fix: Fix::Steps(vec![
            PlannedStep::creates(Step::EnableKeyRotation {
                bucket: world.place.bucket.clone(),
                key: KeySlot::Known(key.arn.clone()),
            }),
            PlannedStep::creates(Step::CreateAlias { alias: alias_name(world), key: KeySlot::Known(key.arn.clone()) }),
        ]),
    })
}

fn missing(world: &World<'_>, name: &str) -> Finding {
    Finding {
        id: FindingId::KeyUnknown,
        severity: Severity::Error,
        subject: name.to_owned(),
        what: if name.starts_with("arn:") {
            format!("key `{name}` does not exist")
        } else {
            format!("key `{name}` does not exist in {} of account {}", world.place.region, world.place.owner)
        },
        why: "logs can't be encrypted with a key that does not exist".to_owned(),
        page: STATES,
        fix: Fix::Impossible(match world.facts().encrypted_by {
            EncryptedBy::Bucket => "name a key that exists, or `create`".to_owned(),
            EncryptedBy::Source => "use `--report-kms-key` with a key that exists, or with `create`".to_owned(),
        }),
    }
}

/// Returns a finding for an unreadable property of a key. If the key stays and logs were delivered, the finding is
/// downgraded.
pub(super) fn unread(world: &World<'_>, subject: String, what: &str, fix: Fix) -> Finding {
    let found = unreadable(world, subject, what, fix);
    if world.has_logs_of_each() && stays(world) { found.proven(&world.names_of_sources()) } else { found }
}

/// Returns whether the plan keeps the encryption of the logs. If not, delivered logs say nothing about the new key.
pub(super) fn stays(world: &World<'_>) -> bool {
    match world.facts().encrypted_by {
        EncryptedBy::Bucket => target(world) == Target::Keep,
        EncryptedBy::Source => reports::stay_as_they_are(world),
    }
}

fn unreadable(world: &World<'_>, subject: String, what: &str, fix: Fix) -> Finding {
    Finding {
        id: FindingId::KeyPolicyUnreadable,
        severity: Severity::Warning,
        subject,
        what: format!("could not tell whether the key policy allows `{}`: {what}", world.producer().facts().principal),
        why: "if the key policy does not allow the service, logs never arrive, usually without an error".to_owned(),
        page: world.facts().key_page,
        fix,
    }
}

fn of_key(world: &World<'_>, key: &Key) -> Vec<Finding> {
    if let Some(reason) = unusable(&world.place.region, key) {
        return vec![Finding {
            id: FindingId::KeyUnusable,
            severity: Severity::Error,
            subject: key.arn.to_string(),
            what: format!("`{}` {reason}", key.arn),
            why: "S3 needs an enabled symmetric customer managed key of the bucket's Region".to_owned(),
            page: STATES,
            fix: Fix::Impossible(other_key(world, key)),
        }];
    }
    match &key.policy {
        Seen::Present(text) => key_policy::check(world, key, text),
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => {
            vec![unread(
                world,
                key.arn.to_string(),
                &format!("{denial}; the key policy needs this statement: {}", statement(world)),
                Fix::Nothing,
            )]
        }
    }
}

fn other_key(world: &World<'_>, key: &Key) -> String {
    let flag = match world.facts().encrypted_by {
        EncryptedBy::Bucket => "--kms-key",
        EncryptedBy::Source => "--report-kms-key",
    };
    let made = choice_of(&world.request.encryption) == Some(&KeyChoice::Create)
        || world.request.kind.report_key() == Some(&KeyChoice::Create);
    let other = if made {
        format!("name another key with `{flag}`")
    } else {
        format!("name another key with `{flag}`, or use `{flag} create`")
    };
    match key.state.as_str() {
        "Disabled" => format!("enable the key, or {other}"),
        "PendingDeletion" => format!("cancel the key's deletion, or {other}; its aliases can be deleted"),
        _ => other,
    }
}

/// Returns the statement that a key policy needs, for someone who must add it by hand.
pub(super) fn statement(world: &World<'_>) -> String {
    let names = world.writers.iter().map(|writer| writer.name.clone()).collect();
    let values = Values::for_place(&world.place, names);
    world.producer().facts().key_grant.map(|grant| grant.fill(&values).to_string()).unwrap_or_default()
}
