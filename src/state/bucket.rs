//! A destination bucket's settings that can stop a delivery.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{BucketEncryption, BucketName, Moment, Region};

use crate::model::Seen;
use crate::producer::Logging;

use super::ExpirationRule;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bucket {
    pub name: BucketName,
    pub region: Region,
    /// The creation date according to S3; `None` if the owner's buckets were not or could not be listed.
    pub created: Option<Moment>,
    /// The default encryption. `Absent` means no encryption, which is possible on a bucket from before 2023.
    pub encryption: Seen<BucketEncryption>,
    /// The bucket policy as stored.
    pub policy: Seen<String>,
    /// The object ownership; `Absent` means `ObjectWriter`.
    pub ownership: Seen<Ownership>,
    pub object_lock: Seen<ObjectLock>,
    pub payer: Seen<Payer>,
    /// The ACL's grants to the log delivery group; `Absent` if there are none, or if the ACL was not read.
    pub log_delivery_acl: Seen<LogDeliveryAcl>,
    /// Where the bucket's own access logs go.
    pub logging: Seen<Logging>,
    /// The buckets to which the access logs of this bucket lead, one after another. Empty if it has no access log, or if
    /// the others were not read.
    pub logs_on: Vec<String>,
    /// The versioning state; `Absent` if versioning was never on, or was not read.
    pub versioning: Seen<Versioning>,
    /// The lifecycle rules that affect how long logs are kept.
    pub lifecycle: Seen<Vec<ExpirationRule>>,
    /// Whether the bucket uses attribute-based access control; `Absent` if this was not read.
    pub abac: Seen<Abac>,
    /// How the bucket's Block Public Access treats public policies. `Absent` if the bucket has no such setting, or if
    /// the setting was not read.
    pub public_policies: Seen<PublicPolicies>,
    pub tags: Seen<BTreeMap<String, String>>,
}

/// Who owns an object that another account writes.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ownership {
    /// Always the bucket's owner; ACLs are off.
    BucketOwnerEnforced,
    /// The bucket's owner, if the writer's ACL says so.
    BucketOwnerPreferred,
    ObjectWriter,
}

/// The grants of a bucket's ACL to `http://acs.amazonaws.com/groups/s3/LogDelivery`. They are the legacy way to allow
/// S3 access logs. AWS still accepts them where ACLs are not disabled.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LogDeliveryAcl {
    /// `WRITE`.
    pub write: bool,
    /// `READ_ACP`.
    pub read_acp: bool,
}

/// The versioning state of a bucket on which versioning is on, or was on earlier.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Versioning {
    /// Deleted and overwritten objects are kept as noncurrent versions.
    Enabled,
    /// Existing versions are kept, but no new ones are created.
    Suspended,
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectLock {
    /// The default retention as text, such as `GOVERNANCE 30 days`, if there is one.
    pub default_retention: Option<String>,
}

/// Attribute-based access control of a bucket. If it is on, S3 refuses `PutBucketTagging`.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Abac {
    /// Off, as on every new bucket.
    Disabled,
    Enabled,
}

/// How S3 treats a bucket policy that allows public access, according to the bucket's own Block Public Access. The
/// settings of the account or the organization may be stricter.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PublicPolicies {
    /// `BlockPublicPolicy`: a new public policy is rejected; an existing one stays.
    pub rejected: bool,
    /// `RestrictPublicBuckets`: an existing public policy allows only the owner's account and service principals.
    pub restricted: bool,
}

/// Who pays for requests to a bucket.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payer {
    BucketOwner,
    /// The requester: Requester Pays.
    Requester,
}
