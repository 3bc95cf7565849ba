//! The destination of logs, and the sources as log services name them.

use crate::model::{AccountId, BucketName, Partition, Region};
use crate::producer::{FlowKeys, KeyFormat, Prefix};

/// The start of the test object's name. The name ends with the run's token. logbucket writes the test object to the
/// logs' folder, reads it back and removes it.
pub(crate) const TEST_OBJECT: &str = "logbucket-test-";

/// The destination of a run, and the account and Region of its sources.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Destination {
    /// The partition.
    pub partition: Partition,
    /// The destination bucket.
    pub bucket: BucketName,
    /// The prefix.
    pub prefix: Prefix,
    /// The bucket owner's account.
    pub owner: AccountId,
    /// The Region of the sources and of the destination.
    pub region: Region,
    /// The account of the sources.
    pub source_account: AccountId,
    /// The key format of S3 access logs.
    pub key_format: KeyFormat,
    /// The key format of flow logs.
    pub flow_keys: FlowKeys,
}

/// A source, as the service names it in its requests.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogSource {
    /// The source's name.
    pub name: String,
    /// The source's ARN.
    pub arn: String,
}

impl Destination {
    /// Returns the ARN of the bucket.
    pub fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.bucket)
    }

    /// Returns the ARN of an object in the bucket.
    pub fn object_arn(&self, key: &str) -> String {
        format!("{}/{key}", self.bucket_arn())
    }

    /// Returns the folder that contains only load balancer logs. Many services write to `AWSLogs/ACCOUNT/`.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>
    pub fn load_balancer_logs(&self) -> String {
        format!("{}elasticloadbalancing/", self.load_balancer_folder())
    }

    /// Returns the folder above load balancer logs: `[prefix/]AWSLogs/ACCOUNT/`. It also contains the test files.
    ///
    /// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html>
    pub fn load_balancer_folder(&self) -> String {
        format!("{}AWSLogs/{}/", self.prefix.folder(), self.source_account)
    }
}

/// Formats a bucket and a prefix.
pub(super) fn destination_in_words(bucket: &str, prefix: &str) -> String {
    if prefix.is_empty() { bucket.to_owned() } else { format!("{bucket}/{prefix}") }
}
