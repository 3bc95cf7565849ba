//! Where logs are written, and on whose behalf.

use crate::model::{AccountId, BucketName, Partition, Region};
use crate::producer::{KeyFormat, Prefix};

/// What the name of the object begins with that logbucket writes, reads back and removes, in the folder of the logs; the
/// token of the run ends it.
pub const TEST_OBJECT: &str = "logbucket-test-";

/// The destination of a run and the account and Region of its sources.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Place {
    /// The partition of everything.
    pub partition: Partition,
    /// The destination bucket.
    pub bucket: BucketName,
    /// The prefix in it.
    pub prefix: Prefix,
    /// The account that owns the destination.
    pub owner: AccountId,
    /// The Region of the sources and of the destination.
    pub region: Region,
    /// The account of the sources.
    pub source_account: AccountId,
    /// How the keys of S3 access logs are built.
    pub key_format: KeyFormat,
}

/// One source, as the service names it in its requests.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Writer {
    /// The source's name.
    pub name: String,
    /// The source's ARN.
    pub arn: String,
}

impl Place {
    /// The ARN of the bucket.
    pub fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.bucket)
    }

    /// The ARN of an object in the bucket.
    pub fn object_arn(&self, key: &str) -> String {
        format!("{}/{key}", self.bucket_arn())
    }

    /// The folder of the logs of load balancers alone: services of every kind write below `AWSLogs/ACCOUNT/`.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>
    pub fn load_balancer_logs(&self) -> String {
        format!("{}elasticloadbalancing/", self.load_balancer_folder())
    }

    /// The folder above the logs of load balancers, which holds their test files as well: `[prefix/]AWSLogs/ACCOUNT/`.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>
    pub fn load_balancer_folder(&self) -> String {
        format!("{}AWSLogs/{}/", self.prefix.folder(), self.source_account)
    }
}

/// A bucket and a prefix in it, in words.
pub(super) fn place_in_words(bucket: &str, prefix: &str) -> String {
    if prefix.is_empty() { bucket.to_owned() } else { format!("{bucket}/{prefix}") }
}
