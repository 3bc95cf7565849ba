use std::collections::BTreeMap;

use crate::model::{Moment, Region};
use crate::producer::LogType;

use crate::model::Seen;
use crate::producer::Source;

use super::{Bucket, Identity, Key, ObjectStamp, OwnKeys};

/// The tags of sources, by source name.
pub(crate) type SourceTags = BTreeMap<String, Seen<BTreeMap<String, String>>>;

/// Everything that a run read before planning.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Observed {
    /// The caller on the sources' side.
    pub caller: Identity,
    /// The sources' Region, taken from the first source.
    pub region: Region,
    /// The sources in the order named.
    pub sources: Vec<Source>,
    /// The tags of each source, by its name; read only if a plan may change the source.
    pub source_tags: SourceTags,
    pub destination: BucketState,
    /// Who created the destination, according to this user's receipts.
    pub origin: BucketOrigin,
    /// The keys that the receipts name.
    pub own_keys: OwnKeys,
    /// The key that the bucket's default encryption uses or will use; `Absent` if there is none yet.
    pub default_key: Seen<Key>,
    /// The key named with `--report-kms-key`.
    pub report_key: Seen<Key>,
    /// AWS's evidence about sources, by each source's index. It settles questions that a policy leaves open.
    pub shown: BTreeMap<usize, Shown>,
    /// Why the event history could not be read, if a verdict depends on it.
    pub unread_history: Option<String>,
    /// When the state was read. Log services make their requests at this time or later. `None` if unknown.
    pub moment: Option<Moment>,
    /// The load balancer test files at the destination before the run, by log type.
    pub test_files: BTreeMap<LogType, Seen<ObjectStamp>>,
}

/// The kind of object that a source's log service has written since the last change of the settings that allow it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Shown {
    /// The file that AWS writes when a load balancer's log is turned on.
    TestFile,
    /// A log of the source.
    Log,
    /// A recent log that has exactly the bucket's present default encryption.
    LogByDefault,
}

/// Who created the destination, according to this user's receipts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BucketOrigin {
    /// No receipt names the bucket. Anyone may have created it, because tags prove nothing.
    Unknown,
    /// An earlier run of this user created the bucket and stopped before it wrote a bucket policy, so this run finishes
    /// it.
    UnfinishedRun,
}

/// The destination bucket, or why there is none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BucketState {
    /// The bucket exists, belongs to the caller's account, and its settings were read.
    Bucket(Box<Bucket>),
    /// No bucket has that name.
    Absent,
    /// The bucket exists but refuses the caller: it belongs to another account, or the caller lacks `s3:ListBucket`.
    Refused,
    /// The bucket exists in the caller's account but refuses the caller.
    LockedOut,
    /// The bucket exists, but in another Region than the sources.
    OtherRegion(Region),
}

impl BucketState {
    /// Returns the bucket if its settings were read.
    pub fn bucket(&self) -> Option<&Bucket> {
        match self {
            Self::Bucket(bucket) => Some(bucket),
            Self::Absent | Self::LockedOut | Self::OtherRegion(_) | Self::Refused => None,
        }
    }
}
