//! Source buckets: where they are, and what they deliver where.

use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::operation::head_bucket::{HeadBucketError, HeadBucketOutput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::model::{AccountId, BucketName, Region, Seen};
use crate::producer::{Inventories, InventoryConfiguration, InventoryId, Logging};

use super::error::AwsError;
use super::listing::{Listing, Next};
use super::outcome::seen;

/// A bucket as HEAD sees it.
#[derive(Clone, Debug)]
pub(super) enum Head {
    /// It is there, in this Region.
    There(Region),
    /// Nobody has it.
    Absent,
    /// It is there, and the caller may not use it.
    Refused(AwsError),
}

/// Where a bucket is; a redirect says it as well as an answer does.
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
            let error = AwsError::of("s3:ListBucket", bucket, &error);
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

/// The names of the caller's buckets, to find one that was mistyped; none where they may not be listed.
pub(super) async fn names(client: &Client) -> Vec<String> {
    let answer = client.list_buckets().send().await;
    let buckets = answer.map(|answer| answer.buckets.unwrap_or_default()).unwrap_or_default();
    buckets.into_iter().filter_map(|bucket| bucket.name).collect()
}

/// A bucket's access logging.
pub(super) async fn logging(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
) -> Result<Seen<Logging>, AwsError> {
    let answer = client.get_bucket_logging().bucket(bucket.as_str()).expected_bucket_owner(owner.as_str()).send().await;
    Ok(match seen("s3:GetBucketLogging", bucket.as_str(), &[], answer)? {
        Seen::Present(answer) => super::logging::from_sdk(answer),
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    })
}

/// Pages of 100 configurations, of which a bucket has up to 1,000.
const INVENTORY_PAGES: usize = 20;

/// All inventory configurations of a bucket, by id.
///
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBucketInventoryConfigurations.html>
pub(super) async fn inventories(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
) -> Result<Inventories, AwsError> {
    let listing = Listing {
        action: "s3:GetInventoryConfiguration",
        resource: bucket.as_str(),
        absent: &["NoSuchConfiguration"],
        pages: INVENTORY_PAGES,
    };
    let mut listed = Vec::new();
    let ask = |token| {
        let request = client.list_bucket_inventory_configurations().bucket(bucket.as_str());
        request.set_continuation_token(token).expected_bucket_owner(owner.as_str()).send()
    };
    let read = listing.read(ask, |page| {
        let configurations = page.inventory_configuration_list.unwrap_or_default();
        listed.extend(configurations.into_iter().map(|sdk| (sdk.id.clone(), super::inventory::from_sdk(sdk))));
        Next::by_flag(page.is_truncated, page.next_continuation_token)
    });
    let read = read.await?;
    Ok(read.map(|()| listed))
}

/// A bucket's inventory configuration of an id.
pub(super) async fn inventory(
    client: &Client,
    bucket: &BucketName,
    owner: &AccountId,
    id: &InventoryId,
) -> Result<Seen<InventoryConfiguration>, AwsError> {
    let answer = client
        .get_bucket_inventory_configuration()
        .bucket(bucket.as_str())
        .id(id.as_str())
        .expected_bucket_owner(owner.as_str())
        .send()
        .await;
    let answer = seen("s3:GetInventoryConfiguration", bucket.as_str(), &["NoSuchConfiguration"], answer)?;
    Ok(match answer {
        Seen::Present(answer) => {
            answer.inventory_configuration.map_or(Seen::Absent, |sdk| Seen::Present(super::inventory::from_sdk(sdk)))
        }
        Seen::Absent => Seen::Absent,
        Seen::Denied(denial) => Seen::Denied(denial),
    })
}
