//! Everything that one run saw before it planned.

use std::collections::BTreeMap;

use crate::model::{Moment, Region};
use crate::producer::LogType;

use crate::model::Seen;
use crate::producer::Source;

use super::{Bucket, Identity, Key, ObjectStamp, OwnKeys};

/// The tags of sources, by name.
pub type SourceTags = BTreeMap<String, Seen<BTreeMap<String, String>>>;

/// What was seen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Observed {
    /// Who is calling, on the side of the sources.
    pub caller: Identity,
    /// The Region of the producer: that of the first source.
    pub region: Region,
    /// The sources, in the order they were named.
    pub sources: Vec<Source>,
    /// The tags of each source, by its name; only read where a plan may change the source.
    pub source_tags: SourceTags,
    /// The destination.
    pub destination: Destination,
    /// What this user's receipts tell of the destination.
    pub origin: Origin,
    /// The keys that they name.
    pub own_keys: OwnKeys,
    /// The key that the bucket's default encryption will name, or names today: absent where there is none yet.
    pub default_key: Seen<Key>,
    /// The key asked for by `--report-kms-key`.
    pub report_key: Seen<Key>,
    /// What AWS has shown of sources, by their place: what a policy leaves open about them is settled.
    pub shown: BTreeMap<usize, Shown>,
    /// Why the event history, on which a verdict depends, could not be read.
    pub unread_history: Option<String>,
    /// When it was seen: requests come at that moment or later. Nothing where that is not told.
    pub moment: Option<Moment>,
    /// The load balancer test files that stood at the destination before the run, by log.
    pub test_files: BTreeMap<LogType, Seen<ObjectStamp>>,
}

/// What a source's log service has written since the settings that admit it were changed last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Shown {
    /// The file that AWS writes when a load balancer's log is turned on.
    TestFile,
    /// A log of the source's own.
    Log,
    /// A recent one, under the very encryption that the bucket gives by default today.
    LogByDefault,
}

/// Who created the destination, as far as the receipts of this user tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Origin {
    /// They say nothing of it: it is like anybody's bucket, whatever its tags say.
    Unknown,
    /// A run of this user created it and stopped before it wrote a bucket policy, so that a run finishes it now.
    UnfinishedRun,
}

/// The destination bucket, or what stands in its place.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Destination {
    /// It exists, is the caller's, and its settings were read.
    Bucket(Box<Bucket>),
    /// Nobody has a bucket of that name.
    Absent,
    /// It exists and the caller may not use it: another account's, or `s3:ListBucket` is missing.
    Refused,
    /// It exists, is the caller's account's, and refuses the caller.
    LockedOut,
    /// It exists in another Region than the producer's.
    OtherRegion(Region),
}

impl Destination {
    /// The bucket, where it can be judged.
    pub fn bucket(&self) -> Option<&Bucket> {
        match self {
            Self::Bucket(bucket) => Some(bucket),
            Self::Absent | Self::LockedOut | Self::OtherRegion(_) | Self::Refused => None,
        }
    }
}
