//! Reads and writes server access logging of buckets, and converts between the SDK's types and ours.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_bucket_logging::GetBucketLoggingOutput;
use aws_sdk_s3::types::{
    BucketLoggingStatus, Grantee, LoggingEnabled, PartitionDateSource, PartitionedPrefix, SimplePrefix,
    TargetGrant as SdkGrant, TargetObjectKeyFormat,
};

use crate::model::{AccountId, BucketName, Seen};
use crate::producer::{KeyFormat, Logging, PartitionDate, TargetGrant};

use crate::aws::error::{AwsError, unbuildable};
use crate::aws::outcome::seen;

/// Returns a bucket's access logging.
pub(in crate::aws) async fn logging(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
) -> Result<Seen<Logging>, AwsError> {
    let answer = client.get_bucket_logging().bucket(bucket.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    Ok(match seen("s3:GetBucketLogging", bucket.as_str(), &[], answer)? {
        Seen::Present(answer) => from_sdk(answer),
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    })
}

/// Writes a bucket's access logging; `None` turns it off.
pub(super) async fn put(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    after: Option<&Logging>,
) -> Result<(), AwsError> {
    let request = client
        .put_bucket_logging()
        .bucket(bucket.as_str())
        .bucket_logging_status(to_sdk(after)?)
        .expected_bucket_owner(owner.as_str());
    request.send().await.map(drop).map_err(|error| AwsError::new("s3:PutBucketLogging", bucket, &error))
}

fn from_sdk(answer: GetBucketLoggingOutput) -> Seen<Logging> {
    let Some(enabled) = answer.logging_enabled else { return Seen::Absent };
    let format_is_said = enabled.target_object_key_format.is_some();
    let partitioned = enabled.target_object_key_format.and_then(|format| format.partitioned_prefix);
    let key_format = match partitioned.map(|prefix| prefix.partition_date_source) {
        None => KeyFormat::Simple,
        Some(Some(PartitionDateSource::DeliveryTime)) => KeyFormat::Partitioned(PartitionDate::Delivery),
        Some(_) => KeyFormat::Partitioned(PartitionDate::Event),
    };
    let grants = enabled.target_grants.unwrap_or_default().into_iter().map(grant_from_sdk).collect();
    Seen::Present(Logging {
        bucket: enabled.target_bucket,
        prefix: enabled.target_prefix,
        key_format,
        format_is_said,
        grants,
    })
}

fn grant_from_sdk(grant: SdkGrant) -> TargetGrant {
    let permission = grant.permission.map(|word| word.as_str().to_owned());
    let Some(grantee) = grant.grantee else { return TargetGrant { permission, ..TargetGrant::default() } };
    TargetGrant {
        permission,
        kind: Some(grantee.r#type.as_str().to_owned()),
        id: grantee.id,
        uri: grantee.uri,
        email: grantee.email_address,
        name: grantee.display_name,
    }
}

fn grant_to_sdk(grant: &TargetGrant) -> Result<SdkGrant, AwsError> {
    let grantee = grant.kind.as_deref().map(|kind| {
        Grantee::builder()
            .r#type(kind.into())
            .set_id(grant.id.clone())
            .set_uri(grant.uri.clone())
            .set_email_address(grant.email.clone())
            .set_display_name(grant.name.clone())
            .build()
    });
    let grantee = grantee.transpose().map_err(|error| unbuildable("s3:PutBucketLogging", "a grantee", &error))?;
    let permission = grant.permission.as_deref().map(Into::into);
    Ok(SdkGrant::builder().set_grantee(grantee).set_permission(permission).build())
}

/// An empty status means no logging: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html>.
fn to_sdk(logging: Option<&Logging>) -> Result<BucketLoggingStatus, AwsError> {
    let Some(logging) = logging else { return Ok(BucketLoggingStatus::builder().build()) };
    let format = match logging.key_format {
        KeyFormat::Simple => TargetObjectKeyFormat::builder().simple_prefix(SimplePrefix::builder().build()),
        KeyFormat::Partitioned(date) => {
            let date = match date {
                PartitionDate::Event => PartitionDateSource::EventTime,
                PartitionDate::Delivery => PartitionDateSource::DeliveryTime,
            };
            let prefix = PartitionedPrefix::builder().partition_date_source(date).build();
            TargetObjectKeyFormat::builder().partitioned_prefix(prefix)
        }
    };
    let grants: Vec<SdkGrant> = logging.grants.iter().map(grant_to_sdk).collect::<Result<_, _>>()?;
    let enabled = LoggingEnabled::builder()
        .set_target_grants((!grants.is_empty()).then_some(grants))
        .target_bucket(&logging.bucket)
        .target_prefix(&logging.prefix)
        .set_target_object_key_format(logging.format_is_said.then(|| format.build()))
        .build()
        .map_err(|error| unbuildable("s3:PutBucketLogging", &logging.bucket, &error))?;
    Ok(BucketLoggingStatus::builder().logging_enabled(enabled).build())
}
