//! One write for each kind of step: what makes something, and the way to what replaces something.

use aws_sdk_s3::types::{PublicAccessBlockConfiguration, Tag};

use crate::model::{AccountId, BucketName, Denial, KeyArn, KeySlot, Moment, Region, RunToken, Seen};
use crate::plan::{Overwrite, Setting, Slot, Step, TARGET_TAG};

use super::connect::Aws;
use super::create_bucket::NewBucket;
use super::error::{AwsError, unbuildable};
use super::hint::granted_by;
use super::read_key;
use super::repeat::{Replacement, Tries};
use super::situation::Situation;

/// What a write made that a later step needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Written {
    /// A key.
    Key(KeyArn),
    /// A bucket, with the moment when S3 says that it was created, where the caller may list buckets.
    Bucket(Option<Moment>),
    /// Nothing that is needed later.
    Nothing,
}

/// What the steps of one run share.
#[derive(Clone, Copy, Debug)]
pub struct OnBehalf<'a> {
    /// The destination's owner.
    pub owner: &'a AccountId,
    /// The destination's Region.
    pub region: &'a Region,
    /// The key that an earlier step of the plan created.
    pub created: Option<&'a KeyArn>,
    /// The bucket that the plan creates.
    pub creates: Option<&'a BucketName>,
    /// The token of the run.
    pub token: &'a RunToken,
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
    /// The name of the bucket belongs to another bucket than the plan was made for, or to none.
    #[error("bucket `{bucket}` changed since the plan was made: {change}")]
    Appeared {
        /// The bucket.
        bucket: BucketName,
        /// What became of it.
        change: BucketChange,
    },
    /// What an earlier step of the run wrote is no longer what is there.
    #[error("somebody else wrote over {what} after this run had written it")]
    Overwritten {
        /// What was written over.
        what: String,
        /// What the run left, and what is there.
        values: Box<(Setting, Setting)>,
    },
    /// What is there could not be read again, and is not replaced unseen.
    #[error("{0}, and nothing is replaced unseen")]
    Unseen(Denial),
    /// A try may have been carried out, and what came then kept the next from being made.
    #[error("{then}; whether the try before was carried out is not known: {first}")]
    Open {
        /// How that try failed.
        first: Box<AwsError>,
        /// What came then.
        then: Box<WriteError>,
    },
    /// A step names the key that the plan makes, before it was made.
    #[error("the plan names a key that it has not made yet")]
    NoKeyYet,
}

/// What became of a bucket since the plan was made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BucketChange {
    /// It was absent, and this run did not create it.
    #[error("it did not exist then, and somebody else has created it")]
    Created,
    /// It existed, and is gone.
    #[error("somebody has deleted it")]
    Deleted,
    /// Another bucket of the account has its name.
    #[error("somebody has deleted it and created another of that name")]
    Recreated,
    /// It refuses the account whose it was.
    #[error("it now refuses this account, so another account may own that name")]
    Taken,
}

impl WriteError {
    /// A slot holds `now`, and not `before` as the plan saw it.
    pub(super) fn moved(slot: &Slot, before: Setting, now: Setting) -> Self {
        Self::Moved { what: slot.title(), values: Box::new((before, now)) }
    }

    /// Whether it may be that AWS did what was asked and only the answer was lost.
    pub fn may_have_been_done(&self) -> bool {
        match self {
            Self::Aws(error) => error.may_have_been_done(),
            Self::Open { .. } => true,
            Self::Appeared { .. }
            | Self::Moved { .. }
            | Self::Overwritten { .. }
            | Self::Unseen(_)
            | Self::NoKeyYet => false,
        }
    }

    /// What ended it, whatever was tried before.
    pub fn last(&self) -> &Self {
        match self {
            Self::Open { then, .. } => then.last(),
            Self::Appeared { .. }
            | Self::Aws(_)
            | Self::Moved { .. }
            | Self::Overwritten { .. }
            | Self::Unseen(_)
            | Self::NoKeyYet => self,
        }
    }

    /// Whether a load balancer was not pointed at a bucket, since its service may not write there, or may not yet.
    pub fn is_refused_access(&self) -> bool {
        let is_denied = |error: &AwsError| error.is_refused_access() && error.message.contains("Access Denied");
        matches!(self.last(), Self::Aws(error) if is_denied(error))
    }

    /// Whether a source was not to be pointed at a destination, since the service can't write there.
    pub fn is_refused_destination(&self) -> bool {
        matches!(self.last(), Self::Aws(error) if error.is_refused_destination())
    }

    /// What to do about it.
    pub fn hint(&self, situation: &Situation) -> Option<String> {
        match self {
            Self::Aws(error) => error.hint(situation),
            Self::Appeared { .. } | Self::Moved { .. } | Self::Overwritten { .. } => {
                Some("look at what is there now with `--dry-run`".to_owned())
            }
            Self::Unseen(denial) => Some(granted_by(denial.action, &denial.resource, situation)),
            Self::Open { then, .. } => then.hint(situation),
            Self::NoKeyYet => None,
        }
    }
}

impl Aws {
    /// Carries out one step; `tries` are those of this step.
    pub async fn write(&self, step: &Step, on: OnBehalf<'_>, tries: &Tries<'_>) -> Result<Written, WriteError> {
        let OnBehalf { owner, region, created, token, creates: _ } = on;
        if let Some(Overwrite { slot, before, after }) = step.overwrites(created) {
            let after = after.ok_or(WriteError::NoKeyYet)?;
            // S3 gives a bucket that is created now what most runs want, which need not be written.
            let of_creation = on.creates.is_some()
                && slot.destination() == on.creates
                && matches!(before, Some(Setting::Encryption(None)));
            if of_creation && self.setting(&slot, owner, region).await?.map_err(WriteError::Unseen)?.is(&after) {
                return Ok(Written::Nothing);
            }
            let of = Replacement { slot: &slot, before: before.as_ref(), after: &after, owner, region };
            self.replace(of, tries).await?;
            return Ok(Written::Nothing);
        }
        match step {
            Step::CreateKey { bucket, policy } => {
                return Ok(Written::Key(self.create_key(bucket, policy, region, token).await?));
            }
            Step::EnableKeyRotation { bucket: _, key } => self.rotate(named(key, created)?, region).await?,
            Step::CreateAlias { alias, key } => {
                let key = named(key, created)?;
                self.create_alias(alias, key, region).await?;
            }
            Step::CreateBucket { bucket, region, namespace, tags } => {
                let new = NewBucket { bucket, region, namespace, tags, owner, token };
                return Ok(Written::Bucket(Box::pin(self.create_bucket(new, tries)).await?));
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
        Ok(Written::Nothing)
    }

    /// Never sent twice: an answer that got lost would leave a second key. A later run finds the first by the token of this run.
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
            .map_err(|error| AwsError::of(ACTION, format!("a key for {bucket}"), &error))?;
        let arn = answer.key_metadata().and_then(|key| key.arn()).unwrap_or_default();
        arn.parse().map_err(|error: crate::model::KeyRefError| unbuildable(ACTION, bucket.as_str(), &error))
    }

    /// Once a year, which is the default: <https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html>.
    async fn rotate(&self, key: &KeyArn, region: &Region) -> Result<(), AwsError> {
        let request = self.destination.kms(region).enable_key_rotation().key_id(key.to_string());
        request.send().await.map(drop).map_err(|error| AwsError::of("kms:EnableKeyRotation", key.to_string(), &error))
    }

    async fn create_alias(&self, alias: &str, key: &KeyArn, region: &Region) -> Result<(), AwsError> {
        let id = key.arn().resource.trim_start_matches("key/").to_owned();
        let client = self.destination.kms(region);
        let request = client.create_alias().alias_name(alias).target_key_id(id);
        match request.send().await.map_err(|error| AwsError::of("kms:CreateAlias", format!("{alias} of {key}"), &error))
        {
            // The call may have arrived although its answer did not, and was then sent again.
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
        request.send().await.map(drop).map_err(|error| AwsError::of("s3:PutBucketPublicAccessBlock", bucket, &error))
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
