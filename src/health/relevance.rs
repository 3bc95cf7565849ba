//! What a plan's findings mean for logs that are on already.

use crate::plan::{Finding, FindingId, Severity};
use crate::producer::Attachment;
use crate::state::Bucket;

/// What a finding says of an attachment that is on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Weight {
    /// Nothing arrives for it, or nothing readable.
    Stops,
    /// It can't be known whether anything arrives.
    Hides,
    /// Worth a word.
    Remark,
    /// A matter of setting up, and not of delivery.
    Nothing,
}

/// The weight of a finding.
///
/// A plan is stricter than a diagnosis must be: what could not be read stops a plan, since nothing is replaced unseen, and a
/// destination that is logged itself is advised against and works.
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
        // Not supported, and the key's policy may allow the service all the same.
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

/// Whether it is about the encryption, of which a delivered object is a witness; of a key and its policy it is none, since
/// they may have changed since, and the bucket still names the same.
pub(super) fn is_about_encryption(finding: &Finding) -> bool {
    matches!(finding.id, FindingId::EncryptionKeyNotArn | FindingId::EncryptionNotWritable)
}

/// Whether a setting could not be read that certainly stops these logs: for others AWS says nothing of it.
fn hides_a_setting(attachment: &Attachment, bucket: Option<&Bucket>) -> bool {
    let facts = &attachment.facts().destination;
    bucket.is_some_and(|bucket| {
        facts.object_lock.is_some() && bucket.object_lock.denial().is_some()
            || facts.requester_pays.is_some() && bucket.payer.denial().is_some()
    })
}
