use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::model::{BucketName, Encryption, Region, TransitionAfter};
use crate::producer::{Kind, Prefix, Source, SourceName};

/// A complete request for `init`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The producer and its choices.
    pub kind: Kind,
    /// The sources: at least one, without duplicates.
    pub sources: Vec<SourceName>,
    /// The destination bucket.
    pub bucket: BucketName,
    /// The prefix in the bucket. `None` is the prefix that the sources use there now, or the bucket's root for new
    /// sources.
    pub prefix: Option<Prefix>,
    /// The requested default encryption.
    pub encryption: Encryption,
    /// Days until logs expire; `None` keeps them.
    pub expire_days: Option<u32>,
    /// When logs move to another storage class; `None` moves none.
    pub transition: Option<TransitionAfter>,
    /// Tags for the bucket, besides logbucket's own.
    pub tags: BTreeMap<String, String>,
    /// What the user approves in advance.
    pub consent: Consent,
    /// Seconds to wait for the service's first object; `None` is the producer's default.
    pub wait: Option<u64>,
    /// The Region from the flag; an ARN's Region wins.
    pub region: Option<Region>,
    /// The profile from the flag.
    pub profile: Option<String>,
    /// The endpoint from the flag, without user and password. Commands that repeat the run need it.
    pub endpoint_url: Option<String>,
    /// The folder for the receipt, from the flag; `None` is the user's state folder.
    pub receipt_dir: Option<PathBuf>,
    pub preflight: Preflight,
}

impl Request {
    /// Returns the prefix for these sources.
    pub fn prefix_of(&self, sources: &[Source]) -> Prefix {
        let said = self.prefix.clone();
        said.or_else(|| self.kind.prefix_today(sources, &self.bucket)).unwrap_or_default()
    }
}

/// Whether to check the caller's permissions with IAM in advance, for every change in the plan.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Preflight {
    #[default]
    Asked,
    /// `--no-preflight`.
    Skipped,
}

/// What the user approves in advance.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Consent {
    /// `--yes`: steps that add.
    pub adds: bool,
    /// `--fix`: steps that replace.
    pub replaces: bool,
    /// `--exempt SID`: Deny statements from which the service may be exempted.
    pub exempts: Vec<String>,
}
