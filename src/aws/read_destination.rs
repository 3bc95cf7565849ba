//! Reads a destination bucket's settings in parallel.

use std::collections::BTreeMap;

use aws_sdk_s3::Client;
use aws_sdk_s3::types::{
    BucketAbacStatus, BucketVersioningStatus, ObjectLockConfiguration, ObjectOwnership, Payer as SdkPayer, Permission,
    PublicAccessBlockConfiguration, ServerSideEncryptionRule,
};

use crate::model::{AccountId, BucketEncryption, BucketName, Region, Seen};
use crate::producer::LogType;
use crate::state::{
    Abac, Bucket, ExpirationRule, LogDeliveryAcl, ObjectLock, ObjectStamp, Ownership, Payer, PublicPolicies, Versioning,
};

use super::error::AwsError;
use super::objects;
use super::outcome::seen;
use super::producer::s3_access;

/// Reads every bucket setting that can stop a delivery. Each setting has its own code for "not there".
pub(super) async fn settings(
    client: &Client,
    name: &BucketName,
    region: Region,
    owner: &AccountId,
) -> Result<Bucket, AwsError> {
    let (bucket, account) = (name.as_str(), owner.as_str());
    let ownership = client.get_bucket_ownership_controls().bucket(bucket).expected_bucket_owner(account).send();
    let lock = client.get_object_lock_configuration().bucket(bucket).expected_bucket_owner(account).send();
    let (encryption, policy, ownership, lock, payer, logging, rules, tags) = tokio::join!(
        encryption(client, name, owner),
        policy(client, name, owner),
        ownership,
        lock,
        payer(client, name, owner),
        s3_access::logging(client, name, owner),
        lifecycle(client, name, owner),
        tags(client, name, owner)
    );
    let ownership = seen("s3:GetBucketOwnershipControls", bucket, &["OwnershipControlsNotFoundError"], ownership)?;
    let lock = seen("s3:GetBucketObjectLockConfiguration", bucket, &["ObjectLockConfigurationNotFoundError"], lock)?;
    Ok(Bucket {
        name: name.clone(),
        region,
        created: None,
        encryption: encryption?,
        policy: policy?,
        ownership: flattened(ownership.map(|answer| {
            let rules = answer.ownership_controls.map(|controls| controls.rules).unwrap_or_default();
            rules.first().map(|rule| ownership_from_sdk(&rule.object_ownership))
        })),
        object_lock: flattened(lock.map(|answer| answer.object_lock_configuration.map(|lock| lock_from_sdk(&lock)))),
        payer: payer?,
        log_delivery_acl: Seen::Absent,
        logging: logging?,
        logs_on: Vec::new(),
        versioning: Seen::Absent,
        lifecycle: rules?,
        abac: Seen::Absent,
        public_policies: Seen::Absent,
        tags: tags?,
    })
}

fn flattened<T>(seen: Seen<Option<T>>) -> Seen<T> {
    match seen {
        Seen::Present(Some(value)) => Seen::Present(value),
        Seen::Absent | Seen::Present(None) => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    }
}

/// Treats a value that S3 may add later as the least safe of today's values.
fn ownership_from_sdk(word: &ObjectOwnership) -> Ownership {
    if *word == ObjectOwnership::BucketOwnerEnforced {
        Ownership::BucketOwnerEnforced
    } else if *word == ObjectOwnership::BucketOwnerPreferred {
        Ownership::BucketOwnerPreferred
    } else {
        Ownership::ObjectWriter
    }
}

fn encryption_from_sdk(rule: ServerSideEncryptionRule) -> BucketEncryption {
    let default = rule.apply_server_side_encryption_by_default;
    let blocked = rule.blocked_encryption_types.and_then(|blocked| blocked.encryption_type).unwrap_or_default();
    BucketEncryption {
        algorithm: default
            .as_ref()
            .map_or_else(|| "AES256".to_owned(), |default| default.sse_algorithm.as_str().to_owned()),
        key: default.and_then(|default| default.kms_master_key_id).filter(|key| !key.is_empty()),
        bucket_key: rule.bucket_key_enabled.unwrap_or_default(),
        blocked: blocked.iter().map(|kind| kind.as_str().to_owned()).collect(),
    }
}

fn lock_from_sdk(lock: &ObjectLockConfiguration) -> ObjectLock {
    let retention = lock.rule().and_then(|rule| rule.default_retention());
    let words = retention.map(|retention| {
        let mode = retention.mode().map(aws_sdk_s3::types::ObjectLockRetentionMode::as_str).unwrap_or_default();
        match (retention.days(), retention.years()) {
            (Some(days), _) => format!("{mode} {days} days"),
            (None, Some(years)) => format!("{mode} {years} years"),
            (None, None) => mode.to_owned(),
        }
    });
    ObjectLock { default_retention: words }
}

/// How many buckets to follow from a destination that has access logs itself.
pub(super) const CHAIN: usize = 16;

/// Returns the buckets to which access logs lead from a bucket: the bucket that it logs to, the one that that bucket logs
/// to, and so on. The chain ends with a bucket that has no access log, whose log can't be read, or that is in the chain
/// already.
pub(super) async fn logs_on(client: &Client, bucket: &Bucket, owner: &AccountId) -> Vec<String> {
    let mut chain: Vec<String> = Vec::new();
    let mut next = bucket.logging.present().map(|logging| logging.bucket.clone());
    while let Some(name) = next.take() {
        let is_known = chain.contains(&name) || name == bucket.name.as_str();
        chain.push(name.clone());
        if is_known || chain.len() == CHAIN {
            break;
        }
        let Ok(name) = name.parse() else { break };
        let read = s3_access::logging(client, &name, owner).await.ok();
        next = read.and_then(|read| read.present().map(|logging| logging.bucket.clone()));
    }
    chain
}

/// Returns the grants of a bucket's ACL to the log delivery group.
pub(super) async fn log_delivery_acl(
    client: &Client,
    name: &BucketName,
    owner: &AccountId,
) -> Result<Seen<LogDeliveryAcl>, AwsError> {
    const GROUP: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
    let answer = client.get_bucket_acl().bucket(name.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    let answer = seen("s3:GetBucketAcl", name.as_str(), &[], answer)?;
    Ok(flattened(answer.map(|answer| {
        let granted = |permission: &Permission| {
            answer.grants().iter().any(|grant| {
                grant.grantee().and_then(|grantee| grantee.uri()) == Some(GROUP)
                    && (grant.permission() == Some(permission) || grant.permission() == Some(&Permission::FullControl))
            })
        };
        let acl = LogDeliveryAcl { write: granted(&Permission::Write), read_acp: granted(&Permission::ReadAcp) };
        (acl.write || acl.read_acp).then_some(acl)
    })))
}

pub(super) async fn encryption(
    client: &Client,
    name: &BucketName,
    owner: &AccountId,
) -> Result<Seen<BucketEncryption>, AwsError> {
    let answer =
        client.get_bucket_encryption().bucket(name.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    let absent = ["ServerSideEncryptionConfigurationNotFoundError"];
    let answer = seen("s3:GetEncryptionConfiguration", name.as_str(), &absent, answer)?;
    Ok(flattened(answer.map(|answer| {
        let rules = answer.server_side_encryption_configuration.map(|configuration| configuration.rules);
        rules.and_then(|rules| rules.into_iter().next()).map(encryption_from_sdk)
    })))
}

/// Returns who pays for requests to a bucket.
pub(super) async fn payer(client: &Client, name: &BucketName, owner: &AccountId) -> Result<Seen<Payer>, AwsError> {
    let request = client.get_bucket_request_payment().bucket(name.as_str()).expected_bucket_owner(owner.as_str());
    let answer = seen("s3:GetBucketRequestPayment", name.as_str(), &[], request.send().await)?;
    Ok(answer.map(|answer| match answer.payer {
        Some(SdkPayer::Requester) => Payer::Requester,
        _ => Payer::BucketOwner,
    }))
}

pub(super) async fn versioning(
    client: &Client,
    name: &BucketName,
    owner: &AccountId,
) -> Result<Seen<Versioning>, AwsError> {
    let request = client.get_bucket_versioning().bucket(name.as_str()).expected_bucket_owner(owner.as_str());
    let answer = seen("s3:GetBucketVersioning", name.as_str(), &[], request.send().await)?;
    Ok(flattened(answer.map(|answer| match answer.status {
        Some(BucketVersioningStatus::Enabled) => Some(Versioning::Enabled),
        Some(_) => Some(Versioning::Suspended),
        None => None,
    })))
}

/// Returns whether a bucket uses attribute-based access control; `Absent` where S3 doesn't support it.
pub(super) async fn abac(client: &Client, name: &BucketName, owner: &AccountId) -> Result<Seen<Abac>, AwsError> {
    let answer = client.get_bucket_abac().bucket(name.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    let answer = seen("s3:GetBucketAbac", name.as_str(), &["NotImplemented", "MethodNotAllowed"], answer)?;
    Ok(answer.map(|answer| {
        let status = answer.abac_status.and_then(|status| status.status);
        if status == Some(BucketAbacStatus::Enabled) { Abac::Enabled } else { Abac::Disabled }
    }))
}

/// Returns how a bucket's Block Public Access treats public policies. The account has its own setting.
pub(super) async fn public_policies(
    client: &Client,
    name: &BucketName,
    owner: &AccountId,
) -> Result<Seen<PublicPolicies>, AwsError> {
    let request = client.get_public_access_block().bucket(name.as_str()).expected_bucket_owner(owner.as_str());
    let absent = ["NoSuchPublicAccessBlockConfiguration"];
    let answer = seen("s3:GetBucketPublicAccessBlock", name.as_str(), &absent, request.send().await)?;
    Ok(answer.map(|answer| {
        let block = answer.public_access_block_configuration;
        let is_on =
            |flag: fn(&PublicAccessBlockConfiguration) -> Option<bool>| block.as_ref().and_then(flag) == Some(true);
        PublicPolicies {
            rejected: is_on(|block| block.block_public_policy),
            restricted: is_on(|block| block.restrict_public_buckets),
        }
    }))
}

pub(super) async fn lifecycle(
    client: &Client,
    name: &BucketName,
    owner: &AccountId,
) -> Result<Seen<Vec<ExpirationRule>>, AwsError> {
    let request =
        client.get_bucket_lifecycle_configuration().bucket(name.as_str()).expected_bucket_owner(owner.as_str());
    let absent = ["NoSuchLifecycleConfiguration"];
    let answer = seen("s3:GetLifecycleConfiguration", name.as_str(), &absent, request.send().await)?;
    Ok(answer.map(|answer| answer.rules.unwrap_or_default().iter().map(super::lifecycle::from_sdk).collect()))
}

pub(super) async fn tags(
    client: &Client,
    name: &BucketName,
    owner: &AccountId,
) -> Result<Seen<BTreeMap<String, String>>, AwsError> {
    let answer = client.get_bucket_tagging().bucket(name.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    let answer = seen("s3:GetBucketTagging", name.as_str(), &["NoSuchTagSet", "NoSuchTagSetError"], answer)?;
    Ok(answer.map(|answer| answer.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect()))
}

/// Returns a bucket's policy as text.
pub(super) async fn policy(client: &Client, name: &BucketName, owner: &AccountId) -> Result<Seen<String>, AwsError> {
    let answer = client.get_bucket_policy().bucket(name.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    let answer = seen("s3:GetBucketPolicy", name.as_str(), &["NoSuchBucketPolicy"], answer)?;
    Ok(flattened(answer.map(|answer| answer.policy.filter(|text| !text.is_empty()))))
}

/// Returns the stamps of the test files in a folder, by log type.
pub(super) async fn test_files(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    folder: &str,
    logs: &[LogType],
) -> Result<BTreeMap<LogType, Seen<ObjectStamp>>, AwsError> {
    let looked = futures_util::future::join_all(logs.iter().map(|log| async move {
        let key = format!("{folder}{}", log.test_file());
        (*log, objects::stamp(client, bucket, owner, &key).await)
    }));
    let mut stamps = BTreeMap::new();
    for (log, stamp) in looked.await {
        stamps.insert(log, stamp?);
    }
    Ok(stamps)
}
