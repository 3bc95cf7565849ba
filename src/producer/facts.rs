//! What is fixed about a log service, as data: one constant for each, in its folder.
//!
//! Facts only, each with its source where it stands; what follows from them for an account is judged in `plan` and `health`.

use crate::model::EncryptionKind;

use super::encryption::Rule;
use super::{LoadBalancerType, Template, Topic};

/// What is fixed about a log service.
#[derive(Debug)]
pub struct Facts {
    /// The word on the command line and in JSON.
    pub id: &'static str,
    /// What its logs are called in a sentence.
    pub title: &'static str,
    /// What it logs, in a line of a list to choose from.
    pub offer: &'static str,
    /// The service principal that writes its logs.
    pub principal: &'static str,
    /// What a wizard asks, in order.
    pub topics: &'static [Topic],
    /// What is asked to log.
    pub source: SourceKind,
    /// How the log of a source is pointed at a destination.
    pub attachment: AttachmentFacts,
    /// When the first log is there, in words.
    pub until: &'static str,
    /// After what the first log is to be expected: a word.
    pub expected_after: &'static str,
    /// How many minutes later, where AWS gives a number; AWS says so as what is usual, and promises nothing. The words of
    /// `until` have the pages.
    pub expected_minutes: Option<u32>,
    /// How old, in seconds, its newest object may be before that says nothing of today: a multiple of its rhythm.
    pub fresh_for: i64,
    /// When a log that never came is overdue.
    pub overdue: Overdue,
    /// The statements of a bucket policy that let it in, as few as it needs.
    pub bucket_grants: &'static [Template],
    /// The statement of a key policy that lets it in, where it can use a key at all.
    pub key_grant: Option<Template>,
    /// The one action on a key that it certainly asks for, where its other ones are not certain.
    pub certain_key_action: Option<&'static str>,
    /// Whose choice the encryption of its objects is.
    pub encrypted_by: EncryptedBy,
    /// What comes of a kind of default encryption, with AWS's page.
    pub encryption: fn(EncryptionKind) -> Rule,
    /// The encryptions that work, as flags.
    pub what_works: &'static str,
    /// The page about its keys.
    pub key_page: &'static str,
    /// The account that wrote its logs in a Region before it had a principal, where AWS still lets that one in.
    pub legacy_account: fn(&str) -> Option<&'static str>,
    /// What it needs of the destination's other settings.
    pub destination: DestinationFacts,
    /// What its prefix may be.
    pub prefix: PrefixRule,
    /// The listener that a source must have.
    pub listener: Option<ListenerFacts>,
    /// Why its destination should not log its own requests, as a scanner wants: the beginning of a sentence that ends with a page.
    pub not_logged_itself: Option<&'static str>,
}

/// What is asked to log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SourceKind {
    /// A load balancer of this type.
    LoadBalancer(LoadBalancerType),
    /// A bucket.
    Bucket,
}

impl SourceKind {
    /// What one is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::LoadBalancer(kind) => kind.noun(),
            Self::Bucket => "bucket",
        }
    }

    /// What several are called.
    pub fn plural(self) -> String {
        format!("{}s", self.noun())
    }

    /// What one looks like on the command line.
    pub fn example(self) -> &'static str {
        match self {
            Self::LoadBalancer(_) => "the load balancer's name or ARN",
            Self::Bucket => "the source bucket's name",
        }
    }

    /// Whether a policy names its sources one by one; else they are let in by their account and Region.
    pub fn is_named_by_policies(self) -> bool {
        match self {
            Self::LoadBalancer(_) => false,
            Self::Bucket => true,
        }
    }

    /// Whether sources are looked for in one Region, which is that of their logs: else it is known once they are found.
    pub fn is_of_a_region(self) -> bool {
        match self {
            Self::LoadBalancer(_) => true,
            Self::Bucket => false,
        }
    }

    /// Whether each source has a policy of its own, so that some may refuse a caller who reads the others.
    pub fn has_own_policy(self) -> bool {
        match self {
            Self::LoadBalancer(_) => false,
            Self::Bucket => true,
        }
    }

    /// The type of load balancer, where it is one.
    pub fn load_balancer(self) -> Option<LoadBalancerType> {
        match self {
            Self::LoadBalancer(kind) => Some(kind),
            Self::Bucket => None,
        }
    }
}

/// How the log of a source is pointed at a destination.
#[derive(Clone, Copy, Debug)]
pub struct AttachmentFacts {
    /// The call, by the name of its service and its own.
    pub api: &'static str,
    /// Its page.
    pub page: &'static str,
    /// As what it is known.
    pub form: AttachedAs,
    /// When AWS judges the destination.
    pub destination_judged: DestinationJudged,
}

impl AttachmentFacts {
    /// The call's own name, as the event history knows it.
    pub fn operation(&self) -> &'static str {
        self.api.split_once(':').map_or(self.api, |(_, operation)| operation)
    }
}

/// As what an attachment is known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AttachedAs {
    /// As the log of its source, which is on or off.
    Log,
    /// As one of several configurations, by an id.
    Configuration,
}

/// When AWS judges whether the service may write to the destination.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DestinationJudged {
    /// In the very call that attaches: one that keeps the service out is refused.
    InTheCall,
    /// When something is delivered: the call succeeds.
    AtDelivery,
}

/// When a log that never came is overdue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overdue {
    /// As soon as it is on: AWS writes a test file in the very call that turns it on.
    AtOnce,
    /// When its rhythm is over.
    ByRhythm,
    /// Never: without traffic there is no log.
    Never,
}

/// Whose choice the encryption of delivered objects is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EncryptedBy {
    /// The bucket's default.
    Bucket,
    /// The source's own configuration, which may leave it to the bucket's default.
    Source,
}

/// What a log service needs of the destination's other settings.
#[derive(Clone, Copy, Debug)]
pub struct DestinationFacts {
    /// Why nothing is delivered to a bucket with Object Lock; nothing where AWS says nothing of it.
    pub object_lock: Option<Refusal>,
    /// Why nothing is delivered to a Requester Pays bucket; nothing where AWS says nothing of it.
    pub requester_pays: Option<Refusal>,
    /// Who owns delivered objects in a bucket that lets writers own theirs.
    pub owner: ObjectOwner,
    /// Whether the bucket's ACL may let it in.
    pub acl: AclWay,
    /// Whether the destination may be a source at the same time.
    pub loops: Loops,
}

/// Why AWS delivers nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Refusal {
    /// What it says.
    pub why: &'static str,
    /// The page that says so.
    pub page: &'static str,
}

/// A listener without which a load balancer writes no log.
#[derive(Clone, Copy, Debug)]
pub struct ListenerFacts {
    /// Its protocol.
    pub protocol: &'static str,
    /// What AWS says, and its page.
    pub refusal: Refusal,
}

/// Who owns delivered objects in a bucket that lets writers own theirs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ObjectOwner {
    /// The bucket's owner, by the ACL that the service sends.
    BucketOwner,
    /// The service's account.
    Writer,
}

/// Whether the bucket's ACL may let a log service in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AclWay {
    /// By the log delivery group.
    LogDeliveryGroup,
    /// No.
    None,
}

/// Whether the destination may be a source at the same time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Loops {
    /// Each delivery would be logged again, without end.
    Endless,
    /// It may.
    Harmless,
}

/// What a prefix may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PrefixRule {
    /// Folders, as the API of load balancers takes them.
    LoadBalancer,
    /// The same, of which no page says that a Classic Load Balancer must keep to it: what is there already may work.
    ClassicLoadBalancer,
    /// Folders.
    Folders,
    /// Any text, with which keys begin as it is.
    Text,
}
