//! The flags about a destination's policies, and how they become a [`PolicyRequest`].

use crate::model::{AccountId, BucketName, EncryptionKind, KeyArn, KeyChoice, KeyRef, Region};
use crate::producer::{Choices, FlowKeys, Prefix, Producer, SourceName};

use super::sources::{parsed, refuse_a_loop};
use super::{Incomplete, Question};

/// The answers so far. Account and Region must be given, because no AWS calls are made.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct PolicyDraft {
    pub producer: Option<Producer>,
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
    /// `--kms-key`.
    pub key: Option<KeyChoice>,
    /// The choices that change the keys of the logs: `--hive`.
    pub choices: Choices,
}

/// Everything that the policies of a destination depend on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PolicyRequest {
    pub producer: Producer,
    /// The distinct sources; empty if the policies name none.
    pub sources: Vec<SourceName>,
    pub bucket: BucketName,
    pub prefix: Prefix,
    /// The account of the sources.
    pub account: AccountId,
    /// The Region of sources and destination.
    pub region: Region,
    /// The customer managed key that encrypts the logs.
    pub key: Option<KeyChoice>,
    pub flow_keys: FlowKeys,
}

impl PolicyDraft {
    /// Returns the request if nothing is missing. Region and account from a load balancer's ARN win over the flags.
    pub(crate) fn complete(self) -> Result<PolicyRequest, Incomplete> {
        let sources = self.producer.map_or_else(|| Ok(Vec::new()), |producer| parsed(producer, &self.sources))?;
        let placed = sources.iter().find_map(SourceName::arn);
        let account = placed.and_then(|arn| arn.account.parse().ok()).or(self.account);
        let region = placed.and_then(|arn| arn.region.parse().ok()).or(self.region);
        let (Some(producer), false, Some(bucket), Some(account), Some(region)) =
            (self.producer, needs_sources(self.producer, &self.sources), &self.bucket, &account, &region)
        else {
            let open = [
                (self.producer.is_none(), Question::Producer),
                (needs_sources(self.producer, &self.sources), Question::Sources(self.producer)),
                (self.bucket.is_none(), Question::Bucket),
                (account.is_none(), Question::Account),
                (region.is_none(), Question::Region),
            ];
            let missing = open.into_iter().filter_map(|(open, question)| open.then_some(question)).collect();
            return Err(Incomplete::Missing(missing));
        };
        refuse_a_loop(producer, &sources, bucket)?;
        if let Some((flag, other)) = self.choices.foreign_to(producer) {
            return Err(Incomplete::WrongFlag { flag, belongs_to: other.as_str(), producer });
        }
        if let Some(key) = &self.key {
            refuse_key(producer, key, region)?;
        }
        Ok(PolicyRequest {
            producer,
            sources,
            bucket: bucket.clone(),
            prefix: Prefix::parse(producer, self.prefix.as_deref().unwrap_or_default())?,
            account: account.clone(),
            region: region.clone(),
            key: self.key,
            flow_keys: FlowKeys { hive: self.choices.flow.hive.unwrap_or_default(), ..FlowKeys::default() },
        })
    }
}

impl PolicyRequest {
    /// Returns the account that owns the key: the account in its ARN, or else the account of the sources.
    pub(crate) fn key_owner(&self) -> AccountId {
        let named = self.key.as_ref().and_then(key_arn);
        named.and_then(|key| key.arn().account.parse().ok()).unwrap_or_else(|| self.account.clone())
    }
}

/// Returns whether sources are missing. Policies name each bucket that logs, but only the account and Region of load
/// balancers.
fn needs_sources(producer: Option<Producer>, sources: &[String]) -> bool {
    let named = producer.is_none_or(|producer| producer.facts().source.is_named_by_policies());
    named && sources.is_empty()
}

/// Rejects a key if the service can't use keys, or if S3 can't use this key for a bucket in the Region.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html>: "must use a KMS key in the same Region".
fn refuse_key(producer: Producer, key: &KeyChoice, region: &Region) -> Result<(), Incomplete> {
    if producer.facts().key_grant.is_none() {
        let asked = EncryptionKind::SseKmsCustomer;
        let page = producer.encryption(asked).source;
        let works = "SSE-S3, without `--kms-key`";
        return Err(Incomplete::Encryption { producer, asked, works, page });
    }
    match key_arn(key) {
        Some(key) if key.arn().region != region.as_str() || key.arn().partition != region.partition() => {
            Err(Incomplete::KeyElsewhere { key: key.to_string(), region: region.clone() })
        }
        Some(_) | None => Ok(()),
    }
}

fn key_arn(key: &KeyChoice) -> Option<&KeyArn> {
    match key {
        KeyChoice::Existing(KeyRef::Arn(arn)) => Some(arn),
        KeyChoice::Existing(KeyRef::Alias(_) | KeyRef::AliasArn(_) | KeyRef::Id(_)) | KeyChoice::Create => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: &str = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188";

    fn draft(producer: Producer, sources: &[&str]) -> PolicyDraft {
        PolicyDraft {
            producer: Some(producer),
            sources: sources.iter().map(|&source| source.to_owned()).collect(),
            bucket: Some("acme-logs".parse().unwrap()),
            account: Some("444455556666".parse().unwrap()),
            region: Some("us-east-1".parse().unwrap()),
            ..PolicyDraft::default()
        }
    }

    #[test]
    fn all_missing_flags_are_named_at_once() {
        let error = PolicyDraft::default().complete().unwrap_err();
        assert_eq!(error.to_string(), "missing `PRODUCER`, `--source`, `--bucket`, `--account`, `--region`");
        let alone = PolicyDraft { producer: Some(Producer::Alb), ..PolicyDraft::default() };
        assert_eq!(alone.complete().unwrap_err().to_string(), "missing `--bucket`, `--account`, `--region`");
    }

    #[test]
    fn a_load_balancers_arn_gives_its_account_and_region() {
        let request = draft(Producer::Alb, &[WEB]).complete().unwrap();
        assert_eq!((request.account.as_str(), request.region.as_str()), ("111122223333", "eu-west-1"));
        let bare = PolicyDraft { account: None, region: None, ..draft(Producer::Alb, &[WEB]) };
        assert_eq!(bare.complete(), Ok(request));
    }

    #[test]
    fn a_key_that_cannot_be_used_is_rejected() {
        let with = |producer, key: &str| {
            PolicyDraft { key: Some(key.parse().unwrap()), ..draft(producer, &["a-1"]) }.complete()
        };
        let key = "arn:aws:kms:us-east-1:777788889999:key/1234abcd-12ab-34cd-56ef-1234567890ab";
        assert!(matches!(with(Producer::Alb, "create"), Err(Incomplete::Encryption { .. })));
        assert!(matches!(with(Producer::S3Access, key), Err(Incomplete::Encryption { .. })));
        assert_eq!(with(Producer::Nlb, key).unwrap().key_owner().as_str(), "777788889999");
        assert_eq!(with(Producer::Inventory, "create").unwrap().key_owner().as_str(), "444455556666");
        let elsewhere = key.replace("us-east-1", "eu-west-1");
        assert!(matches!(with(Producer::Nlb, &elsewhere), Err(Incomplete::KeyElsewhere { .. })));
    }

    #[test]
    fn a_bucket_that_would_log_to_itself_is_rejected() {
        assert!(matches!(draft(Producer::S3Access, &["acme-logs"]).complete(), Err(Incomplete::SelfLogging(_))));
        assert!(draft(Producer::Inventory, &["acme-logs"]).complete().is_ok());
    }
}
