//! What an account has, wherever: its Regions, and its buckets with theirs.

use aws_sdk_account::types::RegionOptStatus;

use crate::model::{BucketName, Region};
use crate::state::Seen;

use super::connect::Aws;
use super::error::AwsError;
use super::outcome::seen;

/// The account's buckets.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// Each with its Region, where the listing says it.
    pub buckets: Vec<(BucketName, Option<Region>)>,
    /// Those whose name has the old form, of which S3's documents allow no bucket to be made any more.
    pub old: Vec<String>,
}

impl Aws {
    /// The Regions that the account has enabled.
    ///
    /// <https://docs.aws.amazon.com/accounts/latest/reference/API_ListRegions.html>
    pub async fn enabled_regions(&self, near: &Region) -> Result<Seen<Vec<Region>>, AwsError> {
        let client = self.source.account(near.partition());
        let enabled = [RegionOptStatus::Enabled, RegionOptStatus::EnabledByDefault];
        let pages = client.list_regions().set_region_opt_status_contains(Some(enabled.to_vec())).max_results(50);
        let listed: Result<Vec<_>, _> = pages.into_paginator().items().send().collect().await;
        let listed = seen("account:ListRegions", "*", &[], listed)?;
        Ok(listed.map(|regions| regions.iter().filter_map(|region| region.region_name()?.parse().ok()).collect()))
    }

    /// The account's buckets, each with its Region: a listing in pages says it
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html>).
    pub async fn located_buckets(&self, near: &Region) -> Result<Seen<Listed>, AwsError> {
        let pages = self.source.s3(near).list_buckets().max_buckets(1000).into_paginator().items().send();
        let listed: Result<Vec<_>, _> = pages.collect().await;
        let listed = seen("s3:ListAllMyBuckets", "*", &[], listed)?;
        Ok(listed.map(|buckets| {
            let mut listed = Listed::default();
            for bucket in &buckets {
                let Some(name) = bucket.name() else { continue };
                let region = bucket.bucket_region().and_then(|region| region.parse().ok());
                match name.parse() {
                    Ok(name) => listed.buckets.push((name, region)),
                    Err(_) => listed.old.push(name.to_owned()),
                }
            }
            listed
        }))
    }
}
