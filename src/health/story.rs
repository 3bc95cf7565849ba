//! What `CloudTrail` tells of a log that does not arrive: who changed what, and when it stopped.

use crate::model::{Moment, span};
use crate::plan::FindingId;
use crate::state::{Attachment, Bucket, InventoryEncryption, Log, Source, TrailEvent};

use super::diagnosis::{Diagnosis, Health};
use super::evidence::fresh_for;

/// A load balancer without traffic is silent for hours: a change within a day of its last object fits.
const DAY: i64 = 24 * 60 * 60;

/// The operation that turns a load balancer's log on.
const ATTACH: &str = "ModifyLoadBalancerAttributes";

/// The operations whose events can tell the story of a diagnosis.
pub fn operations(diagnosis: &Diagnosis) -> Vec<&'static str> {
    let of_balancer = matches!(diagnosis.attachment.source, Source::LoadBalancer(_));
    match (&diagnosis.health, diagnosis.findings.first()) {
        (Health::Dead, Some(cause)) => {
            let attach = of_balancer.then_some(ATTACH);
            bearing_on(cause.id).iter().copied().chain(attach).collect()
        }
        (Health::Off, _) if of_balancer => vec![ATTACH],
        _ => Vec::new(),
    }
}

/// The operations that can bring a cause about.
fn bearing_on(cause: FindingId) -> &'static [&'static str] {
    use FindingId as Id;
    match cause {
        Id::EncryptionKeyNotArn | Id::EncryptionNotWritable | Id::ObjectUnreadable => {
            &["PutBucketEncryption", "DeleteBucketEncryption"]
        }
        Id::KeyPolicy => &["PutKeyPolicy", "PutBucketEncryption"],
        Id::KeyAbsent | Id::KeyUnknown | Id::KeyUnusable => &["DisableKey", "ScheduleKeyDeletion"],
        Id::PolicyDeny | Id::PolicyGrant => &["PutBucketPolicy", "DeleteBucketPolicy"],
        Id::DestinationAbsent => &["DeleteBucket"],
        // No change of the last days brings these about, or none that is told apart.
        Id::AttachmentInventory
        | Id::AttachmentLogging
        | Id::AttachmentUnreadable
        | Id::DestinationLogged
        | Id::DestinationNamespace
        | Id::DestinationOtherRegion
        | Id::DestinationRefused
        | Id::EncryptionNotAsAsked
        | Id::EncryptionUnreadable
        | Id::ExpiresEarly
        | Id::KeyAliasAbsent
        | Id::KeyPolicyUnreadable
        | Id::LifecycleExpiration
        | Id::ManagedByTemplate
        | Id::ListenerNotTls
        | Id::ObjectLock
        | Id::Ownership
        | Id::PolicyExemptUnknown
        | Id::PolicyTooLarge
        | Id::PolicyUncertain
        | Id::PolicyUnreadable
        | Id::PolicyWidened
        | Id::PrefixIllegal
        | Id::PrefixNoFolder
        | Id::RegionNotUsed
        | Id::RequesterPays
        | Id::SettingUnreadable
        | Id::SourceOtherAccount
        | Id::SourceOtherRegion
        | Id::SourceOtherType
        | Id::Tags => &[],
    }
}

/// The story of a diagnosis in a sentence, as far as events tell one; `events` are of the Region, in any order, and
/// `delivered` is when the newest object came.
pub fn story(
    diagnosis: &Diagnosis,
    bucket: Option<&Bucket>,
    events: &[TrailEvent],
    delivered: Option<Moment>,
    now: Moment,
) -> Option<String> {
    let ago = |event: &TrailEvent| format!("{} ago ({})", span(event.at.until(now)), event.at);
    let silent = matches!(diagnosis.health, Health::Dead | Health::Off);
    if let Some(refused) = refused(&diagnosis.attachment, events, delivered).filter(|_| silent) {
        let error = refused.error.as_deref().unwrap_or_default();
        return Some(format!("AWS refused `{}` when it turned the log on {}: {error}", refused.user, ago(refused)));
    }
    if diagnosis.health != Health::Dead {
        return None;
    }
    let cause = diagnosis.findings.first()?.id;
    let destination = diagnosis.attachment.target.present().map(|target| target.bucket.clone())?;
    let default = bucket.and_then(|bucket| bucket.encryption.present()).and_then(|encryption| encryption.key.clone());
    let today = diagnosis.attachment.target.present().and_then(|target| target.inventory.as_ref());
    let named = today.and_then(|today| match &today.encryption {
        InventoryEncryption::SseKms(key) => Some(key.clone()),
        InventoryEncryption::BucketDefault | InventoryEncryption::SseS3 => None,
    });
    let keys: Vec<String> = default.into_iter().chain(named).collect();
    let is_of_it = |event: &&TrailEvent| {
        event.error.is_none()
            && bearing_on(cause).contains(&event.name.as_str())
            && (event.subject == destination || keys.iter().any(|key| names_key(&event.subject, key)))
    };
    let mut changes: Vec<&TrailEvent> = events.iter().filter(is_of_it).collect();
    changes.sort_by_key(|event| event.at);
    changes.retain(|event| delivered.is_none_or(|delivered| event.at > delivered));
    let (first, last) = (*changes.first()?, *changes.last()?);
    let what = |event: &TrailEvent| format!("`{}` called {} on `{}`", event.user, event.name, event.subject);
    let fits = |delivered: Moment| delivered.until(first.at) <= fresh_for(&diagnosis.attachment).max(DAY);
    Some(match delivered {
        Some(delivered) if fits(delivered) => {
            let until = format!("it worked until {}, when {}", ago(first), what(first));
            // Which of several broke it, the events don't say.
            match changes.len() - 1 {
                0 => until,
                1 => format!("{until}, or until the change after it, by `{}` {}", last.user, ago(last)),
                more => format!(
                    "{until}, or until one of {more} changes after it, the last by `{}` {}",
                    last.user,
                    ago(last)
                ),
            }
        }
        Some(delivered) => {
            let after = span(delivered.until(last.at));
            format!("{} {}, {after} after its newest object", what(last), ago(last))
        }
        None => format!("{} {}", what(last), ago(last)),
    })
}

/// The last time that turning the log on was refused, unless it has worked since.
fn refused<'a>(attachment: &Attachment, events: &'a [TrailEvent], delivered: Option<Moment>) -> Option<&'a TrailEvent> {
    let Source::LoadBalancer(balancer) = &attachment.source else { return None };
    let arn = balancer.arn.to_string();
    let Log::LoadBalancer(log) = attachment.log else { return None };
    let stem = format!("{}.", log.attribute_stem());
    let of_it = |event: &&TrailEvent| {
        event.name == ATTACH && event.subject == arn && event.attributes.iter().any(|(key, _)| key.starts_with(&stem))
    };
    let last = events.iter().filter(of_it).max_by_key(|event| event.at)?;
    let since = delivered.is_some_and(|delivered| delivered > last.at);
    let turns_off = last.attributes.iter().any(|(key, value)| *key == format!("{stem}enabled") && value == "false");
    (last.error.is_some() && !since && !turns_off).then_some(last)
}

/// Whether two names are of one key: its ARN, or its id alone.
fn names_key(one: &str, other: &str) -> bool {
    let id = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    id(one) == id(other)
}
