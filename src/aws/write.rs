//! One write for each kind of step.

use std::collections::BTreeMap;

use aws_config::retry::RetryConfig;
use aws_sdk_elasticloadbalancingv2::types::LoadBalancerAttribute;
use aws_sdk_s3::types::{
    BlockedEncryptionTypes, BucketLifecycleConfiguration, BucketLocationConstraint, BucketNamespace,
    CreateBucketConfiguration, EncryptionType, ObjectOwnership, Payer, PublicAccessBlockConfiguration,
    RequestPaymentConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging,
};

use crate::model::{AccountId, BucketName, KeyArn, Namespace, Region};
use crate::plan::{KeySlot, NewInventory, Setting, Step, TARGET_TAG};
use crate::state::{Denial, ExpirationRule, Seen};

use super::connect::Aws;
use super::error::AwsError;
use super::hint::granted_by;
use super::logging::unbuildable;
use super::situation::Situation;
use super::{inventory, lifecycle, logging};

/// What a write made that a later step needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Written {
    /// A key.
    Key(KeyArn),
    /// Nothing that is needed later.
    Nothing,
}

/// Why a write was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// AWS refused, or the call failed.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// What was read for the plan is no longer what is there.
    #[error("{what} changed since the plan was made")]
    Moved {
        /// What changed.
        what: String,
        /// What the plan saw, and what is there.
        values: Box<(Setting, Setting)>,
    },
    /// What is there could not be read again, and is not replaced unseen.
    #[error("{0}, and nothing is replaced unseen")]
    Unseen(Denial),
    /// A step names the key that the plan makes, before it was made.
    #[error("the plan names a key that it has not made yet")]
    NoKeyYet,
}

impl WriteError {
    /// What a step would write over is `now` another than `before`.
    pub(super) fn moved(step: &Step, before: Setting, now: Setting) -> Self {
        let what = match step {
            Step::PutBucketPolicy { bucket, .. } => format!("the policy of `{bucket}`"),
            Step::PutKeyPolicy { key, .. } => format!("the policy of `{key}`"),
            Step::PutBucketTags { bucket, .. } => format!("the tags of `{bucket}`"),
            Step::PutExpiration { bucket, .. } => format!("the lifecycle rules of `{bucket}`"),
            Step::PutBucketEncryption { bucket, .. } => format!("the default encryption of `{bucket}`"),
            Step::PutLoadBalancerAttributes { name, .. } => format!("where `{name}` logs"),
            Step::PutBucketLogging { bucket, .. } => format!("where `{bucket}` logs"),
            Step::PutInventory { bucket, inventory, .. } => format!("the inventory `{}` of `{bucket}`", inventory.id),
            Step::BlockPublicAccess { .. }
            | Step::CreateAlias { .. }
            | Step::CreateBucket { .. }
            | Step::CreateKey { .. }
            | Step::LetOwnerPay { .. } => format!("`{}`", step.subject()),
        };
        Self::Moved { what, values: Box::new((before, now)) }
    }

    /// What to do about it.
    pub fn hint(&self, situation: &Situation) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(situation),
            Self::Moved { .. } => Some("look at what is there now with `--dry-run`".to_owned()),
            Self::Unseen(denial) => Some(granted_by(denial.action, &denial.resource, situation)),
            Self::NoKeyYet => None,
        }
    }
}

impl Aws {
    /// Carries out one step. `created` is the key made by an earlier step of the plan; `region` is the destination's.
    pub async fn write(
        &self,
        step: &Step,
        owner: &AccountId,
        region: &Region,
        created: Option<&KeyArn>,
    ) -> Result<Written, WriteError> {
        let arn = |slot: &KeySlot| match slot {
            KeySlot::Known(arn) => Ok(arn.clone()),
            KeySlot::Created => created.cloned().ok_or(WriteError::NoKeyYet),
        };
        self.is_still(step, owner, region).await?;
        match step {
            Step::CreateKey { bucket, policy } => {
                return Ok(Written::Key(self.create_key(bucket, policy, region).await?));
            }
            Step::CreateAlias { alias, key } => self.create_alias(alias, &arn(key)?, region).await?,
            Step::PutKeyPolicy { key, before: _, after } => self.put_key_policy(key, after, region).await?,
            Step::CreateBucket { bucket, region, namespace } => self.create_bucket(bucket, region, namespace).await?,
            Step::PutBucketTags { bucket, before: _, tags } => self.put_tags(bucket, tags, owner, region).await?,
            Step::BlockPublicAccess { bucket } => self.block_public_access(bucket, owner, region).await?,
            Step::PutBucketEncryption { bucket, before: _, key, bucket_key, blocked } => {
                let key = key.as_ref().map(arn).transpose()?;
                let rule = encryption_rule(bucket, key.as_ref(), *bucket_key, blocked)?;
                self.put_encryption(bucket, rule, owner, region).await?;
            }
            Step::LetOwnerPay { bucket } => self.let_owner_pay(bucket, owner, region).await?,
            Step::PutBucketPolicy { bucket, before: _, after } => self.put_policy(bucket, after, owner, region).await?,
            Step::PutExpiration { bucket, before, rules } => {
                let moved = |now| WriteError::moved(step, Setting::Expiration(before.clone()), now);
                self.put_expiration(bucket, before, rules, owner, region, moved).await?;
            }
            Step::PutLoadBalancerAttributes { arn, name: _, before: _, attributes } => {
                self.put_attributes(&arn.to_string(), &arn.region, attributes).await?;
            }
            Step::PutBucketLogging { bucket, region, before: _, logging } => {
                self.put_logging(bucket, region, logging.as_ref(), owner).await?;
            }
            Step::PutInventory { bucket, region, before: _, inventory } => {
                let key = inventory.key.as_ref().map(arn).transpose()?;
                self.put_inventory(bucket, region, inventory, key.as_ref(), owner).await?;
            }
        }
        Ok(Written::Nothing)
    }

    /// Never sent twice: an answer that got lost would leave a second key. A later run finds the first by its tag.
    async fn create_key(&self, bucket: &BucketName, policy: &str, region: &Region) -> Result<KeyArn, AwsError> {
        const ACTION: &str = "kms:CreateKey";
        let tag = aws_sdk_kms::types::Tag::builder().tag_key(TARGET_TAG).tag_value(bucket.as_str()).build();
        let answer = self
            .destination
            .kms(region)
            .create_key()
            .description(format!("logs in s3://{bucket}, made by logbucket"))
            .policy(policy)
            .tags(tag.map_err(|error| unbuildable(ACTION, bucket.as_str(), &error))?)
            .customize()
            .config_override(aws_sdk_kms::config::Config::builder().retry_config(RetryConfig::disabled()))
            .send()
            .await
            .map_err(|error| AwsError::of(ACTION, format!("a key for {bucket}"), &error))?;
        let arn = answer.key_metadata().and_then(|key| key.arn()).unwrap_or_default();
        arn.parse().map_err(|error: crate::model::KeyRefError| unbuildable(ACTION, bucket.as_str(), &error))
    }

    async fn create_alias(&self, alias: &str, key: &KeyArn, region: &Region) -> Result<(), AwsError> {
        let id = key.arn().resource.trim_start_matches("key/").to_owned();
        let request = self.destination.kms(region).create_alias().alias_name(alias).target_key_id(id);
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| AwsError::of("kms:CreateAlias", format!("{alias} of {key}"), &error))
    }

    async fn put_key_policy(&self, key: &KeyArn, after: &str, region: &Region) -> Result<(), AwsError> {
        let client = self.destination.kms(region);
        let request = client.put_key_policy().key_id(key.to_string()).policy_name("default").policy(after);
        request.send().await.map(drop).map_err(|error| AwsError::of("kms:PutKeyPolicy", key, &error))
    }

    async fn create_bucket(&self, bucket: &BucketName, region: &Region, namespace: &Namespace) -> Result<(), AwsError> {
        const ACTION: &str = "s3:CreateBucket";
        // The mark goes into the very call, so that a run that stops here is known as its own by the next.
        let mark = tag(ACTION, bucket, TARGET_TAG, "destination")?;
        let configuration = CreateBucketConfiguration::builder()
            .set_location_constraint(region.location_constraint().map(BucketLocationConstraint::from))
            .tags(mark)
            .build();
        let namespace = match namespace {
            Namespace::AccountRegional { .. } => Some(BucketNamespace::AccountRegional),
            Namespace::Global => None,
        };
        let request = self
            .destination
            .s3(region)
            .create_bucket()
            .bucket(bucket.as_str())
            .create_bucket_configuration(configuration)
            .object_ownership(ObjectOwnership::BucketOwnerEnforced)
            .set_bucket_namespace(namespace);
        match request.send().await.map_err(|error| AwsError::of(ACTION, bucket, &error)) {
            // The call may have arrived although its answer did not: the bucket was not there when the plan was made.
            Err(error) if error.is("BucketAlreadyOwnedByYou") => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    async fn put_tags(
        &self,
        bucket: &BucketName,
        tags: &BTreeMap<String, String>,
        owner: &AccountId,
        region: &Region,
    ) -> Result<(), AwsError> {
        const ACTION: &str = "s3:PutBucketTagging";
        let client = self.destination.s3(region);
        let tags: Result<Vec<Tag>, AwsError> =
            tags.iter().map(|(key, value)| tag(ACTION, bucket, key, value)).collect();
        let tagging = Tagging::builder()
            .set_tag_set(Some(tags?))
            .build()
            .map_err(|error| unbuildable(ACTION, bucket.as_str(), &error))?;
        let request =
            client.put_bucket_tagging().bucket(bucket.as_str()).tagging(tagging).expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of(ACTION, bucket, &error))
    }

    async fn block_public_access(
        &self,
        bucket: &BucketName,
        owner: &AccountId,
        region: &Region,
    ) -> Result<(), AwsError> {
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(true)
            .ignore_public_acls(true)
            .block_public_policy(true)
            .restrict_public_buckets(true)
            .build();
        let client = self.destination.s3(region);
        let request = client
            .put_public_access_block()
            .bucket(bucket.as_str())
            .public_access_block_configuration(block)
            .expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of("s3:PutBucketPublicAccessBlock", bucket, &error))
    }

    async fn put_encryption(
        &self,
        bucket: &BucketName,
        rule: ServerSideEncryptionRule,
        owner: &AccountId,
        region: &Region,
    ) -> Result<(), AwsError> {
        let configuration = ServerSideEncryptionConfiguration::builder()
            .rules(rule)
            .build()
            .map_err(|error| unbuildable(PUT_ENCRYPTION, bucket.as_str(), &error))?;
        let client = self.destination.s3(region);
        let request = client
            .put_bucket_encryption()
            .bucket(bucket.as_str())
            .server_side_encryption_configuration(configuration)
            .expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of(PUT_ENCRYPTION, bucket, &error))
    }

    async fn let_owner_pay(&self, bucket: &BucketName, owner: &AccountId, region: &Region) -> Result<(), AwsError> {
        const ACTION: &str = "s3:PutBucketRequestPayment";
        let payment = RequestPaymentConfiguration::builder()
            .payer(Payer::BucketOwner)
            .build()
            .map_err(|error| unbuildable(ACTION, bucket.as_str(), &error))?;
        let client = self.destination.s3(region);
        let request = client
            .put_bucket_request_payment()
            .bucket(bucket.as_str())
            .request_payment_configuration(payment)
            .expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of(ACTION, bucket, &error))
    }

    async fn put_policy(
        &self,
        bucket: &BucketName,
        after: &str,
        owner: &AccountId,
        region: &Region,
    ) -> Result<(), AwsError> {
        let client = self.destination.s3(region);
        let request =
            client.put_bucket_policy().bucket(bucket.as_str()).policy(after).expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of("s3:PutBucketPolicy", bucket, &error))
    }

    async fn put_expiration(
        &self,
        bucket: &BucketName,
        before: &[ExpirationRule],
        rules: &[ExpirationRule],
        owner: &AccountId,
        region: &Region,
        moved: impl FnOnce(Setting) -> WriteError,
    ) -> Result<(), WriteError> {
        let client = self.destination.s3(region);
        let answer = client
            .get_bucket_lifecycle_configuration()
            .bucket(bucket.as_str())
            .expected_bucket_owner(owner.as_str())
            .send()
            .await;
        let (present, smallest) = match super::outcome::seen(
            "s3:GetLifecycleConfiguration",
            bucket.as_str(),
            &["NoSuchLifecycleConfiguration"],
            answer,
        )? {
            Seen::Present(answer) => (answer.rules.unwrap_or_default(), answer.transition_default_minimum_object_size),
            Seen::Absent => (Vec::new(), None),
            Seen::Denied(denial) => return Err(WriteError::Unseen(denial)),
        };
        let now: Vec<ExpirationRule> = present.iter().map(lifecycle::from_sdk).collect();
        if now != before {
            return Err(moved(Setting::Expiration(now)));
        }
        let configuration = BucketLifecycleConfiguration::builder()
            .set_rules(Some(lifecycle::merged(present, rules)?))
            .build()
            .map_err(|error| unbuildable(PUT_LIFECYCLE, bucket.as_str(), &error))?;
        let request = client
            .put_bucket_lifecycle_configuration()
            .bucket(bucket.as_str())
            .lifecycle_configuration(configuration)
            .set_transition_default_minimum_object_size(smallest)
            .expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of(PUT_LIFECYCLE, bucket, &error).into())
    }

    async fn put_attributes(
        &self,
        arn: &str,
        region: &str,
        attributes: &BTreeMap<String, String>,
    ) -> Result<(), AwsError> {
        const ACTION: &str = "elasticloadbalancing:ModifyLoadBalancerAttributes";
        let region = region.parse().map_err(|error: crate::model::RegionError| unbuildable(ACTION, arn, &error))?;
        let attributes = attributes
            .iter()
            .map(|(key, value)| LoadBalancerAttribute::builder().key(key).value(value).build())
            .collect();
        let client = self.source.elb(&region);
        let request = client.modify_load_balancer_attributes().load_balancer_arn(arn).set_attributes(Some(attributes));
        request.send().await.map(drop).map_err(|error| AwsError::of(ACTION, arn, &error))
    }

    async fn put_logging(
        &self,
        bucket: &BucketName,
        region: &Region,
        wanted: Option<&crate::state::Logging>,
        owner: &AccountId,
    ) -> Result<(), AwsError> {
        let client = self.source.s3(region);
        let request = client
            .put_bucket_logging()
            .bucket(bucket.as_str())
            .bucket_logging_status(logging::to_sdk(wanted)?)
            .expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of("s3:PutBucketLogging", bucket, &error))
    }

    async fn put_inventory(
        &self,
        bucket: &BucketName,
        region: &Region,
        wanted: &NewInventory,
        key: Option<&KeyArn>,
        owner: &AccountId,
    ) -> Result<(), AwsError> {
        let client = self.source.s3(region);
        let request = client
            .put_bucket_inventory_configuration()
            .bucket(bucket.as_str())
            .id(wanted.id.as_str())
            .inventory_configuration(inventory::to_sdk(wanted, key)?)
            .expected_bucket_owner(owner.as_str());
        request.send().await.map(drop).map_err(|error| AwsError::of("s3:PutInventoryConfiguration", bucket, &error))
    }
}

const PUT_LIFECYCLE: &str = "s3:PutLifecycleConfiguration";
const PUT_ENCRYPTION: &str = "s3:PutEncryptionConfiguration";

fn encryption_rule(
    bucket: &BucketName,
    key: Option<&KeyArn>,
    bucket_key: bool,
    blocked: &[String],
) -> Result<ServerSideEncryptionRule, AwsError> {
    let default = ServerSideEncryptionByDefault::builder();
    let default = match key {
        Some(key) => default.sse_algorithm(ServerSideEncryption::AwsKms).kms_master_key_id(key.to_string()),
        None => default.sse_algorithm(ServerSideEncryption::Aes256),
    };
    let default = default.build().map_err(|error| unbuildable(PUT_ENCRYPTION, bucket.as_str(), &error))?;
    let blocked = (!blocked.is_empty()).then(|| {
        let types = blocked.iter().map(|word| EncryptionType::from(word.as_str())).collect();
        BlockedEncryptionTypes::builder().set_encryption_type(Some(types)).build()
    });
    Ok(ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .bucket_key_enabled(bucket_key)
        .set_blocked_encryption_types(blocked)
        .build())
}

fn tag(action: &'static str, bucket: &BucketName, key: &str, value: &str) -> Result<Tag, AwsError> {
    Tag::builder().key(key).value(value).build().map_err(|error| unbuildable(action, bucket.as_str(), &error))
}
