//! Decides whether a request may use a bucket: Region, owner, expected owner, and the bucket policy.
//!
//! The operator is an administrator of its account, so only the bucket policy is evaluated.

use crate::dispatch::Caller;
use crate::iam::role;
use crate::policy::{Asked, Verdict, judge};
use crate::region::opt_in;
use crate::s3::address::Address;
use crate::s3::bucket::Bucket;
use crate::s3::error::{Refusal, access_denied, no_such_bucket, refuse};
use crate::s3::operation::Operation;
use crate::wire::Request;
use crate::world::World;

/// Accepts a request or returns S3's error.
pub fn admit(
    world: &World,
    request: &Request,
    caller: &Caller,
    address: &Address,
    operation: &Operation,
) -> Result<(), Refusal> {
    let name = address.bucket.as_deref().unwrap_or_default();
    let bucket = world.buckets.get(name).ok_or_else(no_such_bucket)?;
    // S3 answers GetBucketLocation for any request signed for us-east-1.
    let anywhere = operation.name == "GetBucketLocation" && caller.region == "us-east-1";
    if caller.region != bucket.region && !anywhere {
        return Err(elsewhere(caller, address, bucket));
    }
    if request.header("x-amz-expected-bucket-owner").is_some_and(|owner| owner != bucket.account) {
        return Err(access_denied().in_region(&bucket.region));
    }
    let asked = asked(request, caller, address, operation, bucket)
        .with("aws:PrincipalArn", role::arn(world, &caller.account).as_str());
    let verdict = judge(&bucket.policy_json(), &asked);
    let denied = verdict == Verdict::ExplicitDeny;
    let foreign = caller.account != bucket.account && verdict != Verdict::Allow;
    if denied || foreign { Err(access_denied().in_region(&bucket.region)) } else { Ok(()) }
}

/// The error for a bucket in another Region.
///
/// "For all Regions that launched after March 20, 2019, if a request arrives at the wrong Amazon S3 location, Amazon S3
/// returns an HTTP 400" (S3 API, "Request routing"). The error code was seen in
/// <https://github.com/cloud-custodian/cloud-custodian/issues/8005>. If a request is signed for another Region than its
/// host's, the error is a malformed header. Otherwise S3 redirects (S3 User Guide, "Request redirection").
fn elsewhere(caller: &Caller, address: &Address, bucket: &Bucket) -> Refusal {
    let to_bucket = address.host_region.as_ref() == Some(&bucket.region);
    let refusal = if to_bucket {
        let message = format!(
            "The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
            caller.region, bucket.region
        );
        refuse(400, "AuthorizationHeaderMalformed", &message)
    } else if opt_in(&bucket.region) {
        let message = format!(
            "The {} location constraint is incompatible for the region specific endpoint this request was sent to.",
            bucket.region
        );
        refuse(400, "IllegalLocationConstraintException", &message)
    } else {
        refuse(
            301,
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
        )
    };
    refusal.in_region(&bucket.region)
}

/// Returns the request as the bucket policy sees it. The sandbox treats every request as sent over TLS.
fn asked(request: &Request, caller: &Caller, address: &Address, operation: &Operation, bucket: &Bucket) -> Asked {
    let resource = address.key.as_ref().map_or_else(|| bucket.arn(), |key| format!("{}/{key}", bucket.arn()));
    let mut asked = Asked {
        kind: "AWS".to_owned(),
        principal: format!("arn:aws:iam::{}:root", caller.account),
        action: operation.action.clone(),
        resource,
        context: std::collections::BTreeMap::new(),
    }
    .with("aws:SecureTransport", "true")
    .with("aws:PrincipalIsAWSService", "false")
    .with("aws:ViaAWSService", "false")
    .with("aws:PrincipalAccount", caller.account.as_str())
    .with("aws:RequestedRegion", bucket.region.as_str())
    .with("aws:ResourceAccount", bucket.account.as_str())
    .with("s3:ResourceAccount", bucket.account.as_str())
    .with("aws:SourceIp", "203.0.113.10")
    .with("s3:TlsVersion", "1.3")
    .with("aws:CurrentTime", crate::world::now());
    for header in ["x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id", "x-amz-acl"] {
        if let Some(value) = request.header(header) {
            asked = asked.with(&format!("s3:{header}"), value);
        }
    }
    asked
}
