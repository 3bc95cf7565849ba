//! `ListBuckets`.
//!
//! Listing a bucket's objects is `winterbaume-s3`'s.

use std::fmt::Write as _;

use crate::wire::{Reply, Request};
use crate::world::World;
use crate::xml::escape;

/// A page of an account's buckets.
///
/// S3 API, `ListBuckets`: `BucketRegion` is told where the request has at least one parameter.
#[must_use]
pub fn buckets(world: &World, request: &Request, account: &str) -> Reply {
    let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
    let (prefix, region, after) = (parameter("prefix"), parameter("bucket-region"), parameter("continuation-token"));
    let most: usize = parameter("max-buckets").and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let told = prefix.is_some() || region.is_some() || after.is_some() || parameter("max-buckets").is_some();
    let mut found = world.buckets.values().filter(|bucket| {
        bucket.account == account
            && prefix.is_none_or(|prefix| bucket.name.starts_with(prefix))
            && region.is_none_or(|region| bucket.region == region)
            && after.is_none_or(|after| bucket.name.as_str() > after)
    });
    let mut inside = String::new();
    let mut last = "";
    for bucket in found.by_ref().take(most) {
        let region = if told { format!("<BucketRegion>{}</BucketRegion>", bucket.region) } else { String::new() };
        let _ = write!(
            inside,
            "<Bucket><Name>{}</Name><CreationDate>{}</CreationDate>{region}</Bucket>",
            escape(&bucket.name),
            bucket.created
        );
        last = &bucket.name;
    }
    let next = if found.next().is_some() {
        format!("<ContinuationToken>{}</ContinuationToken>", escape(last))
    } else {
        String::new()
    };
    Reply::xml(
        200,
        format!(
            "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>{account}</ID></Owner><Buckets>{inside}</Buckets>{next}</ListAllMyBucketsResult>"
        ),
    )
}
