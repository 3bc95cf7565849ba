//! How a log service's object is encrypted, and whether anyone can read it.
//!
//! Each service's module defines the encryptions that the service supports. This module only decides about the key.

use serde_json::{Map, Value};

use crate::delivery::sender::Sender;
use crate::kms::key::{Key, find};
use crate::policy::{Verdict, judge};
use crate::s3::bucket::{Bucket, Encryption, LOG_SERVICE_ACCOUNT, Object};
use crate::world::World;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// Written with SSE-S3.
    Plain,
    /// Written with a customer managed key.
    Under {
        key: String,
        /// Whether the Bucket Key is used.
        bucket_key: bool,
    },
    /// Written with a key of the log service's own account. No one else can use it.
    Unreadable { key: String },
    /// Not written.
    Never,
}

/// Returns how this sender's object is encrypted, with the bucket's default or the requested encryption.
///
/// With an AWS managed key, or without a key, logs are "delivered in an unreadable format" (`CloudWatch` Logs user
/// guide). A key ID or alias is looked up in the sender's account (`ServerSideEncryptionByDefault`), where it does not
/// exist.
#[must_use]
pub fn seal(world: &World, bucket: &Bucket, encryption: &Encryption, sender: &Sender, object: &str) -> Sealed {
    match encryption.algorithm.as_str() {
        "AES256" => return Sealed::Plain,
        "aws:kms" => {}
        _ => return Sealed::Never,
    }
    let foreign = || Sealed::Unreadable {
        key: format!("arn:aws:kms:{}:{LOG_SERVICE_ACCOUNT}:key/0a0a0a0a-5353-4c4c-8888-0123456789ab", bucket.region),
    };
    let Some(named) = encryption.key.as_deref().filter(|named| !named.ends_with("alias/aws/s3")) else {
        return foreign();
    };
    if !named.starts_with("arn:") {
        return Sealed::Never;
    }
    match find(world, &bucket.account, &bucket.region, named) {
        Some(key) if key.manager == "AWS" => foreign(),
        Some(key) if key.problem(&bucket.region).is_none() && allows(key, bucket, encryption, sender, object) => {
            Sealed::Under { key: key.arn.clone(), bucket_key: encryption.bucket_key }
        }
        Some(_) | None => Sealed::Never,
    }
}

/// Returns whether the key policy allows the sender to generate a data key.
///
/// With a Bucket Key, the encryption context is the bucket's ARN, otherwise the object's ARN (S3 User Guide, "Bucket
/// Keys").
fn allows(key: &Key, bucket: &Bucket, encryption: &Encryption, sender: &Sender, object: &str) -> bool {
    let context = if encryption.bucket_key { bucket.arn() } else { format!("{}/{object}", bucket.arn()) };
    let asked = sender
        .asks("kms:GenerateDataKey", &key.arn, &key.account)
        .with("kms:ViaService", format!("s3.{}.amazonaws.com", bucket.region))
        .with("kms:EncryptionContext:aws:s3:arn", context)
        .with("kms:EncryptionContextKeys", vec!["aws:s3:arn"]);
    let policy = serde_json::from_str(&key.policy).unwrap_or(Value::Object(Map::new()));
    judge(&policy, &asked) == Verdict::Allow
}

impl Sealed {
    /// Returns the facts about the object, or `None` if it is not written.
    pub fn object(self, writer: &str, content_type: &str) -> Option<Object> {
        let object = |algorithm: &str, key: Option<String>, bucket_key: bool, readable: bool| Object {
            algorithm: algorithm.to_owned(),
            key,
            bucket_key,
            readable,
            size: 0,
            etag: String::new(),
            modified: std::time::SystemTime::now(),
            writer: writer.to_owned(),
            metadata: std::collections::BTreeMap::from([("content-type".to_owned(), content_type.to_owned())]),
        };
        match self {
            Self::Plain => Some(object("AES256", None, false, true)),
            Self::Under { key, bucket_key } => Some(object("aws:kms", Some(key), bucket_key, true)),
            Self::Unreadable { key } => Some(object("aws:kms", Some(key), false, false)),
            Self::Never => None,
        }
    }
}
