//! The resources of a policy: named ones, or `*` if no name is given.
//!
//! ARNs:
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3.html#list_s3-resources-for-iam-policies>
//! and the same section of `list_elbv2.html` and `list_kms.html`.

use crate::model::{AccountId, Arn, BucketName, KeyRef, Partition, Region};
use crate::producer::{
    LoadBalancerType, NetworkId, NetworkKind, Prefix, PrefixRule, Producer, SourceName, TEST_OBJECT, literal,
};

use super::{Job, Resource};

/// The scope of a policy. A part that is not given matches anything.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PermissionScope {
    pub job: Job,
    pub producers: Vec<Producer>,
    /// The sources. Empty means any source.
    pub sources: Vec<SourceName>,
    /// The destination bucket.
    pub bucket: Option<BucketName>,
    /// The prefix in the bucket.
    pub prefix: Option<Prefix>,
    pub account: Option<AccountId>,
    /// The Region. Without a Region, the partition is `aws`.
    pub region: Option<Region>,
    pub keys: KeyScope,
}

/// The customer managed keys that the policy covers.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum KeyScope {
    None,
    /// Any key, including one that logbucket creates.
    Any,
    Named(KeyRef),
    /// A key that logbucket creates.
    Own,
}

impl PermissionScope {
    /// Returns the ARNs of a resource.
    pub(super) fn arns(&self, resource: Resource) -> Vec<String> {
        match resource {
            Resource::Anything => vec!["*".to_owned()],
            Resource::Caller => ["role/*", "user/*"].iter().map(|resource| self.iam_arn(resource)).collect(),
            Resource::LoadBalancers => self.load_balancers(),
            Resource::Networks => self.networks(),
            Resource::FlowLogs => vec![format!("{}vpc-flow-log/*", self.place("ec2"))],
            Resource::Sources => self.source_buckets(),
            Resource::EveryBucket => vec![self.s3_arn("*")],
            Resource::Destination => vec![self.s3_arn(self.bucket_or_any())],
            Resource::TestObject => vec![self.s3_arn(&format!("{}/{}", self.bucket_or_any(), self.test_object()))],
            Resource::Logs => vec![self.s3_arn(&format!("{}/{}", self.bucket_or_any(), self.logs()))],
            Resource::Key => self.keys(),
            Resource::EveryKey => vec![self.kms_arn("key/*")],
            Resource::OwnAlias => {
                let alias = self.bucket.as_ref().map_or_else(|| "alias/logbucket-*".to_owned(), BucketName::key_alias);
                vec![self.kms_arn(&alias)]
            }
        }
    }

    fn bucket_or_any(&self) -> &str {
        self.bucket.as_ref().map_or("*", BucketName::as_str)
    }

    /// Returns the pattern for test object keys. If the prefix is unknown, the pattern matches any folder.
    fn test_object(&self) -> String {
        match &self.prefix {
            Some(prefix) => format!("{}{TEST_OBJECT}*", literal(&prefix.folder())),
            None => format!("*{TEST_OBJECT}*"),
        }
    }

    /// Returns the pattern for log keys. The prefix of S3 access logs does not have to be a folder.
    fn logs(&self) -> String {
        match &self.prefix {
            Some(prefix) if self.producers.iter().all(|producer| producer.facts().prefix == PrefixRule::Text) => {
                format!("{}*", literal(prefix.as_str()))
            }
            Some(prefix) => format!("{}*", literal(&prefix.folder())),
            None => "*".to_owned(),
        }
    }

    fn load_balancers(&self) -> Vec<String> {
        let kinds = self.producers.iter().filter_map(|producer| producer.facts().source.load_balancer());
        kinds.flat_map(|kind| self.load_balancers_of(kind)).collect()
    }

    fn load_balancers_of(&self, kind: LoadBalancerType) -> Vec<String> {
        let place = self.place("elasticloadbalancing");
        let named = self.sources.iter().filter_map(|source| source.balancer_resource(kind, &place));
        or_any(named.collect(), || format!("{place}{}", kind.resource("*")))
    }

    fn networks(&self) -> Vec<String> {
        let place = self.place("ec2");
        let arn = |id: NetworkId| format!("{place}{}/{id}", id.kind().in_arn());
        let named: Vec<String> = self.sources.iter().filter_map(SourceName::network).map(arn).collect();
        let any = || NetworkKind::ALL.iter().map(|kind| format!("{place}{}/*", kind.in_arn())).collect();
        if named.is_empty() { any() } else { named }
    }

    fn source_buckets(&self) -> Vec<String> {
        let named = self.sources.iter().filter_map(SourceName::bucket).map(|name| self.s3_arn(name.as_str()));
        or_any(named.collect(), || self.s3_arn("*"))
    }

    /// Policies for operations on a key must name the key itself as the resource, not its alias
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html>).
    fn keys(&self) -> Vec<String> {
        match &self.keys {
            KeyScope::None => Vec::new(),
            KeyScope::Any | KeyScope::Own | KeyScope::Named(KeyRef::Alias(_)) => vec![self.kms_arn("key/*")],
            KeyScope::Named(KeyRef::Arn(arn)) => vec![arn.to_string()],
            KeyScope::Named(KeyRef::Id(id)) => vec![self.kms_arn(&format!("key/{id}"))],
            KeyScope::Named(KeyRef::AliasArn(Arn { partition, region, account, .. })) => {
                vec![format!("arn:{partition}:kms:{region}:{account}:key/*")]
            }
        }
    }

    fn partition(&self) -> Partition {
        self.region.as_ref().map_or(Partition::Aws, Region::partition)
    }

    fn s3_arn(&self, resource: &str) -> String {
        format!("arn:{}:s3:::{resource}", self.partition())
    }

    fn iam_arn(&self, resource: &str) -> String {
        let account = self.account.as_ref().map_or("*", AccountId::as_str);
        format!("arn:{}:iam::{account}:{resource}", self.partition())
    }

    fn kms_arn(&self, resource: &str) -> String {
        format!("{}{resource}", self.place("kms"))
    }

    fn place(&self, service: &str) -> String {
        let region = self.region.as_ref().map_or("*", Region::as_str);
        let account = self.account.as_ref().map_or("*", AccountId::as_str);
        format!("arn:{}:{service}:{region}:{account}:", self.partition())
    }
}

fn or_any(named: Vec<String>, any: impl FnOnce() -> String) -> Vec<String> {
    if named.is_empty() { vec![any()] } else { named }
}
