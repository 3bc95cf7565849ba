//! Which things a policy is to be about: by their names, and by `*` where there is none.
//!
//! ARNs: <https://docs.aws.amazon.com/service-authorization/latest/reference/list_s3.html#list_s3-resources-for-iam-policies>
//! and the same part of `list_elbv2.html` and `list_kms.html`.

use crate::model::{AccountId, Arn, BucketName, KeyRef, Partition, Region};
use crate::producer::{LoadBalancerType, Prefix, PrefixRule, Producer, SourceName, TEST_OBJECT, literal};

use super::{Job, Resource};

/// What a job is about; what is not named may be any.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scope {
    /// The job.
    pub job: Job,
    /// The producers.
    pub producers: Vec<Producer>,
    /// The sources; none is any.
    pub sources: Vec<SourceName>,
    /// The destination.
    pub bucket: Option<BucketName>,
    /// The prefix in it.
    pub prefix: Option<Prefix>,
    /// The account.
    pub account: Option<AccountId>,
    /// The Region; without one the partition is `aws`.
    pub region: Option<Region>,
    /// The keys.
    pub keys: Keys,
}

/// Which customer managed keys are used.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Keys {
    /// None at all.
    None,
    /// Any, and one that logbucket makes.
    Any,
    /// This one.
    Named(KeyRef),
    /// One that logbucket makes.
    Own,
}

impl Scope {
    /// The ARNs of a resource.
    pub(super) fn arns(&self, resource: Resource) -> Vec<String> {
        match resource {
            Resource::Anything => vec!["*".to_owned()],
            Resource::Caller => ["role/*", "user/*"].iter().map(|resource| self.of_iam(resource)).collect(),
            Resource::LoadBalancers => self.load_balancers(),
            Resource::Sources => self.source_buckets(),
            Resource::EveryBucket => vec![self.of_s3("*")],
            Resource::Destination => vec![self.of_s3(self.bucket_or_any())],
            Resource::TestObject => vec![self.of_s3(&format!("{}/{}", self.bucket_or_any(), self.test_object()))],
            Resource::Logs => vec![self.of_s3(&format!("{}/{}", self.bucket_or_any(), self.logs()))],
            Resource::Key => self.keys(),
            Resource::EveryKey => vec![self.of_kms("key/*")],
            Resource::OwnAlias => {
                let alias = self.bucket.as_ref().map_or_else(|| "alias/logbucket-*".to_owned(), BucketName::key_alias);
                vec![self.of_kms(&alias)]
            }
        }
    }

    fn bucket_or_any(&self) -> &str {
        self.bucket.as_ref().map_or("*", BucketName::as_str)
    }

    /// The key of the test object; its name alone tells it where the prefix is not known.
    fn test_object(&self) -> String {
        match &self.prefix {
            Some(prefix) => format!("{}{TEST_OBJECT}*", literal(&prefix.folder())),
            None => format!("*{TEST_OBJECT}*"),
        }
    }

    /// The keys of logs. Those of S3 access logs begin with the prefix as it is, folder or not.
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
        or_any(named.collect(), || format!("{place}loadbalancer/{}/*", kind.in_arn()))
    }

    fn source_buckets(&self) -> Vec<String> {
        let named = self.sources.iter().filter_map(SourceName::bucket).map(|name| self.of_s3(name.as_str()));
        or_any(named.collect(), || self.of_s3("*"))
    }

    /// An alias is no resource of what is done with its key
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html>).
    fn keys(&self) -> Vec<String> {
        match &self.keys {
            Keys::None => Vec::new(),
            Keys::Any | Keys::Own | Keys::Named(KeyRef::Alias(_)) => vec![self.of_kms("key/*")],
            Keys::Named(KeyRef::Arn(arn)) => vec![arn.to_string()],
            Keys::Named(KeyRef::Id(id)) => vec![self.of_kms(&format!("key/{id}"))],
            Keys::Named(KeyRef::AliasArn(Arn { partition, region, account, .. })) => {
                vec![format!("arn:{partition}:kms:{region}:{account}:key/*")]
            }
        }
    }

    fn partition(&self) -> Partition {
        self.region.as_ref().map_or(Partition::Aws, Region::partition)
    }

    fn of_s3(&self, resource: &str) -> String {
        format!("arn:{}:s3:::{resource}", self.partition())
    }

    fn of_iam(&self, resource: &str) -> String {
        let account = self.account.as_ref().map_or("*", AccountId::as_str);
        format!("arn:{}:iam::{account}:{resource}", self.partition())
    }

    fn of_kms(&self, resource: &str) -> String {
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
