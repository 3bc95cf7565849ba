//! A bucket: its settings, and facts about its objects. `winterbaume-s3` stores the objects' bytes.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::Value;

use crate::world;
use crate::xml::{self, Node};

/// The account of the log services. When a log service encrypts with its own key, the key belongs to this account.
///
/// Seen in <https://github.com/aws/aws-cdk/issues/23513>.
pub const LOG_SERVICE_ACCOUNT: &str = "858827067514";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encryption {
    /// `AES256`, `aws:kms` or `aws:kms:dsse`.
    pub algorithm: String,
    /// The key as the client sent it: ARN, ID or alias. S3 "doesn't validate the KMS key ID" (`PutBucketEncryption`).
    pub key: Option<String>,
    pub bucket_key: bool,
    /// The blocked types, such as `SSE-C`. `None` if the bucket sets none.
    pub blocked: Option<Vec<String>>,
}

impl Encryption {
    /// The default of a new bucket: SSE-S3, with SSE-C blocked, as of April 2026.
    pub fn of_new_bucket() -> Self {
        Self { algorithm: "AES256".to_owned(), key: None, bucket_key: false, blocked: Some(vec!["SSE-C".to_owned()]) }
    }

    /// SSE-KMS with this key, or with `aws/s3`.
    pub fn kms(key: Option<&str>) -> Self {
        Self {
            algorithm: "aws:kms".to_owned(),
            key: key.map(str::to_owned),
            bucket_key: false,
            ..Self::of_new_bucket()
        }
    }
}

/// The facts about an object besides its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    pub algorithm: String,
    /// The key's ARN, if it has one.
    pub key: Option<String>,
    pub bucket_key: bool,
    /// Whether the bucket's owner can decrypt it.
    pub readable: bool,
    pub size: usize,
    /// In quotes.
    pub etag: String,
    pub modified: SystemTime,
    /// An account's operator, or a service principal.
    pub writer: String,
    /// The metadata set with it, including `content-type`.
    pub metadata: BTreeMap<String, String>,
}

impl Object {
    /// Sets the time when the object was written.
    #[must_use]
    pub fn at(mut self, time: SystemTime) -> Self {
        self.modified = time;
        self
    }
}

#[derive(Clone, Debug)]
pub struct Bucket {
    pub name: String,
    pub region: String,
    pub account: String,
    pub created: String,
    /// Byte for byte.
    pub policy: Option<String>,
    pub encryption: Encryption,
    /// The other settings as XML, by query parameter.
    pub settings: BTreeMap<String, String>,
    /// As XML, by ID.
    pub inventories: BTreeMap<String, String>,
    /// By key.
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

    pub fn arn(&self) -> String {
        format!("arn:aws:s3:::{}", self.name)
    }

    /// Returns the policy as JSON, or an empty object if there is no policy.
    pub fn policy_json(&self) -> Value {
        self.policy
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()))
    }

    /// Returns a setting's parsed XML.
    pub fn setting(&self, name: &str) -> Option<Node> {
        self.settings.get(name).and_then(|text| xml::parse(text.as_bytes()))
    }

    pub fn object_lock(&self) -> bool {
        self.setting("object-lock").is_some_and(|node| node.text_at(&["ObjectLockEnabled"]) == Some("Enabled"))
    }

    pub fn requester_pays(&self) -> bool {
        self.setting("requestPayment").is_some_and(|node| node.text_at(&["Payer"]) == Some("Requester"))
    }

    pub fn owner_enforced(&self) -> bool {
        self.setting("ownershipControls")
            .is_some_and(|node| node.text_at(&["Rule", "ObjectOwnership"]) == Some("BucketOwnerEnforced"))
    }

    /// Returns one of the four flags of Block Public Access.
    pub fn blocks_public(&self, flag: &str) -> bool {
        self.setting("publicAccessBlock").is_some_and(|node| node.text_at(&[flag]) == Some("true"))
    }
}

/// Block Public Access with all four flags on.
pub const PUBLIC_ACCESS_BLOCKED: &str = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

/// Returns the XML of ownership controls.
#[must_use]
pub fn ownership(kind: &str) -> String {
    format!(
        "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>{kind}</ObjectOwnership></Rule></OwnershipControls>"
    )
}
