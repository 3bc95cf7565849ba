//! Finds a bucket by its name.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_bucket::{HeadBucketError, HeadBucketOutput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::{AccountId, BucketName, Region};

use super::error::AwsError;

/// The result of `HeadBucket`.
#[derive(Clone, Debug)]
pub(super) enum Head {
    /// The bucket exists, in this Region.
    There(Region),
    Absent,
    /// The bucket exists, but the caller can't access it.
    Refused(AwsError),
}

/// Returns the result of `HeadBucket`. A redirect names the bucket's Region too.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html>
pub(super) async fn head(
    client: &Client,
    asked_in: &Region,
    bucket: &BucketName,
    owner: &AccountId,
) -> Result<Head, AwsError> {
    let answer = client.head_bucket().bucket(bucket.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    let named = region_of(&answer);
    match answer {
        Ok(_) => Ok(Head::There(named.unwrap_or_else(|| asked_in.clone()))),
        Err(error) => {
            let error = AwsError::new("s3:ListBucket", bucket, &error);
            let redirected = [
                "PermanentRedirect",
                "HTTP 301",
                "HTTP 400",
                "BadRequest",
                "AuthorizationHeaderMalformed",
                "IllegalLocationConstraintException",
            ];
            match named {
                _ if error.is("NotFound") || error.is("NoSuchBucket") => Ok(Head::Absent),
                Some(region) if region != *asked_in && redirected.iter().any(|code| error.is(code)) => {
                    Ok(Head::There(region))
                }
                _ if error.is("AccessDenied") || error.is("Forbidden") => Ok(Head::Refused(error)),
                _ => Err(error),
            }
        }
    }
}

fn region_of(answer: &Result<HeadBucketOutput, SdkError<HeadBucketError, HttpResponse>>) -> Option<Region> {
    match answer {
        Ok(output) => output.bucket_region().and_then(|region| region.parse().ok()),
        Err(error) => error
            .raw_response()
            .and_then(|raw| raw.headers().get("x-amz-bucket-region"))
            .and_then(|region| region.parse().ok()),
    }
}

/// Returns the names of the caller's buckets, to suggest corrections; empty if the buckets can't be listed.
pub(super) async fn names(client: &Client) -> Vec<String> {
    let answer = client.list_buckets().send().await;
    let buckets = answer.map(|answer| answer.buckets.unwrap_or_default()).unwrap_or_default();
    buckets.into_iter().filter_map(|bucket| bucket.name).collect()
}
