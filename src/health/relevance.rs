//! What a plan's findings mean for logs that are already on.

use crate::plan::{Finding, FindingId, Severity};
use crate::producer::Attachment;
use crate::state::Bucket;

/// What a finding means for an attachment that is on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Weight {
    /// Nothing arrives, or nothing readable.
    Stops,
    /// It is unknown whether anything arrives.
    Hides,
    /// Worth mentioning.
    Remark,
    /// Matters for setup, not for delivery.
    Nothing,
}

/// Returns the weight of a finding.
///
/// A plan is stricter than a diagnosis: it stops if it can't read a setting, because it replaces nothing unseen, and it
/// advises against a destination that is logged itself, although that works.
pub(super) fn weight(finding: &Finding, attachment: &Attachment, bucket: Option<&Bucket>) -> Weight {
    use FindingId as Id;
    let by_severity = || match finding.severity {
        Severity::Stops => Weight::Stops,
        Severity::Warns => Weight::Remark,
        Severity::Wanted => Weight::Nothing,
    };
    match finding.id {
        Id::AttachmentUnreadable
        | Id::DestinationRefused
        | Id::EncryptionUnreadable
        | Id::KeyPolicyUnreadable
        | Id::PolicyDenyLikely
        | Id::PolicyUncertain
        | Id::PolicyUnreadable
        | Id::SourceOtherAccount => Weight::Hides,
        Id::KeyPolicy | Id::ListenerNotTls | Id::PolicyGrant if finding.severity == Severity::Warns => Weight::Hides,
        // Not supported, but the key policy may still allow the service.
        Id::EncryptionNotWritable if finding.severity == Severity::Warns && !finding.steps().is_empty() => {
            Weight::Hides
        }
        Id::SettingUnreadable if hides_a_setting(attachment, bucket) => Weight::Hides,
        Id::DestinationLogged | Id::LogLoop | Id::PolicyDenyUnlikely => Weight::Remark,
        Id::AttachmentInventory if finding.severity != Severity::Stops => Weight::Nothing,
        Id::AttachmentLogging
        | Id::DestinationNamespace
        | Id::EncryptionNotAsAsked
        | Id::KeyAliasAbsent
        | Id::LifecycleExpiration
        | Id::ManagedByService
        | Id::ManagedByTemplate
        | Id::PolicyExemptUnknown
        | Id::PolicyPublic
        | Id::PolicyTooLarge
        | Id::PolicyWidened
        | Id::PrefixNoFolder
        | Id::PrefixUnnamedFolder
        | Id::RegionNotUsed
        | Id::SettingUnreadable
        | Id::Tags => Weight::Nothing,
        Id::DestinationAbsent => Weight::Stops,
        Id::AttachmentInventory
        | Id::DestinationOtherRegion
        | Id::EncryptionKeyNotArn
        | Id::EncryptionNotWritable
        | Id::ExpiresEarly
        | Id::KeyAbsent
        | Id::KeyForeign
        | Id::KeyPolicy
        | Id::KeyPolicyNarrow
        | Id::KeyUnknown
        | Id::KeyUnusable
        | Id::ListenerNotTls
        | Id::ObjectLock
        | Id::ObjectUnreadable
        | Id::Ownership
        | Id::PolicyDeny
        | Id::PolicyGrant
        | Id::PrefixIllegal
        | Id::RequesterPays
        | Id::SourceOtherRegion
        | Id::SourceOtherType
        | Id::TargetGrants
        | Id::UnreadButProven => by_severity(),
    }
}

/// Returns whether it is about the encryption setting. A delivered object proves that setting, but not the key or its
/// policy: they may have changed since, while the bucket still uses the same key.
pub(super) fn is_about_encryption(finding: &Finding) -> bool {
    matches!(finding.id, FindingId::EncryptionKeyNotArn | FindingId::EncryptionNotWritable)
}

/// Returns whether an unreadable setting is one that certainly blocks these logs. For other logs AWS documents nothing.
fn hides_a_setting(attachment: &Attachment, bucket: Option<&Bucket>) -> bool {
    let facts = &attachment.facts().destination;
    bucket.is_some_and(|bucket| {
        facts.object_lock.is_some() && bucket.object_lock.denial().is_some()
            || facts.requester_pays.is_some() && bucket.payer.denial().is_some()
    })
}
