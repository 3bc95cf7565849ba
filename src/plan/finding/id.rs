//! The stable names of findings. One table has everything that is the same for all kinds with a name: the meaning, the
//! weight for an enabled log, the marks, and the operations after which it may appear.

/// The meaning of a finding for an enabled log. An unreadable setting only makes a diagnosis unknown. A plan is
/// stricter: an unreadable setting blocks the plan, because logbucket doesn't replace a setting that it can't read.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Weight {
    /// Logs don't arrive, or no one can read them.
    Stops,
    /// It is unknown whether logs arrive.
    Hides,
    /// Only a remark.
    Remark,
    /// It concerns the setup, not delivery.
    Nothing,
}

/// How to determine the weight of a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weighing {
    /// Always this weight.
    Always(Weight),
    /// An error blocks, a warning is a remark, and anything else has no weight.
    BySeverity,
    /// Like `BySeverity`, but a warning makes the verdict unknown, because the service may be allowed.
    WarningHides,
    /// Like `BySeverity`, but a warning makes the verdict unknown if the plan has a step for the finding.
    FixableWarningHides,
    /// The verdict is unknown if AWS documents that the unreadable setting can block the producer's logs.
    IfRefused,
}

/// Other properties of a finding.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FindingMark {
    /// It is about a source and does not depend on the destination.
    OfSource,
    /// The request names something that does not exist or has another type.
    Misnamed,
    Unread,
    /// A policy could not be read, or its effect on the service is unknown.
    Doubt,
    /// Like `Doubt`, but only if the finding is a warning.
    DoubtIfWarning,
    /// No verdict on a policy was possible.
    Undecided,
    /// The bucket policy refuses the service.
    Refusal,
    OfKeyPolicy,
    /// It is AWS's own report, which names no cause. A recent log outweighs it.
    Reported,
    /// It is about the default encryption, and a delivered object shows this encryption. The object says nothing about
    /// the key and its policy, because both may have changed since.
    ShownByObjects,
}

macro_rules! ids {
    ($(
        #[doc = $meaning:literal]
        $variant:ident = $word:literal, $weighing:expr, [$($mark:ident),*] $(, after [$($operation:literal),+])?;
    )+) => {
        /// The stable names of findings. Scripts may depend on them.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum FindingId {
            $(#[doc = $meaning] $variant),+
        }

        impl FindingId {
            /// Every name.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the name in JSON and text.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Returns its meaning as a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning.trim_ascii()),+ }
            }

            /// Returns the page about it, in Markdown. Without this page, the program does not compile.
            pub(crate) fn explanation(self) -> &'static str {
                match self {
                    $(Self::$variant => {
                        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/findings/", $word, ".md"))
                    }),+
                }
            }

            /// Returns the address of the same page in the book.
            pub(crate) fn help(self) -> &'static str {
                match self { $(Self::$variant => concat!(env!("CARGO_PKG_HOMEPAGE"), "/findings/", $word, ".html")),+ }
            }

            /// Returns its weight for an enabled log.
            pub fn weighing(self) -> Weighing {
                match self { $(Self::$variant => $weighing),+ }
            }

            /// Returns the operations that can lead to the finding, as `CloudTrail` names them. Empty if no recent change
            /// leads to it, or if the change can't be identified.
            pub fn operations(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($($operation),+)?]),+ }
            }

            fn marks(self) -> &'static [FindingMark] {
                match self { $(Self::$variant => &[$(FindingMark::$mark),*]),+ }
            }
        }
    };
}

use Weighing::{Always, BySeverity, FixableWarningHides, IfRefused, WarningHides};
use Weight::{Hides, Nothing, Remark, Stops};

ids! {
    /// The inventory configuration is missing, off, or different.
    AttachmentInventory = "attachment-inventory", BySeverity, [];
    /// The source's log is off or goes elsewhere.
    AttachmentLogging = "attachment-logging", Always(Nothing), [];
    /// The attachment could not be read.
    AttachmentUnreadable = "attachment-unreadable", Always(Hides), [Unread];
    /// AWS reports that the log's latest delivery failed.
    DeliveryFailed = "delivery-failed", Always(Stops), [Reported];
    /// The destination does not exist yet.
    DestinationAbsent = "destination-absent", Always(Stops), [], after ["DeleteBucket"];
    /// The destination itself writes access logs.
    DestinationLogged = "destination-logged", Always(Remark), [];
    /// The account-regional name contains another account or Region.
    DestinationNamespace = "destination-namespace", Always(Nothing), [];
    /// The destination is in another Region.
    DestinationOtherRegion = "destination-other-region", WarningHides, [];
    /// The destination belongs to someone else or can't be accessed.
    DestinationRefused = "destination-refused", Always(Hides), [];
    /// The default encryption is not the requested one.
    EncryptionNotAsAsked = "encryption-not-as-asked", Always(Nothing), [];
    /// The producer can't write with the default encryption.
    EncryptionNotWritable = "encryption-not-writable", FixableWarningHides, [ShownByObjects], after ["PutBucketEncryption", "DeleteBucketEncryption"];
    /// The default encryption doesn't name its key by full ARN.
    EncryptionKeyNotArn = "encryption-key-not-arn", BySeverity, [ShownByObjects], after ["PutBucketEncryption", "DeleteBucketEncryption"];
    /// The default encryption could not be read.
    EncryptionUnreadable = "encryption-unreadable", Always(Hides), [Unread];
    /// The key does not exist yet.
    KeyAbsent = "key-absent", BySeverity, [], after ["DisableKey", "ScheduleKeyDeletion"];
    /// The key's alias is missing.
    KeyAliasAbsent = "key-alias-absent", Always(Nothing), [];
    /// The alias for the new key belongs to a key that no run of this user created.
    KeyForeign = "key-foreign", BySeverity, [];
    /// The key policy does not allow the service.
    KeyPolicy = "key-policy", WarningHides, [DoubtIfWarning, OfKeyPolicy], after ["PutKeyPolicy", "PutBucketEncryption"];
    /// The key policy allows less than AWS's page on these logs grants.
    KeyPolicyNarrow = "key-policy-narrow", BySeverity, [];
    /// The key policy could not be read, or belongs to another account.
    KeyPolicyUnreadable = "key-policy-unreadable", Always(Hides), [Unread, Doubt, OfKeyPolicy, Undecided];
    /// The named key does not exist.
    KeyUnknown = "key-unknown", BySeverity, [Misnamed], after ["DisableKey", "ScheduleKeyDeletion"];
    /// S3 can't use the key.
    KeyUnusable = "key-unusable", BySeverity, [], after ["DisableKey", "ScheduleKeyDeletion"];
    /// Logs are deleted before anyone reads them.
    ExpiresEarly = "expires-early", BySeverity, [];
    /// A load balancer without a TLS listener writes no NLB logs.
    ListenerNotTls = "listener-not-tls", WarningHides, [OfSource];
    /// Old logs are not deleted or moved to another storage class as requested.
    LifecycleExpiration = "lifecycle-expiration", Always(Nothing), [];
    /// Access logs create more access logs, endlessly.
    LogLoop = "log-loop", Always(Remark), [];
    /// Object Lock blocks delivery.
    ObjectLock = "object-lock", BySeverity, [];
    /// Delivered logs can't be read.
    ObjectUnreadable = "object-unreadable", BySeverity, [], after ["PutBucketEncryption", "DeleteBucketEncryption"];
    /// Objects may belong to the service that writes them.
    Ownership = "ownership", BySeverity, [];
    /// A Deny statement blocks the service.
    PolicyDeny = "policy-deny", BySeverity, [Refusal], after ["PutBucketPolicy", "DeleteBucketPolicy"];
    /// A Deny statement very likely blocks the service.
    PolicyDenyLikely = "policy-deny-likely", Always(Hides), [Doubt], after ["PutBucketPolicy", "DeleteBucketPolicy"];
    /// A Deny statement very likely does not block the service.
    PolicyDenyUnlikely = "policy-deny-unlikely", Always(Remark), [];
    /// `--exempt` names no Deny statement.
    PolicyExemptUnknown = "policy-exempt-unknown", Always(Nothing), [Misnamed];
    /// The bucket policy does not allow the service.
    PolicyGrant = "policy-grant", WarningHides, [DoubtIfWarning, Refusal], after ["PutBucketPolicy", "DeleteBucketPolicy"];
    /// Block Public Access rejects the bucket policy.
    PolicyPublic = "policy-public", Always(Nothing), [];
    /// The bucket policy only blocks the file that AWS writes when it enables a log.
    PolicyTestFile = "policy-test-file", BySeverity, [];
    /// The bucket policy would exceed the size limit.
    PolicyTooLarge = "policy-too-large", Always(Nothing), [];
    /// It is unknown whether the service is allowed.
    PolicyUncertain = "policy-uncertain", Always(Hides), [Doubt, Undecided];
    /// The bucket policy could not be read or understood.
    PolicyUnreadable = "policy-unreadable", Always(Hides), [Unread, Doubt, Undecided];
    /// The grant was widened to the account.
    PolicyWidened = "policy-widened", Always(Nothing), [];
    /// The prefix of an attachment breaks the producer's rules.
    PrefixIllegal = "prefix-illegal", BySeverity, [];
    /// The prefix does not end with `/`.
    PrefixNoFolder = "prefix-no-folder", Always(Nothing), [];
    /// The prefix contains a folder without a name.
    PrefixUnnamedFolder = "prefix-unnamed-folder", Always(Nothing), [];
    /// `--region` is not the sources' Region.
    RegionNotUsed = "region-not-used", Always(Nothing), [];
    /// Requester Pays blocks delivery.
    RequesterPays = "requester-pays", BySeverity, [];
    /// A setting could not be read.
    SettingUnreadable = "setting-unreadable", IfRefused, [Unread];
    /// The source is in another account.
    SourceOtherAccount = "source-other-account", Always(Hides), [OfSource];
    /// The source is in a different Region from the others.
    SourceOtherRegion = "source-other-region", BySeverity, [OfSource];
    /// The source has another type than the producer logs.
    SourceOtherType = "source-other-type", BySeverity, [OfSource, Misnamed];
    /// An AWS service manages what the plan changes.
    ManagedByService = "managed-by-service", Always(Nothing), [];
    /// A template elsewhere describes what the plan changes.
    ManagedByTemplate = "managed-by-template", Always(Nothing), [];
    /// The log has target grants, but the destination has ACLs disabled.
    TargetGrants = "target-grants", BySeverity, [];
    /// Requested tags are missing.
    Tags = "tags", Always(Nothing), [];
    /// A policy or encryption could not be read, but delivered logs show that it allows the service.
    UnreadButProven = "unread-but-proven", BySeverity, [];
}

impl FindingId {
    /// Returns whether the finding has this property.
    pub fn is(self, mark: FindingMark) -> bool {
        self.marks().contains(&mark)
    }
}
