//! `ListBuckets`.
//!
//! [`crate::s3::contents`] lists objects, and `winterbaume-s3` lists their versions.

use std::fmt::Write as _;

use crate::dispatch::Caller;
use crate::s3::address::Address;
use crate::s3::error::{Refusal, invalid_argument};
use crate::token::{opened, sealed};
use crate::wire::{Reply, Request};
use crate::world::World;
use crate::xml::escape;

/// S3 API, `ListBuckets`: "Minimum value of 1. Maximum value of 10000."
const MOST: usize = 10_000;

/// Returns a page of an account's buckets. Every Region's endpoint answers.
///
/// S3 API, `ListBuckets`: `BucketRegion` is returned if the request has at least one valid parameter, and `BucketArn`
/// only for directory buckets.
pub fn buckets(world: &World, request: &Request, caller: &Caller, address: &Address) -> Result<Reply, Refusal> {
    let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
    let (prefix, region) = (parameter("prefix"), parameter("bucket-region"));
    // S3 API, `bucket-region`: using the endpoint of another Region is "not supported".
    let endpoint = address.host_region.as_deref().unwrap_or(&caller.region);
    if let Some(region) = region.filter(|region| *region != endpoint) {
        let message = format!("The bucket-region {region} is not the Region of the endpoint, {endpoint}");
        return Err(argument("bucket-region", region, &message));
    }
    let most = parameter("max-buckets").map(limit).transpose()?;
    let after = parameter("continuation-token").map(after).transpose()?;
    let has_parameter = prefix.is_some() || region.is_some() || after.is_some() || most.is_some();
    let mut found = world.buckets.values().filter(|bucket| {
        bucket.account == caller.account
            && prefix.is_none_or(|prefix| bucket.name.starts_with(prefix))
            && region.is_none_or(|region| bucket.region == region)
            && after.as_ref().is_none_or(|after| bucket.name > *after)
    });
    let mut inside = String::new();
    let mut last = "";
    for bucket in found.by_ref().take(most.unwrap_or(MOST)) {
        let region =
            if has_parameter { format!("<BucketRegion>{}</BucketRegion>", bucket.region) } else { String::new() };
        let _ = write!(
            inside,
            "<Bucket><Name>{}</Name><CreationDate>{}</CreationDate>{region}</Bucket>",
            escape(&bucket.name),
            bucket.created
        );
        last = &bucket.name;
    }
    let next = if found.next().is_some() {
        format!("<ContinuationToken>{}</ContinuationToken>", sealed(last))
    } else {
        String::new()
    };
    let prefix = prefix.map(|prefix| format!("<Prefix>{}</Prefix>", escape(prefix))).unwrap_or_default();
    Ok(Reply::xml(
        200,
        format!(
            "<ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>{}</ID></Owner><Buckets>{inside}</Buckets>{prefix}{next}</ListAllMyBucketsResult>",
            caller.account
        ),
    ))
}

fn argument(name: &'static str, value: &str, message: &str) -> Refusal {
    invalid_argument(message).detail("ArgumentName", name).detail("ArgumentValue", value)
}

/// Parses the limit. The error message is S3's, except for the range
/// (<https://github.com/versity/versitygw/issues/1804>).
fn limit(text: &str) -> Result<usize, Refusal> {
    let number: i32 = text
        .parse()
        .map_err(|_| argument("max-buckets", text, "Provided max-buckets not an integer or within integer range"))?;
    usize::try_from(number).ok().filter(|most| (1..=MOST).contains(most)).ok_or_else(|| {
        argument("max-buckets", text, &format!("Argument max-buckets must be an integer between 1 and {MOST}"))
    })
}

fn after(token: &str) -> Result<String, Refusal> {
    opened(token).ok_or_else(|| argument("continuation-token", token, "The continuation token provided is incorrect"))
}
