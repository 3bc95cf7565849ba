//! A bucket: its settings and the facts about its objects.
//!
//! Plain data and what follows from it; no request is read here. The objects' bytes are kept by `winterbaume-s3`.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::Value;

use crate::world;
use crate::xml::{self, Node};

/// The account of the log services: what they encrypt with a key of "their own" is under a key of this account.
///
/// Seen in <https://github.com/aws/aws-cdk/issues/23513>.
pub const LOG_SERVICE_ACCOUNT: &str = "858827067514";

/// A bucket's default encryption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// The key as it was put: ARN, id or alias; S3 "doesn't validate the KMS key ID" (`PutBucketEncryption`).
    pub key: Option<String>,
    /// Whether the bucket key is on.
    pub bucket_key: bool,
    /// The blocked types, such as `SSE-C`; `None` where the bucket says nothing.
    pub blocked: Option<Vec<String>>,
}

impl Encryption {
    /// What a new bucket has: SSE-S3, and SSE-C blocked, as of April 2026.
    pub fn of_new_bucket() -> Self {
        Self { algorithm: "AES256".to_owned(), key: None, bucket_key: false, blocked: Some(vec!["SSE-C".to_owned()]) }
    }

    /// SSE-KMS with that key, or with `aws/s3`.
    pub fn kms(key: Option<&str>) -> Self {
        Self {
            algorithm: "aws:kms".to_owned(),
            key: key.map(str::to_owned),
            bucket_key: false,
            ..Self::of_new_bucket()
        }
    }
}

/// What is known about an object beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its encryption's algorithm.
    pub algorithm: String,
    /// The ARN of its key, where it has one.
    pub key: Option<String>,
    /// Whether the bucket key was used.
    pub bucket_key: bool,
    /// Whether the bucket's owner can decrypt it.
    pub readable: bool,
    /// Its size.
    pub size: usize,
    /// Its entity tag, in quotes.
    pub etag: String,
    /// When it was written last.
    pub modified: SystemTime,
    /// Who wrote it: an account's operator, or a service principal.
    pub writer: String,
    /// The metadata that was put with it, `content-type` too.
    pub metadata: BTreeMap<String, String>,
}

impl Object {
    /// The same, written at that time.
    #[must_use]
    pub fn at(mut self, time: SystemTime) -> Self {
        self.modified = time;
        self
    }
}

/// A bucket.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// Its Region.
    pub region: String,
    /// Its owner.
    pub account: String,
    /// When it was created.
    pub created: String,
    /// Its policy, byte for byte.
    pub policy: Option<String>,
    /// Its default encryption.
    pub encryption: Encryption,
    /// The other settings as XML, by the name of their query parameter.
    pub settings: BTreeMap<String, String>,
    /// The inventory configurations as XML, by id.
    pub inventories: BTreeMap<String, String>,
    /// The objects by key.
    pub objects: BTreeMap<String, Object>,
}

impl Bucket {
    /// A new bucket as `CreateBucket` makes it today: SSE-S3, Block Public Access on, `BucketOwnerEnforced`, SSE-C blocked.
    pub fn new(name: &str, account: &str, region: &str) -> Self {
        let settings = BTreeMap::from([
            ("publicAccessBlock".to_owned(), PUBLIC_ACCESS_BLOCKED.to_owned()),
            ("ownershipControls".to_owned(), ownership("BucketOwnerEnforced")),
        ]);
        Self {
            name: name.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            created: world::now(),
            policy: None,
            encryption: Encryption::of_new_bucket(),
            settings,
            inventories: BTreeMap::new(),
            objects: BTreeMap::new(),
        }
    }

    /// The bucket's ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }

    /// The policy as JSON; an empty object where there is none.
    pub fn policy_json(&self) -> Value {
        self.policy
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()))
    }

    /// A setting's XML, read.
    pub fn setting(&self, name: &str) -> Option<Node> {
        self.settings.get(name).and_then(|text| xml::parse(text.as_bytes()))
    }

    /// Whether Object Lock is enabled.
    pub fn object_lock(&self) -> bool {
        self.setting("object-lock").is_some_and(|node| node.text_at(&["ObjectLockEnabled"]) == Some("Enabled"))
    }

    /// Whether the requester pays.
    pub fn requester_pays(&self) -> bool {
        self.setting("requestPayment").is_some_and(|node| node.text_at(&["Payer"]) == Some("Requester"))
    }

    /// Whether ACLs are disabled.
    pub fn owner_enforced(&self) -> bool {
        self.setting("ownershipControls")
            .is_some_and(|node| node.text_at(&["Rule", "ObjectOwnership"]) == Some("BucketOwnerEnforced"))
    }

    /// One of the four flags of Block Public Access.
    pub fn blocks_public(&self, flag: &str) -> bool {
        self.setting("publicAccessBlock").is_some_and(|node| node.text_at(&[flag]) == Some("true"))
    }
}

/// Block Public Access with everything on.
pub const PUBLIC_ACCESS_BLOCKED: &str = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

/// Ownership controls of that kind.
#[must_use]
pub fn ownership(kind: &str) -> String {
    format!(
        "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>{kind}</ObjectOwnership></Rule></OwnershipControls>"
    )
}
