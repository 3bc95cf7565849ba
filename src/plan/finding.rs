//! A finding: what is, why it matters, and what cures it.

use super::{PlannedStep, Tool};

/// One thing that stops logs, may stop them, or is asked for and not there yet.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// Its stable name.
    pub id: FindingId,
    /// How bad it is.
    pub severity: Severity,
    /// The bucket, key or source that it is about.
    pub subject: String,
    /// What is.
    pub what: String,
    /// Why that matters to the logs.
    pub why: String,
    /// The page that says so.
    pub page: &'static str,
    /// What cures it.
    pub cure: Cure,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Severity {
    /// Logs don't arrive while it lasts.
    Stops,
    /// Logs may be affected, or it can't be known.
    Warns,
    /// Asked for, and not there yet.
    Wanted,
}

/// What cures a finding.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cure {
    /// These steps.
    Steps(Vec<PlannedStep>),
    /// The step of another finding: one setting, one write.
    SharedWith(FindingId),
    /// Nothing that logbucket may do; the hint says what a person can.
    Impossible(String),
    /// `--exempt` for this Deny statement, which nobody said yet.
    Exemption {
        /// Its Sid, or its position from 1.
        name: String,
        /// The statement as it would be, with the exception for the one service.
        narrowed: String,
    },
    /// Nothing that stops the run; this is what a template elsewhere must say for the run's changes to stay.
    InTemplate(InTemplate),
    /// Nothing that stops the run; `--exempt` for the Deny statement of this name would take a doubt away.
    Offer(String),
    /// Nothing is needed.
    Nothing,
}

/// What describes a resource that the plan changes, and what is to stand there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InTemplate {
    /// The tool.
    pub tool: Tool,
    /// The name of the stack, where it is known.
    pub stack: Option<String>,
    /// The logical id in the stack's template, where it is known.
    pub resource: Option<String>,
    /// Whether the template is written by the AWS CDK.
    pub by_cdk: bool,
    /// What is to stand there: YAML for `CloudFormation`, HCL for Terraform.
    pub snippet: String,
}

macro_rules! ids {
    ($(#[doc = $meaning:literal] $variant:ident = $word:literal),+ $(,)?) => {
        /// The stable names of findings: scripts may depend on them.
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub enum FindingId {
            $(#[doc = $meaning] $variant),+
        }

        impl FindingId {
            /// The name in JSON and text.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// What it means, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning.trim_ascii()),+ }
            }
        }
    };
}

ids! {
    /// The inventory configuration is missing, off, or another.
    AttachmentInventory = "attachment-inventory",
    /// The source's log is off or goes elsewhere.
    AttachmentLogging = "attachment-logging",
    /// The attachment could not be read.
    AttachmentUnreadable = "attachment-unreadable",
    /// The destination does not exist yet.
    DestinationAbsent = "destination-absent",
    /// The destination itself writes access logs.
    DestinationLogged = "destination-logged",
    /// An account-regional name says another account or Region.
    DestinationNamespace = "destination-namespace",
    /// The destination is in another Region.
    DestinationOtherRegion = "destination-other-region",
    /// The destination is somebody else's, or may not be used.
    DestinationRefused = "destination-refused",
    /// The default encryption is not what was asked for.
    EncryptionNotAsAsked = "encryption-not-as-asked",
    /// The producer can't write with the default encryption.
    EncryptionNotWritable = "encryption-not-writable",
    /// The default encryption names its key other than by full ARN.
    EncryptionKeyNotArn = "encryption-key-not-arn",
    /// The default encryption could not be read.
    EncryptionUnreadable = "encryption-unreadable",
    /// The key does not exist yet.
    KeyAbsent = "key-absent",
    /// The key's alias is missing.
    KeyAliasAbsent = "key-alias-absent",
    /// The alias of the key to be created belongs to a key that no run of this user created.
    KeyForeign = "key-foreign",
    /// The key policy keeps the service out.
    KeyPolicy = "key-policy",
    /// The key policy allows the service less than AWS's page on its logs asks for.
    KeyPolicyNarrow = "key-policy-narrow",
    /// The key policy could not be read, or belongs to another account.
    KeyPolicyUnreadable = "key-policy-unreadable",
    /// The key that was named does not exist.
    KeyUnknown = "key-unknown",
    /// The key can't be used by S3 at all.
    KeyUnusable = "key-unusable",
    /// Logs are deleted before anybody reads them.
    ExpiresEarly = "expires-early",
    /// A load balancer without a TLS listener writes no NLB logs.
    ListenerNotTls = "listener-not-tls",
    /// Old logs are not deleted, or not moved to another storage class, as asked.
    LifecycleExpiration = "lifecycle-expiration",
    /// Access logs are logged again, without end.
    LogLoop = "log-loop",
    /// Object Lock stands against delivery.
    ObjectLock = "object-lock",
    /// What was delivered can't be read.
    ObjectUnreadable = "object-unreadable",
    /// Objects could belong to the writer.
    Ownership = "ownership",
    /// A Deny statement stops the service.
    PolicyDeny = "policy-deny",
    /// A Deny statement very likely stops the service.
    PolicyDenyLikely = "policy-deny-likely",
    /// A Deny statement very likely does not stop the service.
    PolicyDenyUnlikely = "policy-deny-unlikely",
    /// `--exempt` names no Deny statement.
    PolicyExemptUnknown = "policy-exempt-unknown",
    /// Nothing in the bucket policy lets the service in.
    PolicyGrant = "policy-grant",
    /// Block Public Access rejects the bucket policy.
    PolicyPublic = "policy-public",
    /// The bucket policy does not fit its limit.
    PolicyTooLarge = "policy-too-large",
    /// Whether the service is let in can't be known.
    PolicyUncertain = "policy-uncertain",
    /// The bucket policy could not be read or understood.
    PolicyUnreadable = "policy-unreadable",
    /// The grant was widened to the account.
    PolicyWidened = "policy-widened",
    /// The prefix of an attachment breaks the producer's rules.
    PrefixIllegal = "prefix-illegal",
    /// A prefix without `/` at its end.
    PrefixNoFolder = "prefix-no-folder",
    /// A prefix with a folder that has no name.
    PrefixUnnamedFolder = "prefix-unnamed-folder",
    /// `--region` names another Region than that of the sources.
    RegionNotUsed = "region-not-used",
    /// Requester Pays stands against delivery.
    RequesterPays = "requester-pays",
    /// A setting could not be read.
    SettingUnreadable = "setting-unreadable",
    /// The source is in another account.
    SourceOtherAccount = "source-other-account",
    /// The source is in another Region than the rest.
    SourceOtherRegion = "source-other-region",
    /// The source is of another type than the producer logs.
    SourceOtherType = "source-other-type",
    /// A service of AWS keeps what the plan changes to itself.
    ManagedByService = "managed-by-service",
    /// A template elsewhere describes what the plan changes.
    ManagedByTemplate = "managed-by-template",
    /// The destination has ACLs disabled, and the log has target grants.
    TargetGrants = "target-grants",
    /// Tags that were asked for are missing.
    Tags = "tags",
    /// A policy or encryption could not be read, and logs that arrived show that it allows the service.
    UnreadButProven = "unread-but-proven",
}

impl Finding {
    /// The steps that the finding brings.
    pub fn steps(&self) -> &[PlannedStep] {
        match &self.cure {
            Cure::Steps(steps) => steps,
            Cure::Exemption { .. }
            | Cure::Impossible(_)
            | Cure::InTemplate(_)
            | Cure::Nothing
            | Cure::Offer(_)
            | Cure::SharedWith(_) => &[],
        }
    }

    /// Whether it says that the bucket's or the key's policy leaves open whether the service is let in, or could not be read.
    pub fn is_doubt(&self) -> bool {
        use FindingId as Id;
        let is_warned_of = matches!(self.id, Id::KeyPolicy | Id::PolicyGrant) && self.severity == Severity::Warns;
        let is_unread = matches!(self.id, Id::KeyPolicyUnreadable | Id::PolicyUnreadable);
        matches!(self.id, Id::PolicyDenyLikely | Id::PolicyUncertain) || is_warned_of || is_unread
    }

    /// Whether a log that came since the last change to what it is about would settle it.
    pub fn is_settled_by_logs(&self) -> bool {
        self.is_doubt() || self.id == FindingId::EncryptionUnreadable
    }

    /// The same where logs of every source came: what could not be read needs no more than a word.
    #[must_use]
    pub(super) fn proven(self, sources: &str) -> Self {
        Self {
            id: FindingId::UnreadButProven,
            severity: Severity::Warns,
            what: format!("{}; logs of {sources} have arrived, which is enough", self.what),
            why: "what a log service has written shows that it is allowed, so nothing needs to be changed".to_owned(),
            cure: Cure::Nothing,
            ..self
        }
    }

    /// Whether the run must be refused for it.
    pub fn refuses(&self) -> bool {
        matches!(self.cure, Cure::Exemption { .. } | Cure::Impossible(_))
    }

    /// Whether logs could never arrive, whatever the user approves.
    pub fn never_delivers(&self) -> bool {
        matches!(self.cure, Cure::Impossible(_))
    }

    /// Whether the request names something that does not exist, or that is of another type than the command is about.
    pub fn names_nothing(&self) -> bool {
        matches!(self.id, FindingId::KeyUnknown | FindingId::PolicyExemptUnknown | FindingId::SourceOtherType)
    }

    /// What a person can do where logbucket may not.
    pub fn hint(&self) -> Option<&str> {
        match &self.cure {
            Cure::Impossible(hint) => Some(hint),
            Cure::Exemption { .. }
            | Cure::InTemplate(_)
            | Cure::Nothing
            | Cure::Offer(_)
            | Cure::SharedWith(_)
            | Cure::Steps(_) => None,
        }
    }

    /// What a template elsewhere must say for the run's changes to stay.
    pub fn in_template(&self) -> Option<&InTemplate> {
        match &self.cure {
            Cure::InTemplate(template) => Some(template),
            Cure::Exemption { .. }
            | Cure::Impossible(_)
            | Cure::Nothing
            | Cure::Offer(_)
            | Cure::SharedWith(_)
            | Cure::Steps(_) => None,
        }
    }

    /// Whether it is about a source, whatever the destination.
    pub fn is_about_a_source(&self) -> bool {
        use FindingId::{ListenerNotTls, SourceOtherAccount, SourceOtherRegion, SourceOtherType};
        matches!(self.id, ListenerNotTls | SourceOtherAccount | SourceOtherRegion | SourceOtherType)
    }

    /// The name of the Deny statement whose narrowing would cure it.
    pub fn exemption(&self) -> Option<&str> {
        match &self.cure {
            Cure::Exemption { name, .. } => Some(name),
            Cure::Impossible(_)
            | Cure::InTemplate(_)
            | Cure::Nothing
            | Cure::Offer(_)
            | Cure::SharedWith(_)
            | Cure::Steps(_) => None,
        }
    }

    /// The name of the Deny statement whose narrowing would take a doubt away.
    pub fn offer(&self) -> Option<&str> {
        match &self.cure {
            Cure::Offer(name) => Some(name),
            Cure::Exemption { .. }
            | Cure::Impossible(_)
            | Cure::InTemplate(_)
            | Cure::Nothing
            | Cure::SharedWith(_)
            | Cure::Steps(_) => None,
        }
    }

    /// Whether this step cures it, its own or another finding's that it shares; `all` are the plan's findings.
    pub fn is_cured_by(&self, step: &PlannedStep, all: &[Self]) -> bool {
        match &self.cure {
            Cure::SharedWith(id) => all.iter().any(|other| other.id == *id && other.steps().contains(step)),
            Cure::Exemption { .. }
            | Cure::Impossible(_)
            | Cure::InTemplate(_)
            | Cure::Nothing
            | Cure::Offer(_)
            | Cure::Steps(_) => self.steps().contains(step),
        }
    }
}
