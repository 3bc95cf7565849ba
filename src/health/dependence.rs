//! Decides whether a log still arrives after a setting of its destination is reverted. Pure.

use std::sync::Arc;

use crate::iam::{Document, Letters, PolicyAnswer, ResourceSet, Truth};
use crate::model::{AccountId, EncryptionKind, KeyArn, Moment, Seen};
use crate::plan::{Finding, Setting, Severity, unusable_key};
use crate::producer::encryption::EncryptionOutcome;
use crate::producer::{
    Attachment, Choices, Destination, EncryptedBy, FlowKeys, KeyContext, LogSource, OwnEncryption, Prefix, Probe,
    ProbePurpose, ProbedKey, bucket_probes, legacy_probes, log_delivery,
};
use crate::state::{Bucket, BucketState, DestinationState, Key};

use super::diagnosis::{Health, diagnose};
use super::evidence::Evidence;

/// A change to a setting of a destination or its key.
#[derive(Clone, Debug)]
pub(crate) struct Withdrawal<'a> {
    /// The setting after the change.
    pub after: &'a Setting,
    /// The key that the new default encryption uses.
    pub key: Seen<Key>,
}

impl<'a> Withdrawal<'a> {
    /// Returns the key, if the change is one of a key policy.
    fn changed_key(&self) -> Option<&'a KeyArn> {
        if let Setting::KeyPolicy(key, _) = self.after { Some(key) } else { None }
    }
}

/// Returns whether the changes could stop a log that arrives or may arrive today. A log that is already stopped by
/// another problem counts too, if the changes would keep it stopped after that problem is fixed.
pub(crate) fn depends_on(
    log: &Arc<Attachment>,
    today: &DestinationState,
    changes: &[Withdrawal<'_>],
    now: Moment,
) -> bool {
    let of = |state: &DestinationState| diagnose(log, Some(state), &Evidence::NotSearched, now);
    let after = changes.iter().fold(today.clone(), with_change);
    // Ignore changes that don't affect this destination.
    if after == *today {
        return false;
    }
    let (before, after) = (of(today), of(&after));
    let is_news = |found: &&Finding| !before.findings.iter().any(|known| known.id() == found.id());
    let stops = |found: &Finding| found.severity() == Severity::Error;
    if before.health == Health::Off {
        return false;
    }
    if before.health == Health::Dead && !before.is_doubtful(today) {
        return after.findings.iter().filter(is_news).any(stops);
    }
    match after.health {
        // A log that is dead only by inference may still be delivered.
        Health::Dead if before.is_dead_by_inference() && after.is_dead_by_inference() => {
            after.findings.iter().filter(is_news).any(stops)
        }
        Health::Dead => true,
        Health::Unknown(_) => !matches!(before.health, Health::Unknown(_)),
        Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => false,
    }
}

/// Returns the reason why it is uncertain whether a log uses a key whose grant the changes remove: a setting could not
/// be read. `None` if it is certain.
pub(crate) fn may_use_key(log: &Attachment, today: &DestinationState, changes: &[Withdrawal<'_>]) -> Option<String> {
    // Logs of services without a key grant don't depend on the key policy.
    log.facts().key_grant?;
    let own = log.target.present()?.inventory.as_ref().map(|inventory| &inventory.encryption);
    changes.iter().filter_map(Withdrawal::changed_key).find_map(|key| match (own, &today.report_key) {
        (Some(OwnEncryption::SseKms(_)), Seen::Present(known)) => {
            let is_hidden = known.arn == *key && today.destination.bucket().is_none();
            is_hidden.then(|| UNREADABLE.to_owned())
        }
        (Some(OwnEncryption::SseKms(name)), Seen::Denied(denial)) => may_name(name, key).then(|| denial.to_string()),
        (Some(OwnEncryption::SseS3), _) | (Some(OwnEncryption::SseKms(_)), Seen::Absent) => None,
        (Some(OwnEncryption::BucketDefault) | None, _) => hidden_default_key(today, key),
    })
}

const UNREADABLE: &str = "its bucket can't be read";

/// Returns whether a log whose configuration could not be read may be encrypted with the key. Either the bucket's
/// default encryption or the log's configuration may name the key.
pub(crate) fn may_be_encrypted_with(log: &Attachment, today: &DestinationState, key: &KeyArn) -> bool {
    let may_name_it = log.facts().encrypted_by == EncryptedBy::Source;
    let is_default = today.default_key.present().is_some_and(|default| default.arn == *key);
    let can_use_keys =
        log.producer().encryption(EncryptionKind::SseKmsCustomer).outcome != EncryptionOutcome::NotSupported;
    may_name_it || can_use_keys && (is_default || hidden_default_key(today, key).is_some())
}

/// Returns the reason why it is uncertain whether a bucket's default encryption uses the key.
fn hidden_default_key(state: &DestinationState, key: &KeyArn) -> Option<String> {
    let bucket = match &state.destination {
        BucketState::Bucket(bucket) => bucket,
        BucketState::LockedOut | BucketState::Refused => return Some(UNREADABLE.to_owned()),
        BucketState::Absent | BucketState::OtherRegion(_) => return None,
    };
    match (&bucket.encryption, &state.default_key) {
        (Seen::Denied(denial), _) => Some(denial.to_string()),
        (Seen::Present(encryption), Seen::Denied(denial)) => {
            let may_be = encryption.key.as_ref().is_some_and(|name| may_name(name, key));
            may_be.then(|| denial.to_string())
        }
        (_, _) => None,
    }
}

/// Returns whether a name may mean the key: its ARN, its ID or an alias.
fn may_name(name: &str, key: &KeyArn) -> bool {
    let is_of_aws = name.ends_with("alias/aws/s3");
    !is_of_aws && (name == key.to_string() || name == key.id() || name.contains("alias/"))
}

/// A folder that another service writes to, and the folder's owner. An example is `AWSLogs/111122223333/vpcflowlogs/`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ServiceFolder {
    pub path: String,
    /// The account in the path.
    pub account: AccountId,
}

/// Returns the folders that changes to the bucket or its key could block. Most services use the same principal as NLB
/// logs, so only a service's files show that it logs here.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html>
pub(crate) fn folders_blocked_by(
    folders: &[ServiceFolder],
    today: &DestinationState,
    changes: &[Withdrawal<'_>],
    now: Moment,
) -> Vec<ServiceFolder> {
    let is_closed = |folder: &&ServiceFolder| {
        if log_delivery::may_have_written(&folder.path) {
            return is_closed(folder, today, changes, now);
        }
        // The account's own load balancers are listed and diagnosed as sources.
        let is_listed = log_delivery::is_of_load_balancers(&folder.path) && folder.account == today.caller.account;
        !is_listed
            && (is_closed_by_key(folder, today, changes, now) || is_closed_to_its_services(folder, today, changes, now))
    };
    folders.iter().filter(is_closed).cloned().collect()
}

/// Returns whether changes to the bucket policy would block the services that write to a folder.
fn is_closed_to_its_services(
    folder: &ServiceFolder,
    today: &DestinationState,
    changes: &[Withdrawal<'_>],
    now: Moment,
) -> bool {
    let after = changes.iter().fold(today.clone(), with_change);
    let answers = |state: &DestinationState| {
        let bucket = state.destination.bucket()?;
        let policy = policy_of(bucket).ok()?;
        let destination =
            Destination { source_account: folder.account.clone(), ..destination(bucket, &Prefix::default(), state) };
        let log_source = LogSource { name: "another service".to_owned(), arn: String::new() };
        let answer = |probe: Probe| truth(probe.dated(now).judged(&policy).answer);
        let probes = log_delivery::probes_of_others(&folder.path, &log_source, &destination);
        let admitted = |[upload, acl]: [Probe; 2]| ServiceAccess { writes: answer(upload), reads_acl: answer(acl) };
        Some(probes.into_iter().map(admitted).collect::<Vec<_>>())
    };
    let (Some(before), Some(after)) = (answers(today), answers(&after)) else { return false };
    before.into_iter().zip(after).any(|(before, after)| before.is_lost(after))
}

/// The access of a service to a bucket: to write to its folder, and to read the bucket's ACL.
#[derive(Clone, Copy)]
struct ServiceAccess {
    writes: Truth,
    reads_acl: Truth,
}

impl ServiceAccess {
    /// Returns whether the service loses access. If it can't write afterwards anyway, the ACL does not matter.
    fn is_lost(self, after: Self) -> bool {
        closes(self.writes, after.writes) || after.writes != Truth::False && closes(self.reads_acl, after.reads_acl)
    }
}

/// Returns whether a service loses access that it had or may have had.
fn closes(before: Truth, after: Truth) -> bool {
    match (before, after) {
        (Truth::True, after) => after != Truth::True,
        (Truth::Unknown, after) => after == Truth::False,
        (Truth::False, _) => false,
    }
}

/// Returns whether the changes to the default encryption could block a service that may write to its folder today.
fn is_closed_by_key(folder: &ServiceFolder, today: &DestinationState, changes: &[Withdrawal<'_>], now: Moment) -> bool {
    let after = changes.iter().fold(today.clone(), with_change);
    let answer = |state: &DestinationState| {
        let bucket = state.destination.bucket()?;
        let destination =
            Destination { source_account: folder.account.clone(), ..destination(bucket, &Prefix::default(), state) };
        let log_source = LogSource { name: "another service".to_owned(), arn: String::new() };
        let probes =
            |key: &ProbedKey<'_>| log_delivery::key_probes_of_others(&folder.path, &log_source, &destination, key);
        Some(by_encryption(bucket, state, probes, now))
    };
    matches!((answer(today), answer(&after)), (Some(before), Some(after)) if closes(before, after))
}

/// Returns whether changes to the bucket or its key would block a folder of `CloudWatch` vended logs. `path` is the
/// delivery destination's prefix, without a slash at either end.
///
/// Paths: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html> (2026).
pub(crate) fn is_closed_to_vended(
    path: &str,
    today: &DestinationState,
    changes: &[Withdrawal<'_>],
    now: Moment,
) -> bool {
    let account = &today.caller.account;
    let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
    ["", "aws-account-id="].into_iter().any(|hive| {
        let path = format!("{folder}AWSLogs/{hive}{account}/elasticloadbalancing/");
        is_closed(&ServiceFolder { path, account: account.clone() }, today, changes, now)
    })
}

fn is_closed(folder: &ServiceFolder, today: &DestinationState, changes: &[Withdrawal<'_>], now: Moment) -> bool {
    let mut keys = changes.iter().filter_map(Withdrawal::changed_key);
    if keys.any(|key| hidden_default_key(today, key).is_some()) {
        return true;
    }
    let after = changes.iter().fold(today.clone(), with_change);
    let (Some(before), Some(after)) = (admitted(folder, today, now), admitted(folder, &after, now)) else {
        return false;
    };
    before.is_lost(after)
}

/// Returns the access of the log delivery service to a folder, by the bucket policy and the default encryption. `None` if
/// the policy can't be evaluated.
fn admitted(folder: &ServiceFolder, state: &DestinationState, now: Moment) -> Option<ServiceAccess> {
    let bucket = state.destination.bucket()?;
    let destination =
        Destination { source_account: folder.account.clone(), ..destination(bucket, &Prefix::default(), state) };
    let log_source = LogSource { name: "another service".to_owned(), arn: String::new() };
    let probe = log_delivery::probe_of_folder(&folder.path, &log_source, &destination).dated(now);
    let policy = policy_of(bucket).ok()?;
    let by_policy = truth(probe.judged(&policy).answer);
    let by_key = by_encryption(bucket, state, |key| log_delivery::key_probes(&log_source, &destination, key), now);
    let acl = log_delivery::probe_of_acl(&log_source, &destination).dated(now);
    Some(ServiceAccess { writes: by_policy.and(by_key), reads_acl: truth(acl.judged(&policy).answer) })
}

/// Returns whether a service may use the key of the default encryption for these requests. The policy of an AWS managed
/// key allows no service and can't be changed. Without any known request, the answer is unknown.
fn by_encryption(
    bucket: &Bucket,
    state: &DestinationState,
    probes: impl Fn(&ProbedKey<'_>) -> Vec<Probe>,
    now: Moment,
) -> Truth {
    let encryption = match &bucket.encryption {
        Seen::Present(encryption) => encryption,
        Seen::Absent => return Truth::True,
        Seen::Denied(_) => return Truth::Unknown,
    };
    match (encryption.kind(), &state.default_key) {
        (EncryptionKind::SseS3, _) => Truth::True,
        (EncryptionKind::SseKmsAwsManaged, _) | (_, Seen::Absent) => Truth::False,
        (_, Seen::Denied(_)) => Truth::Unknown,
        (_, Seen::Present(key)) if unusable_key(&state.region, key).is_some() => Truth::False,
        (_, Seen::Present(key)) => {
            let Ok(policy) = key.policy.present().map_or(Err(()), |text| Document::parse(text).map_err(drop)) else {
                return Truth::Unknown;
            };
            let context = if encryption.bucket_key { KeyContext::Bucket } else { KeyContext::BucketOrObject };
            let arn = key.arn.to_string();
            let probes = probes(&ProbedKey { arn: &arn, context });
            let certain = probes.into_iter().filter(|probe| probe.request.action == log_delivery::CERTAIN);
            let answers = certain.map(|probe| truth(probe.dated(now).judged(&policy).answer));
            answers.reduce(Truth::and).unwrap_or(Truth::Unknown)
        }
    }
}

fn truth(answer: PolicyAnswer) -> Truth {
    match answer {
        PolicyAnswer::Allowed => Truth::True,
        PolicyAnswer::Unknown => Truth::Unknown,
        PolicyAnswer::ExplicitlyDenied | PolicyAnswer::ImplicitlyDenied => Truth::False,
    }
}

fn destination(bucket: &Bucket, prefix: &Prefix, today: &DestinationState) -> Destination {
    let caller = &today.caller;
    Destination {
        partition: caller.partition,
        bucket: bucket.name.clone(),
        prefix: prefix.clone(),
        owner: caller.account.clone(),
        region: today.region.clone(),
        source_account: caller.account.clone(),
        key_format: crate::producer::KeyFormat::Simple,
        flow_keys: FlowKeys::default(),
    }
}

/// Returns whether the bucket could allow a source with an unreadable configuration, under any prefix. If the bucket
/// certainly does not allow the source, the source does not depend on the bucket.
pub(crate) fn may_be_allowed(log: &Attachment, today: &DestinationState, now: Moment) -> bool {
    let Some(bucket) = today.destination.bucket() else { return false };
    let Ok(policy) = policy_of(bucket) else { return true };
    if bucket.log_delivery_acl.present().is_some() {
        return true;
    }
    let log_source = log.source.log_source(today.caller.partition);
    let kind = Choices::default().kind(log.producer());
    let destination = destination(bucket, &Prefix::default(), today);
    let any_file = ResourceSet::from(destination.object_arn("")).many(Letters::Any, "*");
    let is_denied = |probe: Probe| {
        let probe = probe.to_any_of(any_file.clone()).dated(now).without_inferences();
        let answer = probe.judged(&policy).answer;
        matches!(answer, PolicyAnswer::ExplicitlyDenied | PolicyAnswer::ImplicitlyDenied)
    };
    [bucket_probes(&kind, &log_source, &destination), legacy_probes(&kind, &log_source, &destination)].into_iter().any(
        |way| {
            let mut needed = way.into_iter().filter(|probe| probe.need == ProbePurpose::Delivery).peekable();
            needed.peek().is_some() && !needed.any(is_denied)
        },
    )
}

fn policy_of(bucket: &Bucket) -> Result<Document, ()> {
    match &bucket.policy {
        Seen::Present(text) => Document::parse(text).map_err(drop),
        Seen::Absent => Ok(Document::empty()),
        Seen::Denied(_) => Err(()),
    }
}

/// Returns the destination after a change to one of its settings or its key.
fn with_change(mut state: DestinationState, change: &Withdrawal<'_>) -> DestinationState {
    if let Setting::KeyPolicy(key, after) = change.after {
        for known in [&mut state.default_key, &mut state.report_key] {
            if let Seen::Present(known) = known
                && known.arn == *key
            {
                known.policy = Seen::Present(after.clone());
            }
        }
        return state;
    }
    let BucketState::Bucket(bucket) = &mut state.destination else { return state };
    match change.after {
        Setting::BucketPolicy(of, after) if *of == bucket.name => bucket.policy = seen(after.clone()),
        Setting::BucketEncryption(of, after) if *of == bucket.name => {
            bucket.encryption = seen(after.clone());
            state.default_key = change.key.clone();
        }
        Setting::Payer(of, after) if *of == bucket.name => bucket.payer = Seen::Present(*after),
        Setting::BucketEncryption(..)
        | Setting::BucketPolicy(..)
        | Setting::BucketTags(..)
        | Setting::KeyPolicy(..)
        | Setting::LifecycleRules { .. }
        | Setting::Payer(..)
        | Setting::Source(..) => {}
    }
    state
}

fn seen<T>(value: Option<T>) -> Seen<T> {
    value.map_or(Seen::Absent, Seen::Present)
}
