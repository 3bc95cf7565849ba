//! Whether a log still arrives once a setting of its destination is taken back: pure.

use std::sync::Arc;

use crate::iam::{Answer, Document, Truth};
use crate::model::{AccountId, EncryptionKind, Moment, Seen};
use crate::plan::{Finding, Setting, Severity, Slot, unusable_key};
use crate::producer::{Attachment, Choices, KeyContext, Place, Prefix, ProbedKey, Writer, bucket_probes, log_delivery};
use crate::state::{Bucket, Destination, Key, Looked};

use super::diagnosis::{Health, diagnose};
use super::evidence::Evidence;

/// A setting of a destination, or of its key, that is to be changed.
#[derive(Clone, Debug)]
pub struct Withdrawal<'a> {
    /// Which.
    pub slot: &'a Slot,
    /// What it will be.
    pub after: &'a Setting,
    /// The key that a default encryption will name.
    pub key: Seen<Key>,
}

/// Whether the changes would stop a log: one that may arrive today would not, or might not; or one that is stopped already, by its
/// source or by another setting, would be stopped by this as well, and stay so once somebody has repaired the rest.
pub fn depends_on(log: &Arc<Attachment>, today: &Looked, changes: &[Withdrawal<'_>], now: Moment) -> bool {
    let of = |looked: &Looked| diagnose(log, Some(looked), &Evidence::NotSought, now);
    let after = changes.iter().fold(today.clone(), changed);
    // What changes nothing where the log goes is no matter of its own.
    if after == *today {
        return false;
    }
    let (before, after) = (of(today), of(&after));
    let is_news = |found: &&Finding| !before.findings.iter().any(|known| known.id == found.id);
    let stops = |found: &Finding| found.severity == Severity::Stops;
    if before.health == Health::Off {
        return false;
    }
    if before.health == Health::Dead && !before.is_doubtful(today) {
        return after.findings.iter().filter(is_news).any(stops);
    }
    match after.health {
        Health::Dead => true,
        Health::CannotKnow(_) => !matches!(before.health, Health::CannotKnow(_)),
        Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => false,
    }
}

/// A folder that another service has written, such as `AWSLogs/111122223333/vpcflowlogs/`, and whose log it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ServiceFolder {
    /// Its path.
    pub path: String,
    /// The account that it names.
    pub account: AccountId,
}

/// The folders that changes of the bucket, or of its key, would close to the service that writes them: it has the principal of the
/// NLBs, and nothing but its files tells of it.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html>
pub fn closed_to(folders: Vec<ServiceFolder>, today: &Looked, changes: &[Withdrawal<'_>]) -> Vec<ServiceFolder> {
    let written = folders.into_iter().filter(|folder| log_delivery::may_have_written(&folder.path));
    written.filter(|folder| is_closed(folder, today, changes)).collect()
}

/// Whether changes of the bucket, or of its key, would close a folder to `CloudWatch` vended logs. `path` is the prefix of the
/// delivery destination, without slashes around it.
///
/// The paths are those of <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html> (2026).
pub fn is_closed_to_vended(path: &str, today: &Looked, changes: &[Withdrawal<'_>]) -> bool {
    let account = &today.caller.account;
    let folder = if path.is_empty() { String::new() } else { format!("{path}/") };
    ["", "aws-account-id="].into_iter().any(|hive| {
        let path = format!("{folder}AWSLogs/{hive}{account}/elasticloadbalancing/");
        is_closed(&ServiceFolder { path, account: account.clone() }, today, changes)
    })
}

fn is_closed(folder: &ServiceFolder, today: &Looked, changes: &[Withdrawal<'_>]) -> bool {
    let after = changes.iter().fold(today.clone(), changed);
    let (Some(before), Some(after)) = (may_write(folder, today), may_write(folder, &after)) else {
        return false;
    };
    match (before, after) {
        (Truth::True, after) => after != Truth::True,
        (Truth::Unknown, after) => after == Truth::False,
        (Truth::False, _) => false,
    }
}

/// Whether the principal of the NLBs may write a folder, by the bucket policy and the default encryption; nothing where the policy
/// can't be judged.
fn may_write(folder: &ServiceFolder, looked: &Looked) -> Option<Truth> {
    let bucket = looked.destination.bucket()?;
    let place = Place { source_account: folder.account.clone(), ..place(bucket, &Prefix::default(), looked) };
    let writer = Writer { name: "another service".to_owned(), arn: String::new() };
    let by_policy =
        truth(log_delivery::probe_of_folder(&folder.path, &writer, &place).judged(&policy_of(bucket).ok()?).answer);
    Some(by_policy.and(by_encryption(bucket, looked, &writer, &place)))
}

/// Whether it may use the key of the default encryption. The policy of an AWS managed key lets no service in, and nobody can change
/// it.
fn by_encryption(bucket: &Bucket, looked: &Looked, writer: &Writer, place: &Place) -> Truth {
    let encryption = match &bucket.encryption {
        Seen::Present(encryption) => encryption,
        Seen::Absent => return Truth::True,
        Seen::Denied(_) => return Truth::Unknown,
    };
    match (encryption.kind(), &looked.default_key) {
        (EncryptionKind::SseS3, _) => Truth::True,
        (EncryptionKind::SseKmsAwsManaged, _) | (_, Seen::Absent) => Truth::False,
        (_, Seen::Denied(_)) => Truth::Unknown,
        (_, Seen::Present(key)) if unusable_key(&looked.region, key).is_some() => Truth::False,
        (_, Seen::Present(key)) => {
            let Ok(policy) = key.policy.present().map_or(Err(()), |text| Document::parse(text).map_err(drop)) else {
                return Truth::Unknown;
            };
            let context = if encryption.bucket_key { KeyContext::Bucket } else { KeyContext::BucketOrObject };
            let arn = key.arn.to_string();
            let probes = log_delivery::key_probes(writer, place, &ProbedKey { arn: &arn, context });
            let certain = probes.iter().filter(|probe| probe.request.action == log_delivery::CERTAIN);
            certain.fold(Truth::True, |all, probe| all.and(truth(probe.judged(&policy).answer)))
        }
    }
}

fn truth(answer: Answer) -> Truth {
    match answer {
        Answer::Allowed => Truth::True,
        Answer::Unknown => Truth::Unknown,
        Answer::ExplicitlyDenied | Answer::ImplicitlyDenied => Truth::False,
    }
}

fn place(bucket: &Bucket, prefix: &Prefix, today: &Looked) -> Place {
    let caller = &today.caller;
    Place {
        partition: caller.partition,
        bucket: bucket.name.clone(),
        prefix: prefix.clone(),
        owner: caller.account.clone(),
        region: today.region.clone(),
        source_account: caller.account.clone(),
        key_format: crate::producer::KeyFormat::Simple,
    }
}

/// Whether a source whose configuration can't be read could be let into the bucket today: one that certainly could not does not
/// depend on it, wherever it logs. `prefixes` are those that the bucket is known to be logged to under.
pub fn may_be_let_in(log: &Attachment, today: &Looked, prefixes: &[Prefix]) -> bool {
    let Some(bucket) = today.destination.bucket() else { return false };
    let Ok(policy) = policy_of(bucket) else { return true };
    if bucket.log_delivery_acl.present().is_some() {
        return true;
    }
    let caller = &today.caller;
    let writer = log.source.writer(caller.partition);
    let kind = Choices::default().kind(log.producer());
    let root = Prefix::default();
    let denied = |prefix: &Prefix| {
        let place = place(bucket, prefix, today);
        let probes = bucket_probes(&kind, &writer, &place);
        probes.iter().any(|probe| {
            let answer = probe.judged(&policy).answer;
            matches!(answer, Answer::ExplicitlyDenied | Answer::ImplicitlyDenied)
        })
    };
    !prefixes.iter().chain([&root]).all(denied)
}

fn policy_of(bucket: &Bucket) -> Result<Document, ()> {
    match &bucket.policy {
        Seen::Present(text) => Document::parse(text).map_err(drop),
        Seen::Absent => Ok(Document::empty()),
        Seen::Denied(_) => Err(()),
    }
}

/// What a destination is once a setting of it, or of its key, is changed.
fn changed(mut looked: Looked, change: &Withdrawal<'_>) -> Looked {
    if let Slot::KeyPolicy { key } = change.slot {
        for known in [&mut looked.default_key, &mut looked.report_key] {
            if let (Seen::Present(known), Setting::Policy(after)) = (known, change.after)
                && known.arn == *key
            {
                known.policy = seen(after.clone());
            }
        }
        return looked;
    }
    let Destination::Bucket(bucket) = &mut looked.destination else { return looked };
    if change.slot.destination() != Some(&bucket.name) {
        return looked;
    }
    match change.after {
        Setting::Policy(after) => bucket.policy = seen(after.clone()),
        Setting::Encryption(after) => {
            bucket.encryption = seen(after.clone());
            looked.default_key = change.key.clone();
        }
        Setting::Payer(after) => bucket.payer = Seen::Present(*after),
        Setting::Expiration(_) | Setting::Source(_) | Setting::Tags(_) => {}
    }
    looked
}

fn seen<T>(value: Option<T>) -> Seen<T> {
    value.map_or(Seen::Absent, Seen::Present)
}
