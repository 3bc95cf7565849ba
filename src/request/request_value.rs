//! A complete request.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::model::{BucketName, Encryption, Region, TransitionAfter};
use crate::producer::{Kind, Prefix, Source, SourceName};

/// Everything that one `init` needs to know, with nothing left to ask.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Request {
    /// The producer and its choices.
    pub kind: Kind,
    /// The sources, at least one, none twice.
    pub sources: Vec<SourceName>,
    /// The destination bucket.
    pub bucket: BucketName,
    /// The prefix in it; nothing is the one that its sources log under there today, and the bucket's root for all others.
    pub prefix: Option<Prefix>,
    /// The default encryption asked for.
    pub encryption: Encryption,
    /// Days after which logs expire; nothing keeps them.
    pub expire_days: Option<u32>,
    /// When logs move to another storage class; nothing leaves them where they are.
    pub transition: Option<TransitionAfter>,
    /// Tags for the bucket, beside logbucket's own.
    pub tags: BTreeMap<String, String>,
    /// What the user agrees to.
    pub consent: Consent,
    /// Seconds to wait for the producer's own object; nothing is the producer's usual time.
    pub wait: Option<u64>,
    /// The Region named by flag; an ARN's Region wins over it.
    pub region: Option<Region>,
    /// The profile named by flag.
    pub profile: Option<String>,
    /// Where calls are sent by flag, without the user that a URL may name: what was planned there is to be repeated there.
    pub endpoint_url: Option<String>,
    /// Where the receipt is kept, by flag; nothing is the user's state folder.
    pub receipt_dir: Option<PathBuf>,
    /// Whether IAM is asked beforehand.
    pub preflight: Preflight,
}

impl Request {
    /// The prefix for these sources.
    pub fn prefix_of(&self, sources: &[Source]) -> Prefix {
        let said = self.prefix.clone();
        said.or_else(|| self.kind.prefix_today(sources, &self.bucket)).unwrap_or_default()
    }
}

/// Whether IAM is asked, before anything is changed, if the caller may make every write of the plan.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Preflight {
    /// It is.
    #[default]
    Asked,
    /// `--no-preflight`.
    Skipped,
}

/// What the user agrees to beforehand.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Consent {
    /// `--yes`: steps that add.
    pub adds: bool,
    /// `--fix`: steps that replace.
    pub replaces: bool,
    /// `--exempt SID`: the Deny statements that may be narrowed.
    pub exempts: Vec<String>,
}
