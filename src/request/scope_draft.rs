//! The flags about a job and its resources, and how they become a [`PermissionScope`].

use crate::model::{AccountId, BucketName, Region};
use crate::permission::{Job, KeyScope, PermissionScope};
use crate::producer::{Prefix, Producer, SourceName};

use super::Incomplete;
use super::sources::{parsed, refuse_a_loop};

/// The answers so far. All are optional: where nothing is named, any resource matches.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ScopeDraft {
    pub job: Job,
    /// `--producer`; empty means all.
    pub producers: Vec<Producer>,
    /// `--source`, as typed: its format depends on the producer.
    pub sources: Vec<String>,
    /// `--bucket`.
    pub bucket: Option<BucketName>,
    /// `--prefix`, as typed: its format depends on the producer.
    pub prefix: Option<String>,
    /// `--account`.
    pub account: Option<AccountId>,
    /// `--region`.
    pub region: Option<Region>,
    /// `--kms-key` and `--no-kms-key`.
    pub keys: KeyScope,
}

impl ScopeDraft {
    /// Returns the scope. Region and account from a load balancer's ARN win over the flags.
    pub(crate) fn complete(self) -> Result<PermissionScope, Incomplete> {
        let named = |producer: &Producer| self.producers.is_empty() || self.producers.contains(producer);
        let producers: Vec<Producer> = Producer::ALL.into_iter().filter(named).collect();
        let one = |flag| match producers.as_slice() {
            [only] => Ok(*only),
            _ => Err(Incomplete::ManyProducers { flag }),
        };
        let sources = if self.sources.is_empty() { Vec::new() } else { parsed(one("--source")?, &self.sources)? };
        let prefix = match &self.prefix {
            Some(text) => Some(Prefix::parse(one("--prefix")?, text)?),
            None => None,
        };
        if let (Some(bucket), [only]) = (&self.bucket, producers.as_slice()) {
            refuse_a_loop(*only, &sources, bucket)?;
        }
        refuse_key(&producers, &self.keys)?;
        let placed = sources.iter().find_map(SourceName::arn);
        Ok(PermissionScope {
            account: placed.and_then(|arn| arn.account.parse().ok()).or(self.account),
            region: placed.and_then(|arn| arn.region.parse().ok()).or(self.region),
            job: self.job,
            producers,
            sources,
            bucket: self.bucket,
            prefix,
            keys: self.keys,
        })
    }
}

/// Rejects a key that none of the producers can use.
fn refuse_key(producers: &[Producer], keys: &KeyScope) -> Result<(), Incomplete> {
    let able = |producer: &Producer| producer.facts().key_grant.is_some();
    match (keys, producers) {
        (KeyScope::Named(_) | KeyScope::Own, [first, ..]) if !producers.iter().any(able) => {
            Err(Incomplete::WrongFlag { flag: "--kms-key", belongs_to: "nlb and inventory", producer: *first })
        }
        (KeyScope::Any | KeyScope::Named(_) | KeyScope::None | KeyScope::Own, _) => Ok(()),
    }
}
