//! A destination bucket as seen: every setting that can stop a delivery.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{BucketEncryption, BucketName, Moment, Region};

use crate::model::Seen;
use crate::producer::Logging;

use super::ExpirationRule;

/// A bucket's settings.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Bucket {
    /// Its name.
    pub name: BucketName,
    /// Its Region.
    pub region: Region,
    /// When S3 says that it was created; nothing where its owner's buckets may not be listed, or were not.
    pub created: Option<Moment>,
    /// Default encryption; absent on a bucket from before 2023 means none.
    pub encryption: Seen<BucketEncryption>,
    /// The text of the bucket policy, as stored.
    pub policy: Seen<String>,
    /// Object ownership; absent means `ObjectWriter`.
    pub ownership: Seen<Ownership>,
    /// Object Lock.
    pub object_lock: Seen<ObjectLock>,
    /// Who pays for requests.
    pub payer: Seen<Payer>,
    /// What its ACL grants the log delivery group; absent where it grants nothing, or was not read.
    pub log_delivery_acl: Seen<LogDeliveryAcl>,
    /// Where the bucket's own access logs go.
    pub logging: Seen<Logging>,
    /// Whether it keeps versions; absent where it never did, or was not read.
    pub versioning: Seen<Versioning>,
    /// Its lifecycle rules, as far as a log's life depends on them.
    pub lifecycle: Seen<Vec<ExpirationRule>>,
    /// Whether its tags decide who may do what; absent where that was not read.
    pub abac: Seen<Abac>,
    /// What Block Public Access of the bucket makes of public policies; absent where it has no such setting, or it was not read.
    pub public_policies: Seen<PublicPolicies>,
    /// Its tags.
    pub tags: Seen<BTreeMap<String, String>>,
}

/// Who owns an object that another account writes.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Ownership {
    /// The bucket's owner, always; ACLs are off.
    BucketOwnerEnforced,
    /// The bucket's owner, where the writer says so by ACL.
    BucketOwnerPreferred,
    /// The writer.
    ObjectWriter,
}

/// What a bucket's ACL grants `http://acs.amazonaws.com/groups/s3/LogDelivery`: the way of old for S3 access logs, which AWS
/// still takes where ACLs are not disabled.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LogDeliveryAcl {
    /// `WRITE`.
    pub write: bool,
    /// `READ_ACP`.
    pub read_acp: bool,
}

/// Versioning of a bucket that has, or had, it on.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/Versioning.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Versioning {
    /// What is deleted or written over stays as a noncurrent version.
    Enabled,
    /// Versions from before stay, new ones are not made.
    Suspended,
}

/// Object Lock of a bucket.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectLock {
    /// The default retention in words, such as `GOVERNANCE 30 days`, where there is one.
    pub default_retention: Option<String>,
}

/// Attribute-based access control of a bucket. Where it is on, S3 takes no `PutBucketTagging`.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-tagging-enable-abac.html>
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Abac {
    /// It is off, as on every new bucket.
    Disabled,
    /// It is on.
    Enabled,
}

/// What S3 makes of a bucket policy that allows public access, by the bucket's own Block Public Access. That of its account, or of
/// an organization, may be stricter.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct PublicPolicies {
    /// `BlockPublicPolicy`: a new one is rejected; one that stood there before stays.
    pub rejected: bool,
    /// `RestrictPublicBuckets`: one that stands there serves the owner's account and service principals alone.
    pub restricted: bool,
}

/// Who pays for requests to a bucket.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payer {
    /// The bucket's owner.
    BucketOwner,
    /// Whoever asks: Requester Pays.
    Requester,
}
