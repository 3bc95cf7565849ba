//! Carries out the steps of a plan: creates resources, and hands replacements to `repeat`.

use aws_sdk_s3::types::{PublicAccessBlockConfiguration, Tag};

use crate::model::{AccountId, BucketName, Denial, KeyArn, KeySlot, Moment, Region, RunToken, Seen};
use crate::plan::{Overwrite, Setting, Step, TARGET_TAG};

use super::connect::Aws;
use super::create_bucket::NewBucket;
use super::error::{AwsError, unbuildable};
use super::hint::granted_by;
use super::read_key;
use super::read_setting::optional;
use super::repeat::{Replacement, Tries};
use super::situation::Situation;

/// The resource that a write created, if a later step needs it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CreatedResource {
    Key(KeyArn),
    /// The bucket's creation date according to S3, if the caller may list buckets.
    Bucket(Option<Moment>),
    /// The ID of the resource that a source's log is.
    Resource(String),
    Nothing,
}

/// The values that the steps of one run share.
#[derive(Clone, Copy, Debug)]
pub struct OnBehalf<'a> {
    pub owner: &'a AccountId,
    pub region: &'a Region,
    /// The key that an earlier step of the plan created.
    pub created: Option<&'a KeyArn>,
    /// The bucket that the plan creates.
    pub creates: Option<&'a BucketName>,
    pub token: &'a RunToken,
}

/// Why a write was not carried out.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The present value differs from the value that the plan was made for.
    #[error("{what} changed since the plan was made")]
    Moved {
        what: String,
        /// The value the plan saw, and the present value. `None` if the resource is gone.
        values: Box<(Setting, Option<Setting>)>,
    },
    /// The bucket's name no longer belongs to the bucket that the plan was made for.
    #[error("bucket `{bucket}` changed since the plan was made: {change}")]
    Appeared { bucket: BucketName, change: BucketChange },
    /// The present value differs from the value that an earlier step of the run wrote.
    #[error("someone else overwrote {what} after this run wrote it")]
    Overwritten {
        what: String,
        /// The value that the run wrote, and the present value. `None` if the resource is gone.
        values: Box<(Setting, Option<Setting>)>,
    },
    /// AWS overwrote a bucket policy during this run's call, or may have, and it could not be restored.
    #[error(
        "AWS may have overwritten the policy of bucket `{bucket}` in this step, and logbucket could not restore it"
    )]
    PolicyLost {
        bucket: BucketName,
        /// The former policy, and the present one, if it could be read.
        values: Box<(Setting, Option<Setting>)>,
    },
    /// The present value could not be read, so it is not replaced.
    #[error("{0}; not replaced without reading it first")]
    Unseen(Denial),
    /// An earlier attempt may have been applied, and this error prevented another one.
    #[error("{then}; an earlier attempt may have been applied: {first}")]
    Open {
        /// The error of the earlier attempt.
        first: Box<AwsError>,
        /// The later error.
        then: Box<WriteError>,
    },
    /// A step uses the plan's key before the key was created.
    #[error("the plan uses a key that it has not created yet")]
    NoKeyYet,
}

/// What happened to a bucket since the plan was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BucketChange {
    /// The bucket did not exist when the plan was made, and someone else created it.
    #[error("it did not exist then, and someone else has created it")]
    Created,
    /// The bucket no longer exists.
    #[error("someone has deleted it")]
    Deleted,
    /// Another bucket of the account has the name.
    #[error("someone has deleted it and created another with that name")]
    Recreated,
    /// The bucket refuses the account that owned it.
    #[error("it now refuses this account, so another account may own that name")]
    Taken,
}

impl WriteError {
    /// Creates the error for a setting whose value `now` differs from what the plan saw.
    pub(super) fn moved(before: &Setting, now: Option<Setting>) -> Self {
        Self::Moved { what: before.slot().title(), values: Box::new((before.clone(), now)) }
    }

    /// Creates the error for a setting whose value `now` differs from what the run wrote.
    pub fn overwritten(written: &Setting, now: Option<Setting>) -> Self {
        Self::Overwritten { what: written.slot().title(), values: Box::new((written.clone(), now)) }
    }

    /// Returns whether AWS may have applied the write although its response was lost.
    pub fn may_have_been_done(&self) -> bool {
        match self {
            Self::Aws(error) => error.may_have_been_done(),
            Self::Open { .. } | Self::PolicyLost { .. } => true,
            Self::Appeared { .. }
            | Self::Moved { .. }
            | Self::Overwritten { .. }
            | Self::Unseen(_)
            | Self::NoKeyYet => false,
        }
    }

    /// Returns the final error, without earlier attempts.
    pub fn last(&self) -> &Self {
        match self {
            Self::Open { then, .. } => then.last(),
            Self::Appeared { .. }
            | Self::Aws(_)
            | Self::Moved { .. }
            | Self::Overwritten { .. }
            | Self::PolicyLost { .. }
            | Self::Unseen(_)
            | Self::NoKeyYet => self,
        }
    }

    /// Returns whether AWS refused a load balancer's destination because the service can't write there, at least not
    /// yet.
    pub fn is_refused_access(&self) -> bool {
        let is_denied = |error: &AwsError| error.is_refused_access() && error.message.contains("Access Denied");
        matches!(self.last(), Self::Aws(error) if is_denied(error))
    }

    /// Returns whether AWS refused a source's destination because the service can't write there.
    pub fn is_refused_destination(&self) -> bool {
        matches!(self.last(), Self::Aws(error) if error.is_refused_destination())
    }

    /// Returns what to do about the error.
    pub fn hint(&self, situation: &Situation) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(situation),
            Self::Appeared { .. } | Self::Moved { .. } | Self::Overwritten { .. } | Self::PolicyLost { .. } => {
                Some("run with `--dry-run` to see the present state".to_owned())
            }
            Self::Unseen(denial) => Some(granted_by(denial.action, &denial.resource, situation)),
            Self::Open { then, .. } => then.hint(situation),
            Self::NoKeyYet => None,
        }
    }
}

impl Aws {
    /// Carries out one step; `tries` are the attempts of this step.
    pub async fn write(&self, step: &Step, on: OnBehalf<'_>, tries: &Tries<'_>) -> Result<CreatedResource, WriteError> {
        let OnBehalf { owner, region, created, token, creates: _ } = on;
        if let Some(Overwrite { before, after }) = step.overwrites(created) {
            let after = after.ok_or(WriteError::NoKeyYet)?.marked(token);
            // S3 has already set the encryption that most runs want on a new bucket, so no write is needed.
            if matches!(&before, Setting::BucketEncryption(bucket, None) if Some(bucket) == on.creates) {
                let now = self.setting(&after.slot(), owner, region).await?;
                if optional(now).map_err(WriteError::Unseen)?.is_some_and(|now| now.is(&after)) {
                    return Ok(CreatedResource::Nothing);
                }
            }
            let of = Replacement { before: &before, after: &after, owner, region };
            self.replace(of, tries).await?;
            return Ok(tries.created().map_or(CreatedResource::Nothing, CreatedResource::Resource));
        }
        match step {
            Step::CreateKey { bucket, policy } => {
                return Ok(CreatedResource::Key(self.create_key(bucket, policy, region, token).await?));
            }
            Step::EnableKeyRotation { bucket: _, key } => self.rotate(named(key, created)?, region).await?,
            Step::CreateAlias { alias, key } => {
                let key = named(key, created)?;
                self.create_alias(alias, key, region).await?;
            }
            Step::CreateBucket { bucket, region, namespace, tags } => {
                let new = NewBucket { bucket, region, namespace, tags, owner, token };
                return Ok(CreatedResource::Bucket(Box::pin(self.create_bucket(new, tries)).await?));
            }
            Step::BlockPublicAccess { bucket } => self.block_public_access(bucket, owner, region).await?,
            Step::LetOwnerPay { .. }
            | Step::PutBucketEncryption { .. }
            | Step::PutBucketPolicy { .. }
            | Step::PutBucketTags { .. }
            | Step::PutExpiration { .. }
            | Step::PutKeyPolicy { .. }
            | Step::SetSource(_) => {}
        }
        Ok(CreatedResource::Nothing)
    }

    /// Creates a key without retries: after a lost response, a retry would create a second key. A later run finds the
    /// first key by this run's token.
    async fn create_key(
        &self,
        bucket: &BucketName,
        policy: &str,
        region: &Region,
        token: &RunToken,
    ) -> Result<KeyArn, AwsError> {
        const ACTION: &str = "kms:CreateKey";
        let tag = aws_sdk_kms::types::Tag::builder().tag_key(TARGET_TAG).tag_value(token.as_str()).build();
        let answer = self
            .destination
            .unrepeated()
            .kms(region)
            .create_key()
            .description(format!("logs in s3://{bucket}, made by logbucket"))
            .policy(policy)
            .tags(tag.map_err(|error| unbuildable(ACTION, bucket.as_str(), &error))?)
            .send()
            .await
            .map_err(|error| AwsError::new(ACTION, format!("a key for {bucket}"), &error))?;
        let arn = answer.key_metadata().and_then(|key| key.arn()).unwrap_or_default();
        arn.parse().map_err(|error: crate::model::KeyRefError| unbuildable(ACTION, bucket.as_str(), &error))
    }

    /// Turns on yearly rotation, the default:
    /// <https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html>.
    async fn rotate(&self, key: &KeyArn, region: &Region) -> Result<(), AwsError> {
        let request = self.destination.kms(region).enable_key_rotation().key_id(key.to_string());
        request.send().await.map(drop).map_err(|error| AwsError::new("kms:EnableKeyRotation", key.to_string(), &error))
    }

    async fn create_alias(&self, alias: &str, key: &KeyArn, region: &Region) -> Result<(), AwsError> {
        let id = key.arn().resource.trim_start_matches("key/").to_owned();
        let client = self.destination.kms(region);
        let request = client.create_alias().alias_name(alias).target_key_id(id);
        match request
            .send()
            .await
            .map_err(|error| AwsError::new("kms:CreateAlias", format!("{alias} of {key}"), &error))
        {
            // An earlier attempt may have succeeded, although its response was lost.
            Err(error) if error.is("AlreadyExistsException") => match read_key::described(&client, alias).await? {
                Seen::Present(named) if named.arn == *key => Ok(()),
                Seen::Present(_) | Seen::Absent | Seen::Denied(_) => Err(error),
            },
            outcome => outcome.map(drop),
        }
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
        request.send().await.map(drop).map_err(|error| AwsError::new("s3:PutBucketPublicAccessBlock", bucket, &error))
    }
}

fn named<'a>(slot: &'a KeySlot, created: Option<&'a KeyArn>) -> Result<&'a KeyArn, WriteError> {
    match slot {
        KeySlot::Known(arn) => Ok(arn),
        KeySlot::Created => created.ok_or(WriteError::NoKeyYet),
    }
}

pub(super) fn tag(action: &'static str, bucket: &BucketName, key: &str, value: &str) -> Result<Tag, AwsError> {
    Tag::builder().key(key).value(value).build().map_err(|error| unbuildable(action, bucket.as_str(), &error))
}
