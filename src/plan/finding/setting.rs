//! Findings about the destination's other settings. The subject is the bucket.

use crate::model::Denial;
use crate::producer::DeliveryRefusal;

use super::FindingId as Id;
use super::rule::FindingRule;

const ABAC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html";
const EVENTS: &str = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html";
const KEYS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html";
const OWNERSHIP: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html";
const PUBLIC: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html";
const PUT_LOGGING: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html";
const PUT_OBJECT: &str = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html";
const REQUESTER: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/RequesterPaysBuckets.html";
const S3_ACCESS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html";
const VERSIONS: &str = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html";

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SettingFinding {
    /// The prefix contains a folder without a name.
    UnnamedFolder {
        prefix: String,
    },
    /// The prefix does not end with `/`.
    NoFolder {
        prefix: String,
    },
    ObjectLock {
        /// The default retention.
        retention: Option<String>,
        /// The reason if AWS says that nothing is delivered.
        refusal: Option<DeliveryRefusal>,
    },
    RequesterPays {
        /// The reason if AWS says that nothing is delivered.
        refusal: Option<DeliveryRefusal>,
    },
    /// The destination of access logs has access logs of its own.
    Logged {
        to: String,
    },
    /// The destination of other logs writes its access logs to itself.
    LogsToItself,
    /// The destination's access logs lead back to a source.
    Loop {
        source: String,
        /// The buckets between the destination and the source.
        between: Vec<String>,
    },
    /// The plan would close such a loop.
    NewLoop {
        source: String,
        between: Vec<String>,
    },
    /// Access logs lead through these buckets and back to the first. The subject is the first log's destination.
    Circle {
        buckets: Vec<String>,
    },
    /// The source's log has target grants, but the destination has ACLs disabled.
    TargetGrants {
        source: String,
    },
    /// Writers own their objects.
    Ownership,
    /// These statements are public, and Block Public Access rejects every new policy with them.
    PublicPolicy {
        statements: Vec<String>,
    },
    /// These statements are public, and Block Public Access could not be read.
    BlockUnreadable {
        statements: Vec<String>,
        denial: Denial,
    },
    Unreadable(Denial),
    AbacUnreadable(Denial),
    VersioningUnreadable(Denial),
    /// The event history could not be read, for this reason.
    HistoryUnreadable(String),
}

impl SettingFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::UnnamedFolder { .. } => FindingRule::warning(Id::PrefixUnnamedFolder, KEYS),
            Self::NoFolder { .. } => FindingRule::warning(Id::PrefixNoFolder, S3_ACCESS),
            Self::ObjectLock { refusal: Some(refusal), .. } => FindingRule::error(Id::ObjectLock, refusal.page),
            Self::ObjectLock { refusal: None, .. } => FindingRule::warning(Id::ObjectLock, PUT_OBJECT),
            Self::RequesterPays { refusal: Some(refusal) } => FindingRule::error(Id::RequesterPays, refusal.page),
            Self::RequesterPays { refusal: None } => FindingRule::warning(Id::RequesterPays, REQUESTER),
            Self::Logged { .. } | Self::LogsToItself => FindingRule::warning(Id::DestinationLogged, S3_ACCESS),
            Self::Loop { .. } | Self::Circle { .. } => FindingRule::warning(Id::LogLoop, S3_ACCESS),
            Self::NewLoop { .. } => FindingRule::error(Id::LogLoop, S3_ACCESS),
            Self::TargetGrants { .. } => FindingRule::warning(Id::TargetGrants, PUT_LOGGING),
            Self::Ownership => FindingRule::warning(Id::Ownership, OWNERSHIP),
            Self::PublicPolicy { .. } => FindingRule::error(Id::PolicyPublic, PUBLIC),
            Self::BlockUnreadable { .. } => FindingRule::warning(Id::SettingUnreadable, PUBLIC),
            Self::Unreadable(_) => FindingRule::warning(Id::SettingUnreadable, S3_ACCESS),
            Self::AbacUnreadable(_) => FindingRule::warning(Id::SettingUnreadable, ABAC),
            Self::VersioningUnreadable(_) => FindingRule::warning(Id::SettingUnreadable, VERSIONS),
            Self::HistoryUnreadable(_) => FindingRule::warning(Id::SettingUnreadable, EVENTS),
        }
    }
}
