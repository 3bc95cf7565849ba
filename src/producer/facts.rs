//! Facts about a log service, as data: one constant for each, in its folder.
//!
//! Facts only, each with its source. `plan` and `health` apply them to an account.

use crate::model::EncryptionKind;

use super::encryption::Rule;
use super::{LoadBalancerType, Template, Topic};

/// Facts about a log service.
#[derive(Debug)]
pub struct Facts {
    /// The value on the command line and in JSON.
    pub id: &'static str,
    /// The name of its logs for use in a sentence.
    pub title: &'static str,
    /// What it logs, as a line in a list of choices.
    pub offer: &'static str,
    pub principal: &'static str,
    /// What the wizard asks, in order.
    pub topics: &'static [Topic],
    /// The type of its sources.
    pub source: SourceKind,
    /// How a source is pointed at a destination.
    pub attachment: AttachmentFacts,
    /// When to expect the first log, as text.
    pub until: &'static str,
    /// The event that the first log follows, as one word.
    pub expected_after: &'static str,
    /// How many minutes later, if AWS gives a number. AWS describes this as usual and guarantees nothing. The pages are
    /// at `until`.
    pub expected_minutes: Option<u32>,
    /// The maximum age in seconds of its newest object to still prove something about today: a multiple of its
    /// interval.
    pub fresh_for: i64,
    /// When a log that never arrived is overdue.
    pub overdue: Overdue,
    /// The bucket policy statements that allow it, as few as it needs.
    pub bucket_grants: &'static [Template],
    /// The key policy statement that allows it, if it can use a key at all.
    pub key_grant: Option<Template>,
    /// The one action on a key that it certainly uses, if the others are not certain.
    pub certain_key_action: Option<&'static str>,
    /// What decides the encryption of its objects.
    pub encrypted_by: EncryptedBy,
    /// The result of a kind of default encryption, with AWS's page.
    pub encryption: fn(EncryptionKind) -> Rule,
    /// The encryptions that work, as flags.
    pub what_works: &'static str,
    /// The page about its keys.
    pub key_page: &'static str,
    /// The account that wrote its logs in a Region before it had a principal, if AWS still supports that.
    pub legacy_account: fn(&str) -> Option<&'static str>,
    /// What it requires from the destination's other settings.
    pub destination: DestinationFacts,
    /// The rule for its prefix.
    pub prefix: PrefixRule,
    /// The listener that a source must have.
    pub listener: Option<ListenerFacts>,
    /// Why its destination should not have access logs, although scanners require them: the start of a sentence that
    /// ends with a page.
    pub not_logged_itself: Option<&'static str>,
}

/// The type of its sources.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SourceKind {
    LoadBalancer(LoadBalancerType),
    Bucket,
}

impl SourceKind {
    /// The singular noun.
    pub fn noun(self) -> &'static str {
        match self {
            Self::LoadBalancer(kind) => kind.noun(),
            Self::Bucket => "bucket",
        }
    }

    /// The plural noun.
    pub fn plural(self) -> String {
        format!("{}s", self.noun())
    }

    /// The form of a source on the command line.
    pub fn example(self) -> &'static str {
        match self {
            Self::LoadBalancer(_) => "the load balancer's name or ARN",
            Self::Bucket => "the source bucket's name",
        }
    }

    /// Whether a policy names its sources one by one; otherwise it allows their account and Region.
    pub fn is_named_by_policies(self) -> bool {
        match self {
            Self::LoadBalancer(_) => false,
            Self::Bucket => true,
        }
    }

    /// Whether sources are looked up in one Region; otherwise their Region is known once they are found.
    pub fn is_of_a_region(self) -> bool {
        match self {
            Self::LoadBalancer(_) => true,
            Self::Bucket => false,
        }
    }

    /// Whether each source has its own policy, which may deny a caller who can read the others.
    pub fn has_own_policy(self) -> bool {
        match self {
            Self::LoadBalancer(_) => false,
            Self::Bucket => true,
        }
    }

    /// The type of load balancer, if it is one.
    pub fn load_balancer(self) -> Option<LoadBalancerType> {
        match self {
            Self::LoadBalancer(kind) => Some(kind),
            Self::Bucket => None,
        }
    }
}

/// How a source is pointed at a destination.
#[derive(Clone, Copy, Debug)]
pub struct AttachmentFacts {
    /// The call, as service and operation.
    pub api: &'static str,
    pub page: &'static str,
    /// Its form.
    pub form: AttachedAs,
    /// When AWS checks the destination.
    pub destination_judged: DestinationJudged,
}

impl AttachmentFacts {
    /// The operation, as named in the event history.
    pub fn operation(&self) -> &'static str {
        self.api.split_once(':').map_or(self.api, |(_, operation)| operation)
    }
}

/// The form of an attachment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AttachedAs {
    /// A log of its source, which is on or off.
    Log,
    /// One of several configurations, identified by an ID.
    Configuration,
}

/// When AWS checks whether the service may write to the destination.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DestinationJudged {
    /// During the call that attaches, which fails if the destination blocks the service.
    InTheCall,
    /// On delivery; the call always succeeds.
    AtDelivery,
}

/// When a log that never arrived is overdue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overdue {
    /// At once: AWS writes a test file during the call that turns it on.
    AtOnce,
    /// After its interval.
    ByRhythm,
    /// Never: without traffic there is no log.
    Never,
}

/// What decides the encryption of delivered objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EncryptedBy {
    /// The bucket's default.
    Bucket,
    /// The source's configuration, which may leave it to the bucket's default.
    Source,
}

/// What a log service requires from the destination's other settings.
#[derive(Clone, Copy, Debug)]
pub struct DestinationFacts {
    /// Why nothing is delivered to a bucket with Object Lock, if AWS says so.
    pub object_lock: Option<Refusal>,
    /// Why nothing is delivered to a Requester Pays bucket, if AWS says so.
    pub requester_pays: Option<Refusal>,
    /// Who owns delivered objects in a bucket where writers own their objects.
    pub owner: ObjectOwner,
    /// Whether the bucket's ACL can allow it.
    pub acl: AclWay,
    /// Whether the destination can also be a source.
    pub loops: Loops,
}

/// Why AWS delivers nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal {
    pub why: &'static str,
    /// The AWS page.
    pub page: &'static str,
}

/// A listener that a load balancer needs to write logs.
#[derive(Clone, Copy, Debug)]
pub struct ListenerFacts {
    pub protocol: &'static str,
    pub refusal: Refusal,
}

/// Who owns delivered objects in a bucket where writers own their objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ObjectOwner {
    /// The bucket's owner, because of the ACL that the service sends.
    BucketOwner,
    /// The service's account.
    Writer,
}

/// Whether the bucket's ACL can allow a log service.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AclWay {
    /// Yes, through the log delivery group.
    LogDeliveryGroup,
    /// No.
    None,
}

/// Whether the destination can also be a source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Loops {
    /// No: each delivery would be logged again, endlessly.
    Endless,
    /// It may.
    Harmless,
}

/// The rule for a prefix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PrefixRule {
    /// Folders, as the load balancer API accepts them.
    LoadBalancer,
    /// The same, but no page says that it applies to Classic Load Balancers, so an existing prefix may work.
    ClassicLoadBalancer,
    /// Folders.
    Folders,
    /// Any text, which keys start with as is.
    Text,
}
