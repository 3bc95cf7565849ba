//! The account's enabled Regions and its buckets.

use aws_sdk_account::types::RegionOptStatus;

use crate::model::{BucketName, Region, Seen};

use super::connect::Aws;
use super::error::AwsError;
use super::listing::{Listing, Next};

/// The most pages of 50 Regions to read; AWS has about forty Regions.
const REGION_PAGES: usize = 10;

/// The listing of the account's buckets, in pages of 1,000. An account has up to a million buckets
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html>).
pub(super) const BUCKETS: Listing<'static> =
    Listing { action: "s3:ListAllMyBuckets", resource: "*", absent: &[], pages: 1_100 };

#[derive(Clone, Debug, Default)]
pub struct BucketListing {
    /// The buckets, each with its Region if the listing names it.
    pub buckets: Vec<(BucketName, Option<Region>)>,
    /// Bucket names in the old format, which S3 no longer allows for new buckets.
    pub old: Vec<String>,
}

impl Aws {
    /// Returns the Regions enabled for the account.
    ///
    /// <https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html>
    pub async fn enabled_regions(&self, near: &Region) -> Result<Seen<Vec<Region>>, AwsError> {
        let client = self.source.account(near.partition());
        let enabled = [RegionOptStatus::Enabled, RegionOptStatus::EnabledByDefault];
        let listing = Listing { action: "account:ListRegions", resource: "*", absent: &[], pages: REGION_PAGES };
        let mut regions = Vec::new();
        let ask = |token| {
            let request = client.list_regions().set_region_opt_status_contains(Some(enabled.to_vec()));
            request.max_results(50).set_next_token(token).send()
        };
        let read = listing.read(ask, |page| {
            let named = page.regions.unwrap_or_default().into_iter().filter_map(|region| region.region_name);
            regions.extend(named.filter_map(|name| name.parse().ok()));
            Next::by_token(page.next_token)
        });
        let read = read.await?;
        Ok(read.map(|()| regions))
    }

    /// Returns the account's buckets with their Regions, which a paginated listing includes
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>).
    pub async fn located_buckets(&self, near: &Region) -> Result<Seen<BucketListing>, AwsError> {
        let client = self.source.s3(near);
        let mut listed = BucketListing::default();
        let ask = |token| client.list_buckets().max_buckets(1000).set_continuation_token(token).send();
        let read = BUCKETS.read(ask, |page| {
            for bucket in page.buckets.unwrap_or_default() {
                let Some(name) = bucket.name else { continue };
                let region = bucket.bucket_region.and_then(|region| region.parse().ok());
                match name.parse() {
                    Ok(name) => listed.buckets.push((name, region)),
                    Err(_) => listed.old.push(name),
                }
            }
            Next::by_token(page.continuation_token)
        });
        let read = read.await?;
        Ok(read.map(|()| listed))
    }
}
