//! The stable names of findings, each with what it means for a log that is on: one table, so that a new name brings all of it.

/// What a finding says of a log that is on. A plan is stricter: what could not be read stops a plan, since nothing is replaced unseen,
/// and only hides a diagnosis.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Weight {
    /// No log arrives, or none that can be read.
    Stops,
    /// Nobody can tell whether logs arrive.
    Hides,
    /// Worth a word.
    Remark,
    /// A matter of setting up, not of delivery.
    Nothing,
}

/// How the weight of a finding is decided.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weighing {
    /// It is always the same.
    Always(Weight),
    /// An error stops, a warning is a remark, anything else weighs nothing.
    BySeverity,
    /// The same, but a warning hides: it says that a service may be allowed.
    WarningHides,
    /// The same, but a warning hides where the plan has a step for it.
    FixableWarningHides,
    /// It hides if the setting certainly stops the producer's logs.
    IfRefused,
}

/// What else follows from a finding's name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mark {
    /// It is about a source, whatever the destination.
    OfSource,
    /// The request names what does not exist, or is of another type.
    Misnamed,
    /// Something could not be read.
    Unread,
    /// A policy leaves open whether the service is allowed, or could not be read.
    Doubt,
    /// The same if it is a warning.
    DoubtIfWarning,
    /// It is about the default encryption, which a delivered object shows. An object shows nothing of a key and its policy: they may have
    /// changed since.
    ShownByObjects,
}

macro_rules! ids {
    ($(#[doc = $meaning:literal] $variant:ident = $word:literal, $weighing:expr, [$($mark:ident),*];)+) => {
        /// The stable names of findings: scripts may depend on them.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum FindingId {
            $(#[doc = $meaning] $variant),+
        }

        impl FindingId {
            /// Every name.
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name in JSON and text.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning.trim_ascii()),+ }
            }

            /// How much it weighs for a log that is on.
            pub fn weighing(self) -> Weighing {
                match self { $(Self::$variant => $weighing),+ }
            }

            fn marks(self) -> &'static [Mark] {
                match self { $(Self::$variant => &[$(Mark::$mark),*]),+ }
            }
        }
    };
}

use Weighing::{Always, BySeverity, FixableWarningHides, IfRefused, WarningHides};
use Weight::{Hides, Nothing, Remark, Stops};

ids! {
    /// The inventory configuration is missing, off, or another.
    AttachmentInventory = "attachment-inventory", BySeverity, [];
    /// The source's log is off or goes elsewhere.
    AttachmentLogging = "attachment-logging", Always(Nothing), [];
    /// The attachment could not be read.
    AttachmentUnreadable = "attachment-unreadable", Always(Hides), [Unread];
    /// The destination does not exist yet.
    DestinationAbsent = "destination-absent", Always(Stops), [];
    /// The destination itself writes access logs.
    DestinationLogged = "destination-logged", Always(Remark), [];
    /// An account-regional name says another account or Region.
    DestinationNamespace = "destination-namespace", Always(Nothing), [];
    /// The destination is in another Region.
    DestinationOtherRegion = "destination-other-region", BySeverity, [];
    /// The destination is somebody else's, or may not be used.
    DestinationRefused = "destination-refused", Always(Hides), [];
    /// The default encryption is not what was asked for.
    EncryptionNotAsAsked = "encryption-not-as-asked", Always(Nothing), [];
    /// The producer can't write with the default encryption.
    EncryptionNotWritable = "encryption-not-writable", FixableWarningHides, [ShownByObjects];
    /// The default encryption names its key other than by full ARN.
    EncryptionKeyNotArn = "encryption-key-not-arn", BySeverity, [ShownByObjects];
    /// The default encryption could not be read.
    EncryptionUnreadable = "encryption-unreadable", Always(Hides), [Unread];
    /// The key does not exist yet.
    KeyAbsent = "key-absent", BySeverity, [];
    /// The key's alias is missing.
    KeyAliasAbsent = "key-alias-absent", Always(Nothing), [];
    /// The alias of the key to be created belongs to a key that no run of this user created.
    KeyForeign = "key-foreign", BySeverity, [];
    /// The key policy keeps the service out.
    KeyPolicy = "key-policy", WarningHides, [DoubtIfWarning];
    /// The key policy allows the service less than AWS's page on its logs asks for.
    KeyPolicyNarrow = "key-policy-narrow", BySeverity, [];
    /// The key policy could not be read, or belongs to another account.
    KeyPolicyUnreadable = "key-policy-unreadable", Always(Hides), [Unread, Doubt];
    /// The key that was named does not exist.
    KeyUnknown = "key-unknown", BySeverity, [Misnamed];
    /// The key can't be used by S3 at all.
    KeyUnusable = "key-unusable", BySeverity, [];
    /// Logs are deleted before anybody reads them.
    ExpiresEarly = "expires-early", BySeverity, [];
    /// A load balancer without a TLS listener writes no NLB logs.
    ListenerNotTls = "listener-not-tls", WarningHides, [OfSource];
    /// Old logs are not deleted, or not moved to another storage class, as asked.
    LifecycleExpiration = "lifecycle-expiration", Always(Nothing), [];
    /// Access logs are logged again, without end.
    LogLoop = "log-loop", Always(Remark), [];
    /// Object Lock blocks delivery.
    ObjectLock = "object-lock", BySeverity, [];
    /// What was delivered can't be read.
    ObjectUnreadable = "object-unreadable", BySeverity, [];
    /// Objects could belong to the writer.
    Ownership = "ownership", BySeverity, [];
    /// A Deny statement stops the service.
    PolicyDeny = "policy-deny", BySeverity, [];
    /// A Deny statement very likely stops the service.
    PolicyDenyLikely = "policy-deny-likely", Always(Hides), [Doubt];
    /// A Deny statement very likely does not stop the service.
    PolicyDenyUnlikely = "policy-deny-unlikely", Always(Remark), [];
    /// `--exempt` names no Deny statement.
    PolicyExemptUnknown = "policy-exempt-unknown", Always(Nothing), [Misnamed];
    /// Nothing in the bucket policy lets the service in.
    PolicyGrant = "policy-grant", WarningHides, [DoubtIfWarning];
    /// Block Public Access rejects the bucket policy.
    PolicyPublic = "policy-public", Always(Nothing), [];
    /// The bucket policy refuses only the file that AWS writes while it enables a log.
    PolicyTestFile = "policy-test-file", BySeverity, [];
    /// The bucket policy does not fit its limit.
    PolicyTooLarge = "policy-too-large", Always(Nothing), [];
    /// Whether the service is let in can't be known.
    PolicyUncertain = "policy-uncertain", Always(Hides), [Doubt];
    /// The bucket policy could not be read or understood.
    PolicyUnreadable = "policy-unreadable", Always(Hides), [Unread, Doubt];
    /// The grant was widened to the account.
    PolicyWidened = "policy-widened", Always(Nothing), [];
    /// The prefix of an attachment breaks the producer's rules.
    PrefixIllegal = "prefix-illegal", BySeverity, [];
    /// A prefix without `/` at its end.
    PrefixNoFolder = "prefix-no-folder", Always(Nothing), [];
    /// A prefix with a folder that has no name.
    PrefixUnnamedFolder = "prefix-unnamed-folder", Always(Nothing), [];
    /// `--region` names another Region than that of the sources.
    RegionNotUsed = "region-not-used", Always(Nothing), [];
    /// Requester Pays blocks delivery.
    RequesterPays = "requester-pays", BySeverity, [];
    /// A setting could not be read.
    SettingUnreadable = "setting-unreadable", IfRefused, [Unread];
    /// The source is in another account.
    SourceOtherAccount = "source-other-account", Always(Hides), [OfSource];
    /// The source is in another Region than the rest.
    SourceOtherRegion = "source-other-region", BySeverity, [OfSource];
    /// The source is of another type than the producer logs.
    SourceOtherType = "source-other-type", BySeverity, [OfSource, Misnamed];
    /// A service of AWS keeps what the plan changes to itself.
    ManagedByService = "managed-by-service", Always(Nothing), [];
    /// A template elsewhere describes what the plan changes.
    ManagedByTemplate = "managed-by-template", Always(Nothing), [];
    /// The destination has ACLs disabled, and the log has target grants.
    TargetGrants = "target-grants", BySeverity, [];
    /// Tags that were asked for are missing.
    Tags = "tags", Always(Nothing), [];
    /// A policy or encryption could not be read, and logs that arrived show that it allows the service.
    UnreadButProven = "unread-but-proven", BySeverity, [];
}

impl FindingId {
    /// Whether this follows from its name.
    pub fn is(self, mark: Mark) -> bool {
        self.marks().contains(&mark)
    }
}
