//! Facts about log services, as data. Each service has one constant, in its own folder.
//!
//! Each fact has its source. `plan` and `health` apply the facts to an account.

use crate::model::EncryptionKind;

use super::encryption::EncryptionRule;
use super::{LoadBalancerType, Template, Topic};

/// Facts about a log service.
#[derive(Debug)]
pub struct Facts {
    /// The value on the command line and in JSON.
    pub id: &'static str,
    /// The name of the service's logs for use in a sentence.
    pub title: &'static str,
    /// A description of the logs, as a line in a list of choices.
    pub offer: &'static str,
    pub principal: &'static str,
    /// The topics that the wizard asks about, in order.
    pub topics: &'static [Topic],
    /// The type of the service's sources.
    pub source: SourceKind,
    /// How a source is pointed at a destination.
    pub attachment: AttachmentFacts,
    /// When to expect the first log, as text.
    pub until: &'static str,
    /// The event after which the first log comes, as one word.
    pub expected_after: &'static str,
    /// The minutes between the event in `expected_after` and the first log, if AWS gives a number. AWS calls the delay
    /// usual and guarantees nothing. The pages are cited at `until`.
    pub expected_minutes: Option<u32>,
    /// The age in seconds up to which the newest object still proves that logs arrive. It is a multiple of the delivery
    /// interval.
    pub fresh_for: i64,
    /// When a log that never arrived is overdue.
    pub overdue: Overdue,
    /// The smallest set of bucket policy statements that allows the service.
    pub bucket_grants: &'static [Template],
    /// The key policy statement that allows the service, if it can use a key.
    pub key_grant: Option<Template>,
    /// The only action on a key that the service certainly uses, if other actions are uncertain.
    pub certain_key_action: Option<&'static str>,
    /// What decides the encryption of the service's objects.
    pub encrypted_by: EncryptedBy,
    /// The result for a kind of default encryption, with AWS's page.
    pub encryption: fn(EncryptionKind) -> EncryptionRule,
    /// The encryptions that work, as flags.
    pub what_works: &'static str,
    /// The page about the service's use of KMS keys.
    pub key_page: &'static str,
    /// The account that wrote the logs in a Region before the service had a principal, if AWS still supports such
    /// policies.
    pub legacy_account: fn(&str) -> Option<&'static str>,
    /// What the service requires from the destination's other settings.
    pub destination: DestinationFacts,
    /// The rule for the prefix of the service's logs.
    pub prefix: PrefixRule,
    /// The listener that a source must have.
    pub listener: Option<ListenerFacts>,
    /// The reason why the destination should not have access logs, although scanners require them. The text starts a
    /// sentence that ends with the page's address.
    pub not_logged_itself: Option<&'static str>,
}

/// The type of the service's sources.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SourceKind {
    LoadBalancer(LoadBalancerType),
    Bucket,
    /// A VPC, subnet, network interface or transit gateway.
    Network,
}

impl SourceKind {
    /// The singular noun.
    pub fn noun(self) -> &'static str {
        match self {
            Self::LoadBalancer(kind) => kind.noun(),
            Self::Bucket => "bucket",
            Self::Network => "network",
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
            Self::Network => "the ID or ARN of a VPC, subnet, network interface or transit gateway",
        }
    }

    /// Whether a policy names the sources one by one. Otherwise a policy allows their account and Region.
    pub fn is_named_by_policies(self) -> bool {
        match self {
            Self::LoadBalancer(_) | Self::Network => false,
            Self::Bucket => true,
        }
    }

    /// Whether sources are looked up in one Region. Otherwise a lookup finds the source and its Region.
    pub fn is_of_a_region(self) -> bool {
        match self {
            Self::LoadBalancer(_) | Self::Network => true,
            Self::Bucket => false,
        }
    }

    /// Whether each source has its own policy. The policy of one source may deny a caller who can read other sources.
    pub fn has_own_policy(self) -> bool {
        match self {
            Self::LoadBalancer(_) | Self::Network => false,
            Self::Bucket => true,
        }
    }

    /// The type of load balancer, if the source is a load balancer.
    pub fn load_balancer(self) -> Option<LoadBalancerType> {
        match self {
            Self::LoadBalancer(kind) => Some(kind),
            Self::Bucket | Self::Network => None,
        }
    }
}

/// How a source is pointed at a destination.
#[derive(Clone, Copy, Debug)]
pub struct AttachmentFacts {
    /// The call that attaches, as service and operation.
    pub api: &'static str,
    pub page: &'static str,
    /// The form of the attachment.
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
    /// A resource of its own. It can't be changed, only deleted and created again.
    Resource,
}

/// When AWS checks whether the service may write to the destination.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DestinationJudged {
    /// During the call that attaches, which fails if the destination blocks the service.
    InTheCall,
    /// On delivery. The call always succeeds.
    AtDelivery,
}

/// When a log that never arrived is overdue.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Overdue {
    /// At once: AWS writes a test file during the call that turns the log on.
    AtOnce,
    /// After the delivery interval.
    ByRhythm,
    /// Never: without traffic there is no log.
    Never,
}

/// What decides the encryption of delivered objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EncryptedBy {
    /// The bucket's default.
    Bucket,
    /// The source's configuration, which may leave the choice to the bucket's default.
    Source,
}

/// What a log service requires from the destination's other settings.
#[derive(Clone, Copy, Debug)]
pub struct DestinationFacts {
    /// The reason why nothing is delivered to a bucket with Object Lock, if AWS says so.
    pub object_lock: Option<DeliveryRefusal>,
    /// The reason why nothing is delivered to a Requester Pays bucket, if AWS says so.
    pub requester_pays: Option<DeliveryRefusal>,
    /// The owner of delivered objects in a bucket whose Object Ownership setting lets writers own objects.
    pub owner: ObjectOwner,
    /// Whether the bucket's ACL can allow the service.
    pub acl: AclWay,
    /// Whether the destination can also be a source.
    pub loops: Loops,
    pub other_region: OtherRegion,
}

/// Whether AWS delivers to a bucket in another Region than the source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OtherRegion {
    Refused,
    /// AWS documents no restriction. logbucket judges and sets up only buckets in the source's Region.
    NotDocumented,
}

/// Why AWS delivers nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeliveryRefusal {
    pub why: &'static str,
    /// The AWS page.
    pub page: &'static str,
}

/// A listener that a load balancer needs to write logs.
#[derive(Clone, Copy, Debug)]
pub struct ListenerFacts {
    pub protocol: &'static str,
    pub refusal: DeliveryRefusal,
}

/// The owner of delivered objects in a bucket whose Object Ownership setting lets writers own objects.
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
    /// Yes.
    Harmless,
}

/// The rule for a prefix.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PrefixRule {
    /// Folders with plain names, other than `AWSLogs`.
    PlainFolders,
    /// The same rule, but only for new prefixes: no page has the rule for this service, so an existing prefix that
    /// breaks it may work.
    PlainFoldersIfNew,
    /// Folders.
    Folders,
    /// Folders, but not `AWSLogs`.
    FoldersExceptAwsLogs,
    /// Any text. Keys start with exactly this text.
    Text,
}
