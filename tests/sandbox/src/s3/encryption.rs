//! The bucket's default encryption, and the encryption of new objects.
//!
//! [`crate::delivery`] decides how log services use it.

use std::fmt::Write as _;

use crate::kms::key::{self, Problem};
use crate::s3::bucket::{Bucket, Encryption};
use crate::s3::error::{Refusal, access_denied, invalid_argument, malformed_xml, refuse};
use crate::wire::{Reply, Request};
use crate::world::World;
use crate::xml::{self, escape};

/// `ServerSideEncryptionByDefault`: "AES256 | aws:fsx | aws:kms | aws:kms:dsse".
const ALGORITHMS: &[&str] = &["AES256", "aws:fsx", "aws:kms", "aws:kms:dsse"];

/// Sets the default encryption. If the request sets no blocked types, the bucket has none afterwards.
///
/// S3 API, `PutBucketEncryption`: "Amazon S3 doesn't validate the KMS key ID".
pub fn put(bucket: &mut Bucket, body: &[u8]) -> Result<(), Refusal> {
    let root =
        xml::parse(body).filter(|root| root.name == "ServerSideEncryptionConfiguration").ok_or_else(malformed_xml)?;
    let rule = root.child("Rule").ok_or_else(malformed_xml)?;
    let default = ["ApplyServerSideEncryptionByDefault"];
    let algorithm = match rule.at(&default) {
        Some(by_default) => by_default
            .text_at(&["SSEAlgorithm"])
            .filter(|name| ALGORITHMS.contains(name))
            .ok_or_else(malformed_xml)?
            .to_owned(),
        None => bucket.encryption.algorithm.clone(),
    };
    let key = rule
        .text_at(&["ApplyServerSideEncryptionByDefault", "KMSMasterKeyID"])
        .filter(|key| !key.is_empty())
        .map(str::to_owned);
    if key.is_some() && !algorithm.starts_with("aws:kms") {
        return Err(invalid_argument(
            "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        ));
    }
    let blocked = rule
        .child("BlockedEncryptionTypes")
        .map(|types| types.all("EncryptionType").map(|kind| kind.text.trim().to_owned()).collect());
    bucket.encryption =
        Encryption { algorithm, key, bucket_key: rule.text_at(&["BucketKeyEnabled"]) == Some("true"), blocked };
    Ok(())
}

/// Resets to SSE-S3. Every bucket has had at least SSE-S3 since January 2023.
pub fn delete(bucket: &mut Bucket) {
    bucket.encryption = Encryption { blocked: bucket.encryption.blocked.take(), ..Encryption::of_new_bucket() };
}

#[must_use]
pub fn get(bucket: &Bucket) -> Reply {
    let encryption = &bucket.encryption;
    let mut rule = format!("<ApplyServerSideEncryptionByDefault><SSEAlgorithm>{}</SSEAlgorithm>", encryption.algorithm);
    if let Some(key) = &encryption.key {
        let _ = write!(rule, "<KMSMasterKeyID>{}</KMSMasterKeyID>", escape(key));
    }
    let _ = write!(
        rule,
        "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>{}</BucketKeyEnabled>",
        encryption.bucket_key
    );
    if let Some(blocked) = &encryption.blocked {
        rule.push_str("<BlockedEncryptionTypes>");
        for kind in blocked {
            let _ = write!(rule, "<EncryptionType>{}</EncryptionType>", escape(kind));
        }
        rule.push_str("</BlockedEncryptionTypes>");
    }
    Reply::xml(
        200,
        format!(
            "<ServerSideEncryptionConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule>{rule}</Rule></ServerSideEncryptionConfiguration>"
        ),
    )
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    pub key: Option<String>,
    pub bucket_key: bool,
}

/// Returns the encryption of a new object: the encryption in the request's headers, otherwise the bucket's default.
///
/// A key ID or alias is looked up in the requester's account (`ServerSideEncryptionByDefault`).
pub fn applied(
    world: &mut World,
    default: &Encryption,
    region: &str,
    requester: &str,
    request: &Request,
) -> Result<Applied, Refusal> {
    if request.header("x-amz-server-side-encryption-customer-algorithm").is_some() {
        let blocked = default.blocked.as_ref().is_some_and(|types| types.iter().any(|kind| kind == "SSE-C"));
        return if blocked {
            Err(access_denied())
        } else {
            Err(refuse(501, "NotImplemented", "SSE-C is not simulated"))
        };
    }
    let asked = request.header("x-amz-server-side-encryption");
    let asked_key = request.header("x-amz-server-side-encryption-aws-kms-key-id").map(str::to_owned);
    let (algorithm, named) = match asked {
        Some(algorithm) if ALGORITHMS.contains(&algorithm) => (algorithm.to_owned(), asked_key),
        Some(_) => {
            return Err(invalid_argument("The encryption method specified is not supported"));
        }
        None if asked_key.is_some() => {
            return Err(invalid_argument(
                "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
            ));
        }
        None => (default.algorithm.clone(), default.key.clone()),
    };
    if !algorithm.starts_with("aws:kms") {
        return Ok(Applied { algorithm, key: None, bucket_key: false });
    }
    let bucket_key = request
        .header("x-amz-server-side-encryption-bucket-key-enabled")
        .map_or(default.bucket_key, |value| value == "true");
    let arn = match named.filter(|named| !named.ends_with("alias/aws/s3")) {
        None => key::managed(world, requester, region),
        Some(named) => usable(world, requester, region, &named)?,
    };
    Ok(Applied { bucket_key: bucket_key && algorithm == "aws:kms", algorithm, key: Some(arn) })
}

/// Returns the ARN of a key if an operator can encrypt with it, otherwise the KMS error as S3 reports it.
pub fn usable(world: &World, account: &str, region: &str, named: &str) -> Result<String, Refusal> {
    let found = key::find(world, account, region, named)
        .ok_or_else(|| refuse(400, "KMS.NotFoundException", &format!("Key '{named}' does not exist")))?;
    match found.problem(region) {
        None => Ok(found.arn.clone()),
        Some(Problem::Disabled) => Err(refuse(400, "KMS.DisabledException", &format!("{} is disabled.", found.arn))),
        Some(Problem::State(state)) => {
            Err(refuse(400, "KMS.KMSInvalidStateException", &format!("{} is {state}.", found.arn)))
        }
        Some(Problem::Usage) => Err(refuse(
            400,
            "KMS.InvalidKeyUsageException",
            &format!("{} key usage is not valid for this operation.", found.arn),
        )),
        Some(Problem::Region) => Err(refuse(400, "KMS.NotFoundException", &format!("Invalid arn {region}"))),
    }
}

impl Applied {
    /// Adds the headers that report an object's encryption.
    #[must_use]
    pub fn headers(&self, reply: Reply) -> Reply {
        let mut reply = reply.with("x-amz-server-side-encryption", &self.algorithm);
        if let Some(key) = &self.key {
            reply = reply.with("x-amz-server-side-encryption-aws-kms-key-id", key);
        }
        if self.bucket_key { reply.with("x-amz-server-side-encryption-bucket-key-enabled", "true") } else { reply }
    }
}
