//! A KMS key: its properties, its names, and what prevents its use.
//!
//! [`crate::kms::policy`] checks whether KMS accepts its policy. [`crate::delivery`] decides whether the policy allows
//! a log service.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Value, json};

use crate::world::World;

#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub arn: String,
    pub id: String,
    pub account: String,
    pub region: String,
    /// Such as `Enabled`, `Disabled`, `PendingDeletion`, `Unavailable`.
    pub state: String,
    /// Such as `SYMMETRIC_DEFAULT`.
    pub spec: String,
    /// Such as `ENCRYPT_DECRYPT`.
    pub usage: String,
    /// `CUSTOMER` or `AWS`.
    pub manager: String,
    pub description: String,
    /// Byte for byte.
    pub policy: String,
    pub tags: BTreeMap<String, String>,
    /// In seconds since 1970.
    pub created: u64,
    /// Whether yearly rotation is on. New keys don't rotate.
    pub rotates: bool,
}

/// What prevents S3 from encrypting with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    Disabled,
    /// The key is in this state.
    State(String),
    /// The key is not a symmetric encryption key.
    Usage,
    /// The key is in another Region than the bucket.
    Region,
}

impl Key {
    /// A new customer managed key with the default policy.
    pub fn new(number: u64, account: &str, region: &str) -> Self {
        let id = format!("{number:08x}-1111-4222-8333-{:012x}", number.wrapping_mul(0x5_DEEC_E66D) % 0xFFFF_FFFF_FFFF);
        Self {
            arn: format!("arn:aws:kms:{region}:{account}:key/{id}"),
            id,
            account: account.to_owned(),
            region: region.to_owned(),
            state: "Enabled".to_owned(),
            spec: "SYMMETRIC_DEFAULT".to_owned(),
            usage: "ENCRYPT_DECRYPT".to_owned(),
            manager: "CUSTOMER".to_owned(),
            description: String::new(),
            policy: default_policy(account),
            tags: BTreeMap::new(),
            created: SystemTime::now()
                .duration_since(SystemTime::UNIX_EPOCH)
                .map(|since| since.as_secs())
                .unwrap_or_default(),
            rotates: false,
        }
    }

    /// Returns why S3 in this Region can't encrypt with the key.
    ///
    /// KMS Developer Guide, "Key states": data keys come only from a key that is `Enabled` or `Updating`.
    pub fn problem(&self, region: &str) -> Option<Problem> {
        match self.state.as_str() {
            "Disabled" => Some(Problem::Disabled),
            "Enabled" | "Updating" if self.spec != "SYMMETRIC_DEFAULT" || self.usage != "ENCRYPT_DECRYPT" => {
                Some(Problem::Usage)
            }
            "Enabled" | "Updating" if self.region != region => Some(Problem::Region),
            "Enabled" | "Updating" => None,
            other => Some(Problem::State(other.to_owned())),
        }
    }

    /// Returns the metadata of `DescribeKey`.
    pub fn metadata(&self) -> Value {
        let mut metadata = json!({
            "AWSAccountId": self.account, "Arn": self.arn, "CreationDate": self.created, "CustomerMasterKeySpec": self.spec, "Description": self.description,
            "Enabled": self.state == "Enabled", "KeyId": self.id, "KeyManager": self.manager, "KeySpec": self.spec, "KeyState": self.state, "KeyUsage": self.usage,
            "MultiRegion": false, "Origin": "AWS_KMS",
        });
        if let (Value::Object(fields), "ENCRYPT_DECRYPT") = (&mut metadata, self.usage.as_str()) {
            let algorithms = if self.spec == "SYMMETRIC_DEFAULT" {
                json!(["SYMMETRIC_DEFAULT"])
            } else {
                json!(["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"])
            };
            fields.insert("EncryptionAlgorithms".to_owned(), algorithms);
        }
        if let (Value::Object(fields), "PendingDeletion") = (&mut metadata, self.state.as_str()) {
            fields.insert("DeletionDate".to_owned(), json!(self.created + 30 * 86_400));
        }
        metadata
    }
}

/// Returns the default key policy, which allows only the account (KMS Developer Guide, "Default key policy").
#[must_use]
pub fn default_policy(account: &str) -> String {
    let policy = json!({ "Version": "2012-10-17", "Id": "key-default-1", "Statement": [{
        "Sid": "Enable IAM User Permissions", "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{account}:root") }, "Action": "kms:*", "Resource": "*",
    }] });
    serde_json::to_string_pretty(&policy).unwrap_or_default()
}

/// Returns the key with this full ARN, or with this ID or alias in the account and Region.
pub fn find<'a>(world: &'a World, account: &str, region: &str, named: &str) -> Option<&'a Key> {
    let arn = if named.starts_with("arn:") {
        named.to_owned()
    } else if named.starts_with("alias/") {
        format!("arn:aws:kms:{region}:{account}:{named}")
    } else {
        format!("arn:aws:kms:{region}:{account}:key/{named}")
    };
    world.keys.get(world.aliases.get(&arn).unwrap_or(&arn))
}

/// Returns the ARN of the account's AWS managed key for S3. Creates the key on first use.
pub fn managed(world: &mut World, account: &str, region: &str) -> String {
    let alias = format!("arn:aws:kms:{region}:{account}:alias/aws/s3");
    if let Some(arn) = world.aliases.get(&alias) {
        return arn.clone();
    }
    let policy = json!({ "Version": "2012-10-17", "Id": "auto-s3-2", "Statement": [{
        "Sid": "Allow access through S3 for all principals in the account that are authorized to use S3", "Effect": "Allow", "Principal": { "AWS": "*" },
        "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"], "Resource": "*",
        "Condition": { "StringEquals": { "kms:CallerAccount": account, "kms:ViaService": format!("s3.{region}.amazonaws.com") } },
    }] });
    let number = 0xA350_0000 + world.number();
    let key = Key {
        manager: "AWS".to_owned(),
        description: "Default key that protects my S3 objects when no other key is defined".to_owned(),
        policy: policy.to_string(),
        ..Key::new(number, account, region)
    };
    let arn = key.arn.clone();
    world.aliases.insert(alias, arn.clone());
    world.keys.insert(arn.clone(), key);
    arn
}
