//! Can the service use the customer managed key? New keys get a policy that allows it.

use crate::iam::{Document, PolicyAnswer, evaluate};
use crate::model::{
    BucketEncryption, Denial, Encryption, EncryptionKind, KeyArn, KeyChoice, KeyRef, KeySlot, Region, Seen,
};
use crate::plan::granting_policy::{GrantingPolicy, KEY_POLICY_LIMIT, granted};
use crate::plan::plan_context::PlanContext;
use crate::plan::{
    FailingKey, Finding, FindingId, Fix, Hint, KeyFinding, MissingKey, PlannedStep, Risk, Step, UnreadKey, UnusableKey,
};
use crate::producer::{self, EncryptedBy, KeyContext, Probe, ProbedKey, Producer, Template, Values};
use crate::state::{Bucket, Key, KeyManager, KeyOrigin};

use super::encryption::{TargetEncryption, is_kept_against_documents, known_default_key, target};
use super::{key_policy, reports};

pub(super) fn check(context: &PlanContext<'_>) -> Vec<Finding> {
    if let Some(found) = failing_kept_default(context) {
        return vec![found];
    }
    let mut findings = Vec::new();
    let default = choice_of(&context.request.encryption);
    let report = context.request.kind.report_key();
    let kept_report = report.filter(|_| reports::is_kept_key(context));
    for (choice, key) in [(default, &context.observed.default_key), (report, &context.observed.report_key)] {
        match (choice, key) {
            // The configuration already names the requested key.
            (Some(choice), Seen::Denied(denial))
                if std::ptr::eq(key, &raw const context.observed.report_key) && kept_report == Some(choice) =>
            {
                let unread = UnreadKey::Denied { denial: denial.clone(), needed: None };
                findings.push(unread_unless_proven(context, denial.resource.clone(), unread, Fix::Nothing));
            }
            (Some(KeyChoice::Create), Seen::Absent) => findings.extend(created(context)),
            (Some(KeyChoice::Create), Seen::Present(key)) if key.origin == KeyOrigin::Unknown => {
                findings.push(foreign_alias_finding(context, key));
            }
            (Some(KeyChoice::Create), Seen::Present(key)) => findings.extend(alias(context, key)),
            (Some(KeyChoice::Existing(name)), Seen::Absent) => {
                findings.push(missing(context, &name.to_string(), KeyFinding::Unknown));
            }
            (Some(_), Seen::Denied(denial)) if undescribed_arn(context, choice, key).is_some() => {
                let unread = UnreadKey::Denied { denial: denial.clone(), needed: Some(statement(context)) };
                findings.push(unreadable(context, denial.resource.clone(), unread, Fix::Nothing));
            }
            (Some(_), Seen::Denied(denial)) => {
                let unread = UnreadKey::AskedByOtherName(denial.clone());
                findings.push(unreadable(context, denial.resource.clone(), unread, Fix::Impossible(Hint::OfKind)));
            }
            (None, Seen::Denied(denial)) => findings.extend(undescribed(context, key, denial)),
            (None | Some(KeyChoice::Existing(_)), _) => {}
        }
    }
    // The request does not name this key, so the user made no mistake.
    findings.extend(reports::missing_key(context).map(|name| missing(context, name, KeyFinding::Gone)));
    let unchecked = reports::unchecked(context)
        .into_iter()
        .map(|name| unread_unless_proven(context, name.to_owned(), UnreadKey::Several, Fix::Nothing));
    findings.extend(unchecked);
    let keys = match context.facts().encrypted_by {
        EncryptedBy::Source => reports::keys(context),
        EncryptedBy::Bucket => known_default_key(context).into_iter().collect(),
    };
    // Someone else's key is neither evaluated nor changed.
    let is_foreign = |key: &Key| {
        let subject = key.arn.to_string();
        findings.iter().any(|found| found.id() == FindingId::KeyForeign && found.subject == subject)
    };
    let keys: Vec<&Key> = keys.into_iter().filter(|key| !is_foreign(key)).collect();
    findings.extend(keys.into_iter().flat_map(|key| key_findings(context, key)));
    findings
}

/// Returns a finding for a key that the caller is not allowed to describe. This is either the key that the current
/// reports keep using, or the bucket's own key. The bucket's key is judged by its name alone.
fn undescribed(context: &PlanContext<'_>, key: &Seen<Key>, denial: &Denial) -> Option<Finding> {
    if std::ptr::eq(key, &raw const context.observed.report_key) {
        let unread = UnreadKey::Denied { denial: denial.clone(), needed: None };
        return Some(unread_unless_proven(context, denial.resource.clone(), unread, Fix::Nothing));
    }
    let present = context.present_encryption()?;
    if target(context) != TargetEncryption::Keep
        || present.kind() != EncryptionKind::SseKmsCustomer
        || (context.facts().encrypted_by == EncryptedBy::Source && !reports::take_the_default(context))
    {
        return None;
    }
    let subject = present.key.clone().unwrap_or_default();
    let denial = denial.clone();
    let (unread, fix) = if present.key_arn().is_some() {
        (UnreadKey::Denied { denial, needed: None }, Fix::Nothing)
    } else {
        (UnreadKey::DefaultByOtherName(denial), Fix::Impossible(Hint::OfKind))
    };
    Some(unread_unless_proven(context, subject, unread, fix))
}

pub(super) fn choice_of(encryption: &Encryption) -> Option<&KeyChoice> {
    match encryption {
        Encryption::SseKms(choice) => Some(choice),
        Encryption::SseS3 | Encryption::Unstated => None,
    }
}

/// Returns the reason if S3 can't use the key for a bucket in the Region.
pub(crate) fn unusable(region: &Region, key: &Key) -> Option<UnusableKey> {
    if key.manager == KeyManager::Aws {
        return Some(UnusableKey::AwsManaged);
    }
    if key.arn.arn().region != region.as_str() {
        return Some(UnusableKey::OtherRegion { region: key.arn.arn().region.clone(), of_bucket: region.clone() });
    }
    // An unknown value is not a reason to refuse the key.
    let other = |word: &str, wanted: &str| word != wanted && word != "unknown";
    if other(&key.spec, "SYMMETRIC_DEFAULT") || other(&key.usage, "ENCRYPT_DECRYPT") {
        return Some(UnusableKey::OtherUse { spec: key.spec.clone(), usage: key.usage.clone() });
    }
    // In state "Updating" a key still creates data keys, according to AWS's table of key states.
    let is_working = matches!(key.state.as_str(), "Enabled" | "Updating" | "unknown");
    (!is_working).then(|| UnusableKey::State(key.state.clone()))
}

/// Returns the requested key if it is named by its ARN and the caller can't describe it. The key may be in any account.
/// Its policy is unknown, which is not a reason to refuse it. An ID or alias is not enough, because a setting needs the
/// ARN.
pub(super) fn undescribed_arn<'a>(
    context: &PlanContext<'_>,
    choice: Option<&'a KeyChoice>,
    key: &Seen<Key>,
) -> Option<&'a KeyArn> {
    let Some(KeyChoice::Existing(KeyRef::Arn(arn))) = choice else { return None };
    let is_of_the_region = arn.arn().region == context.destination.region.as_str();
    (is_of_the_region && key.denial().is_some()).then_some(arn)
}

/// A key of a default encryption, and why S3 can't use it.
#[derive(Debug)]
pub(super) struct Fault {
    /// The key's ARN, or its name in the setting.
    pub(super) name: String,
    pub(super) reason: UnusableKey,
}

/// Returns the reason if S3 can't use the customer managed key of a default encryption. `key` is this key.
pub(super) fn fault_of_default(default: &BucketEncryption, region: &Region, key: &Seen<Key>) -> Option<Fault> {
    let name = default.key.as_ref().filter(|_| default.kind() == EncryptionKind::SseKmsCustomer)?;
    if let Seen::Present(key) = key {
        let is_customers = key.manager == KeyManager::Customer;
        let reason = unusable(region, key).filter(|_| is_customers)?;
        return Some(Fault { name: key.arn.to_string(), reason });
    }
    let elsewhere = default.key_arn().map(|arn| arn.arn().region.clone()).filter(|other| other != region.as_str());
    let reason = match (elsewhere, key) {
        // An ARN contains the Region, even if the key can't be described.
        (Some(region_of_key), _) => UnusableKey::OtherRegion { region: region_of_key, of_bucket: region.clone() },
        (None, Seen::Absent) => UnusableKey::Missing,
        (None, Seen::Denied(_) | Seen::Present(_)) => return None,
    };
    Some(Fault { name: name.clone(), reason })
}

/// Returns a finding if S3 can't use the customer managed key of a bucket's default encryption. Logs then stop until
/// someone restores the key or chooses another encryption.
pub(crate) fn failing_default(
    producer: Producer,
    bucket: &Bucket,
    region: &Region,
    key: &Seen<Key>,
) -> Option<Finding> {
    let (name, failing) = failing_key(producer, bucket, region, key)?;
    Some(Finding::new(name, KeyFinding::FailingDefault(failing), Fix::Impossible(Hint::OfKind)))
}

/// Returns the name of the key of a bucket's default encryption, and why S3 can't use the key.
pub(super) fn failing_key(
    producer: Producer,
    bucket: &Bucket,
    region: &Region,
    key: &Seen<Key>,
) -> Option<(String, FailingKey)> {
    let Fault { name, reason } = fault_of_default(bucket.encryption.present()?, region, key)?;
    let (bucket, region, encrypted_by) = (bucket.name.clone(), region.clone(), producer.facts().encrypted_by);
    let state = key.present().map(|key| key.state.clone());
    Some((name, FailingKey { bucket, region, reason, state, encrypted_by }))
}

/// Returns a finding for a default encryption with a failing key that no one asked to replace.
fn failing_kept_default(context: &PlanContext<'_>) -> Option<Finding> {
    let is_kept = context.request.encryption == Encryption::Unstated
        && context.facts().encrypted_by == EncryptedBy::Bucket
        && target(context) == TargetEncryption::Keep
        && !is_kept_against_documents(context);
    let bucket = context.bucket().filter(|_| is_kept)?;
    failing_default(context.producer(), bucket, &context.destination.region, &context.observed.default_key)
}

/// Returns whether the current key policy allows the service for every source.
pub(super) fn allows_service(context: &PlanContext<'_>, key: &Key) -> bool {
    let Some(document) = key.policy.present().and_then(|text| Document::parse(text).ok()) else { return false };
    let certain = |probe: &Probe| context.producer().certainly_asks(&probe.request.action);
    let probes = probes(context, key);
    probes
        .iter()
        .filter(|(_, probe)| certain(probe))
        .all(|(_, probe)| evaluate(&document, &probe.request).answer == PolicyAnswer::Allowed)
}

/// Returns whether the service may be able to use the customer managed key of the default encryption. This is so if the
/// key policy allows or may allow the service, or could not be read.
pub(super) fn may_allow_service(context: &PlanContext<'_>) -> bool {
    let Some(arn) = context.present_encryption().and_then(BucketEncryption::key_arn) else { return false };
    let probes = probes_of(context, &arn);
    if probes.is_empty() {
        return false;
    }
    let policy = match &context.observed.default_key {
        Seen::Absent => return false,
        Seen::Denied(_) => return true,
        Seen::Present(key) if unusable(&context.destination.region, key).is_some() => return false,
        Seen::Present(key) => match &key.policy {
            Seen::Absent => return false,
            Seen::Denied(_) => return true,
            Seen::Present(text) => Document::parse(text),
        },
    };
    let Ok(policy) = policy else { return true };
    probes.iter().all(|(_, probe)| {
        let decision = evaluate(&policy, &probe.request);
        decision.answer == PolicyAnswer::Allowed
            || (decision.answer == PolicyAnswer::Unknown && decision.allow_possible)
    })
}

pub(super) fn probes(context: &PlanContext<'_>, key: &Key) -> Vec<(usize, Probe)> {
    probes_of(context, &key.arn)
}

fn probes_of(context: &PlanContext<'_>, key: &KeyArn) -> Vec<(usize, Probe)> {
    let arn = key.to_string();
    // A plan keeps a Bucket Key as it is, so this is also true for the encryption that the plan writes.
    let by_bucket_key = context
        .present_encryption()
        .is_some_and(|default| default.bucket_key && default.key_arn().is_some_and(|default| default == *key));
    let key_context = if by_bucket_key { KeyContext::Bucket } else { KeyContext::BucketOrObject };
    let key = ProbedKey { arn: &arn, context: key_context };
    let of_log_source = |(index, log_source)| {
        let probes = producer::key_probes(context.producer(), log_source, &context.destination, &key);
        context.dated(probes).into_iter().map(move |probe| (index, probe))
    };
    context.log_sources.iter().enumerate().flat_map(of_log_source).collect()
}

/// Returns the alias of the key that logbucket creates for a bucket.
fn alias_name(context: &PlanContext<'_>) -> String {
    context.destination.bucket.key_alias()
}

fn created(context: &PlanContext<'_>) -> Option<Finding> {
    let grant = context.producer().facts().key_grant?;
    let names: Vec<String> = context.log_sources.iter().map(|log_source| log_source.name.clone()).collect();
    let root = Document::empty()
        .with_statement_appended(Template::KeyRoot.fill(&Values::for_destination(&context.destination, names.clone())));
    let policy = match granted(&root, &[grant], &context.destination, names, KEY_POLICY_LIMIT) {
        GrantingPolicy::Exactly(policy) | GrantingPolicy::Widened(policy) => policy.to_text(),
        GrantingPolicy::TooLarge { .. } => return None,
    };
    let key = Step::CreateKey { bucket: context.destination.bucket.clone(), policy };
    let rotation = Step::EnableKeyRotation { bucket: context.destination.bucket.clone(), key: KeySlot::Created };
    let alias = Step::CreateAlias { alias: alias_name(context), key: KeySlot::Created };
    let steps = vec![
        PlannedStep::creates_at_risk(key, Risk::NewKey),
        PlannedStep::creates(rotation),
        PlannedStep::creates(alias),
    ];
    Some(Finding::new(alias_name(context), KeyFinding::ToCreate, Fix::Steps(steps)))
}

/// Returns a finding if someone else's key has the alias of the key to create. Only the key's owner may decide to
/// rotate it, to change its policy or to encrypt with it.
fn foreign_alias_finding(context: &PlanContext<'_>, key: &Key) -> Finding {
    let encrypted_by = match choice_of(&context.request.encryption) {
        Some(KeyChoice::Create) => EncryptedBy::Bucket,
        Some(KeyChoice::Existing(_)) | None => EncryptedBy::Source,
    };
    let kind = KeyFinding::Foreign { alias: alias_name(context), encrypted_by };
    Finding::new(key.arn.to_string(), kind, Fix::Impossible(Hint::OfKind))
}

fn alias(context: &PlanContext<'_>, key: &Key) -> Option<Finding> {
    if key.own_alias {
        return None;
    }
    let (bucket, alias) = (context.destination.bucket.clone(), alias_name(context));
    let slot = || KeySlot::Known(key.arn.clone());
    // The run that created the key may have stopped before it turned rotation on.
    let steps = vec![
        PlannedStep::creates(Step::EnableKeyRotation { bucket: bucket.clone(), key: slot() }),
        PlannedStep::creates(Step::CreateAlias { alias: alias.clone(), key: slot() }),
    ];
    Some(Finding::new(key.arn.to_string(), KeyFinding::NoAlias { bucket, alias }, Fix::Steps(steps)))
}

fn missing(context: &PlanContext<'_>, name: &str, kind: fn(MissingKey) -> KeyFinding) -> Finding {
    let (region, account) = (context.destination.region.clone(), context.destination.owner.clone());
    let key = MissingKey { region, account, encrypted_by: context.facts().encrypted_by };
    Finding::new(name, kind(key), Fix::Impossible(Hint::OfKind))
}

/// Returns a finding for an unreadable property of a key. If the key stays and logs were delivered, the finding is
/// downgraded.
pub(super) fn unread_unless_proven(context: &PlanContext<'_>, subject: String, unread: UnreadKey, fix: Fix) -> Finding {
    let found = unreadable(context, subject, unread, fix);
    if context.has_logs_of_each() && stays(context) { found.proven(context.names_of_sources()) } else { found }
}

/// Returns whether the plan keeps the encryption of the logs. If not, delivered logs say nothing about the new key.
pub(super) fn stays(context: &PlanContext<'_>) -> bool {
    match context.facts().encrypted_by {
        EncryptedBy::Bucket => target(context) == TargetEncryption::Keep,
        EncryptedBy::Source => reports::stay_as_they_are(context),
    }
}

fn unreadable(context: &PlanContext<'_>, subject: String, unread: UnreadKey, fix: Fix) -> Finding {
    Finding::new(subject, KeyFinding::PolicyUnreadable { producer: context.producer(), unread }, fix)
}

fn key_findings(context: &PlanContext<'_>, key: &Key) -> Vec<Finding> {
    let subject = key.arn.to_string();
    if let Some(reason) = unusable(&context.destination.region, key) {
        let is_to_create = choice_of(&context.request.encryption) == Some(&KeyChoice::Create)
            || context.request.kind.report_key() == Some(&KeyChoice::Create);
        let (state, encrypted_by) = (key.state.clone(), context.facts().encrypted_by);
        let kind = KeyFinding::Unusable { reason, state, encrypted_by, is_to_create };
        return vec![Finding::new(subject, kind, Fix::Impossible(Hint::OfKind))];
    }
    match &key.policy {
        Seen::Present(text) => key_policy::check(context, key, text),
        Seen::Absent => Vec::new(),
        Seen::Denied(denial) => {
            let unread = UnreadKey::Denied { denial: denial.clone(), needed: Some(statement(context)) };
            vec![unread_unless_proven(context, subject, unread, Fix::Nothing)]
        }
    }
}

/// Returns the statement that a key policy needs, for someone who must add it by hand.
pub(super) fn statement(context: &PlanContext<'_>) -> String {
    let names = context.log_sources.iter().map(|log_source| log_source.name.clone()).collect();
    let values = Values::for_destination(&context.destination, names);
    context.producer().facts().key_grant.map(|grant| grant.fill(&values).to_string()).unwrap_or_default()
}
