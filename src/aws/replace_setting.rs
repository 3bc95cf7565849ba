//! Writes a setting in one call, unless someone else changed it. `repeat` decides when to retry.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{
    BlockedEncryptionTypes, EncryptionType, Payer as SdkPayer, RequestPaymentConfiguration, ServerSideEncryption,
    ServerSideEncryptionByDefault, ServerSideEncryptionConfiguration, ServerSideEncryptionRule, Tag, Tagging,
};

use crate::model::{AccountId, BucketEncryption, BucketName, KeyArn, Region};
use crate::plan::Setting;
use crate::state::Payer;

use super::connect::Aws;
use super::error::{AwsError, unbuildable};
use super::read_setting::optional;
use super::repeat::{Replacement, Tries, Try};
use super::replace_rules::OwnRules;
use super::write::{WriteError, tag};

const PUT_ENCRYPTION: &str = "s3:PutEncryptionConfiguration";
const PUT_TAGS: &str = "s3:PutBucketTagging";

/// Where to write a destination's setting: a client in its Region, the bucket and its expected owner.
pub(super) struct SettingClient<'a> {
    pub(super) client: aws_sdk_s3::Client,
    pub(super) bucket: &'a BucketName,
    pub(super) owner: &'a AccountId,
}

impl Aws {
    /// Tries once to replace a setting.
    pub(super) async fn try_to_replace(&self, of: Replacement<'_>, tries: &Tries<'_>) -> Result<Try, WriteError> {
        let Replacement { before: _, after, owner, region } = of;
        let at = |bucket| SettingClient { client: self.destination.unrepeated().s3(region), bucket, owner };
        match after {
            Setting::BucketEncryption(bucket, after) => {
                self.write_unless_applied(of, tries, encrypt(&at(bucket), after.as_ref())).await
            }
            Setting::BucketPolicy(bucket, after) => {
                self.write_unless_applied(of, tries, put_policy(&at(bucket), after.as_deref())).await
            }
            Setting::KeyPolicy(key, after) => {
                self.write_unless_applied(of, tries, self.put_key_policy(key, after, region)).await
            }
            Setting::Payer(bucket, after) => self.write_unless_applied(of, tries, put_payer(&at(bucket), *after)).await,
            Setting::Source(slot, after) if slot.is_replaced_whole() => {
                Box::pin(self.replace_source(of, slot, after, tries)).await
            }
            Setting::Source(slot, after) if slot.is_resource() => {
                Box::pin(self.replace_resource(of, slot, after, tries)).await
            }
            Setting::Source(slot, after) => {
                Box::pin(self.write_unless_applied(of, tries, self.set_source(slot, after, owner))).await
            }
            // These settings also contain entries of others, so all entries are read and written.
            Setting::BucketTags(bucket, after) => self.replace_tags(of, bucket, after, tries).await,
            Setting::LifecycleRules { bucket, ids, rules: after } => {
                self.replace_rules(of, OwnRules { bucket, ids, after }, tries).await
            }
        }
    }

    async fn write_unless_applied(
        &self,
        of: Replacement<'_>,
        tries: &Tries<'_>,
        write: impl Future<Output = Result<(), AwsError>>,
    ) -> Result<Try, WriteError> {
        if self.is_already_applied(of, tries).await? {
            return Ok(Try::Done);
        }
        Ok(write.await.map_or_else(Try::Failed, |()| Try::Done))
    }

    /// Reads the setting. Returns whether an earlier try has been applied, or fails as [`Tries::are_already_applied`].
    pub(super) async fn is_already_applied(&self, of: Replacement<'_>, tries: &Tries<'_>) -> Result<bool, WriteError> {
        let now = self.setting(&of.after.slot(), of.owner, of.region).await?;
        tries.are_already_applied(of, optional(now).map_err(WriteError::Unseen)?)
    }

    async fn put_key_policy(&self, key: &KeyArn, after: &str, region: &Region) -> Result<(), AwsError> {
        let region = key.arn().region.parse().unwrap_or_else(|_| region.clone());
        let client = self.destination.unrepeated().kms(&region);
        let request = client.put_key_policy().key_id(key.to_string()).policy_name("default").policy(after);
        request.send().await.map(drop).map_err(|error| AwsError::new("kms:PutKeyPolicy", key, &error))
    }
}

/// `None` restores the default that S3 gives every bucket
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketEncryption.html>).
async fn encrypt(at: &SettingClient<'_>, after: Option<&BucketEncryption>) -> Result<(), AwsError> {
    let (bucket, owner) = (at.bucket.as_str(), at.owner.as_str());
    let Some(after) = after else {
        let request = at.client.delete_bucket_encryption().bucket(bucket).expected_bucket_owner(owner);
        return request.send().await.map(drop).map_err(|error| AwsError::new(PUT_ENCRYPTION, bucket, &error));
    };
    let wrong = |error: aws_sdk_s3::error::BuildError| unbuildable(PUT_ENCRYPTION, bucket, &error);
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::from(after.algorithm.as_str()))
        .set_kms_master_key_id(after.key.clone());
    let blocked = (!after.blocked.is_empty()).then(|| {
        let types = after.blocked.iter().map(|word| EncryptionType::from(word.as_str())).collect();
        BlockedEncryptionTypes::builder().set_encryption_type(Some(types)).build()
    });
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default.build().map_err(wrong)?)
        .bucket_key_enabled(after.bucket_key)
        .set_blocked_encryption_types(blocked)
        .build();
    let configuration = ServerSideEncryptionConfiguration::builder().rules(rule).build().map_err(wrong)?;
    let request = at
        .client
        .put_bucket_encryption()
        .bucket(bucket)
        .server_side_encryption_configuration(configuration)
        .expected_bucket_owner(owner);
    request.send().await.map(drop).map_err(|error| AwsError::new(PUT_ENCRYPTION, bucket, &error))
}

pub(super) async fn put_policy(at: &SettingClient<'_>, after: Option<&str>) -> Result<(), AwsError> {
    let (bucket, owner) = (at.bucket.as_str(), at.owner.as_str());
    if let Some(after) = after {
        let request = at.client.put_bucket_policy().bucket(bucket).policy(after).expected_bucket_owner(owner);
        request.send().await.map(drop).map_err(|error| AwsError::new("s3:PutBucketPolicy", bucket, &error))
    } else {
        let request = at.client.delete_bucket_policy().bucket(bucket).expected_bucket_owner(owner);
        request.send().await.map(drop).map_err(|error| AwsError::new("s3:DeleteBucketPolicy", bucket, &error))
    }
}

pub(super) async fn put_tags(at: &SettingClient<'_>, tags: &BTreeMap<String, String>) -> Result<(), AwsError> {
    let (bucket, owner) = (at.bucket.as_str(), at.owner.as_str());
    if tags.is_empty() {
        let request = at.client.delete_bucket_tagging().bucket(bucket).expected_bucket_owner(owner);
        return request.send().await.map(drop).map_err(|error| AwsError::new(PUT_TAGS, bucket, &error));
    }
    let tags: Result<Vec<Tag>, AwsError> =
        tags.iter().map(|(key, value)| tag(PUT_TAGS, at.bucket, key, value)).collect();
    let tagging = Tagging::builder().set_tag_set(Some(tags?)).build();
    let tagging = tagging.map_err(|error| unbuildable(PUT_TAGS, bucket, &error))?;
    let request = at.client.put_bucket_tagging().bucket(bucket).tagging(tagging).expected_bucket_owner(owner);
    request.send().await.map(drop).map_err(|error| AwsError::new(PUT_TAGS, bucket, &error))
}

async fn put_payer(at: &SettingClient<'_>, payer: Payer) -> Result<(), AwsError> {
    const ACTION: &str = "s3:PutBucketRequestPayment";
    let payer = match payer {
        Payer::BucketOwner => SdkPayer::BucketOwner,
        Payer::Requester => SdkPayer::Requester,
    };
    let payment = RequestPaymentConfiguration::builder().payer(payer).build();
    let payment = payment.map_err(|error| unbuildable(ACTION, at.bucket.as_str(), &error))?;
    let request = at
        .client
        .put_bucket_request_payment()
        .bucket(at.bucket.as_str())
        .request_payment_configuration(payment)
        .expected_bucket_owner(at.owner.as_str());
    request.send().await.map(drop).map_err(|error| AwsError::new(ACTION, at.bucket, &error))
}
