//! The policies of a new destination: the same statements that a plan for a new bucket writes.

use crate::iam::Document;
use crate::producer::{Destination, KeyFormat, PartitionDate, SourceName, Template, Values};
use crate::request::PolicyRequest;

use super::granting_policy::{BUCKET_POLICY_LIMIT, GrantingPolicy, KEY_POLICY_LIMIT, granted};

/// The policies of a destination.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Policies {
    /// The bucket policy.
    pub bucket: FittedPolicy,
    /// The key policy, if a customer managed key encrypts the logs.
    pub key: Option<FittedPolicy>,
}

/// A policy, with the way in which it names the sources.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum FittedPolicy {
    /// It names each source, if its statements name sources.
    Exactly(Document),
    /// It names only the account of the sources, because so many names would not fit.
    Widened(Document),
}

/// The policy would exceed AWS's limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the policy would be {size} bytes; the limit is {limit}")]
pub(crate) struct TooLarge {
    size: usize,
    limit: usize,
}

impl FittedPolicy {
    pub(crate) fn document(&self) -> &Document {
        match self {
            Self::Exactly(document) | Self::Widened(document) => document,
        }
    }

    fn new(granted: GrantingPolicy, limit: usize) -> Result<Self, TooLarge> {
        match granted {
            GrantingPolicy::Exactly(document) => Ok(Self::Exactly(document)),
            GrantingPolicy::Widened(document) => Ok(Self::Widened(document)),
            GrantingPolicy::TooLarge { size, .. } => Err(TooLarge { size, limit }),
        }
    }
}

/// Returns the policies that the destination of a request needs.
pub(crate) fn policies(request: &PolicyRequest) -> Result<Policies, TooLarge> {
    let destination = destination(request);
    let names: Vec<String> = request.sources.iter().map(SourceName::own_name).collect();
    let templates = [request.producer.facts().bucket_grants, &[Template::TlsOnly]].concat();
    let bucket = granted(&Document::empty(), &templates, &destination, names.clone(), BUCKET_POLICY_LIMIT);
    let key = match (request.producer.facts().key_grant, &request.key) {
        (Some(grant), Some(_)) => {
            let root = Template::KeyRoot.fill(&Values::for_destination(&destination, names.clone()));
            let root = Document::empty().with_statement_appended(root);
            Some(FittedPolicy::new(granted(&root, &[grant], &destination, names, KEY_POLICY_LIMIT), KEY_POLICY_LIMIT)?)
        }
        (Some(_) | None, _) => None,
    };
    Ok(Policies { bucket: FittedPolicy::new(bucket, BUCKET_POLICY_LIMIT)?, key })
}

fn destination(request: &PolicyRequest) -> Destination {
    Destination {
        partition: request.region.partition(),
        bucket: request.bucket.clone(),
        prefix: request.prefix.clone(),
        owner: request.key_owner(),
        region: request.region.clone(),
        source_account: request.account.clone(),
        key_format: KeyFormat::Partitioned(PartitionDate::Event),
        flow_keys: request.flow_keys,
    }
}
