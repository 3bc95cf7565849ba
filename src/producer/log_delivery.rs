//! The log delivery service. It writes the logs of Network Load Balancers, and also logs that logbucket does not set
//! up: VPC flow logs, WAF, `CloudFront` and more.
//!
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html> (2026).

use crate::iam::ContextValue;

use super::keys::ObjectKeys;
use super::probe::perhaps;
use super::{Destination, LogSource, Probe, ProbePurpose, ProbedKey, ServiceRequest, load_balancer};

/// The principal.
pub(crate) const PRINCIPAL: &str = "delivery.logs.amazonaws.com";

/// Returns a request from this service, for a source in the destination's account and Region.
pub(super) fn request(destination: &Destination) -> ServiceRequest {
    // AWS documents the ARN of the delivery only as `arn:aws:logs:REGION:ACCOUNT:*`, without saying what `*` stands
    // for.
    let beginning =
        format!("arn:{}:logs:{}:{}:", destination.partition, destination.region, destination.source_account);
    ServiceRequest::for_destination(PRINCIPAL, destination)
        .on_behalf_of(destination.source_account.as_str(), ContextValue::Begins(beginning))
}

/// Folders in `AWSLogs/ACCOUNT/` that load balancers or other principals write to, and that have their own policy
/// statements. The bucket's default encryption affects them all.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html>,
/// <https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html> (2026)
const OF_OTHERS: [&str; 3] = ["CloudTrail", "Config", "elasticloadbalancing"];

/// Returns whether the log delivery service may have written to a folder in `AWSLogs/ACCOUNT/`. VPC flow logs, WAF,
/// `CloudFront` and more use the service, and AWS adds others.
pub(crate) fn may_have_written(folder: &str) -> bool {
    let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    !OF_OTHERS.iter().any(|other| name.starts_with(other))
}

/// Returns whether load balancers write to a folder in `AWSLogs/ACCOUNT/`.
pub(crate) fn is_of_load_balancers(folder: &str) -> bool {
    folder.trim_end_matches('/').ends_with("/elasticloadbalancing")
}

/// Returns the requests of other services to write their next object to their own folder, and to read the bucket's ACL.
/// AWS documents only the account in these requests.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html>,
/// <https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html> (2026)
pub(crate) fn probes_of_others(folder: &str, log_source: &LogSource, destination: &Destination) -> Vec<[Probe; 2]> {
    let principal = principal_of_others(folder);
    let principals: &[&'static str] = match &principal {
        Some(principal) => std::slice::from_ref(principal),
        None => &[load_balancer::PRINCIPAL, PRINCIPAL],
    };
    let probes = |principal: &&'static str| {
        let request = ServiceRequest::for_destination(principal, destination)
            .with("aws:SourceAccount", perhaps(destination.source_account.as_str()))
            .with("aws:SourceArn", ContextValue::Unknown);
        let acl = request.clone().probe("s3:GetBucketAcl", destination.bucket_arn(), log_source);
        let upload = request
            .with("s3:x-amz-acl", perhaps("bucket-owner-full-control"))
            .with("s3:x-amz-server-side-encryption", perhaps("AES256"));
        [upload.probe("s3:PutObject", destination.object_arn(&format!("{folder}log.gz")), log_source), acl]
    };
    principals.iter().map(probes).collect()
}

/// Returns the service's requests to the bucket: to read its ACL, then to write these files, which the bucket's owner
/// controls. AWS's pages grant both requests. No page says whether an enabled log stops when the service can't read the
/// ACL. logbucket infers that the requests have no encryption header.
///
/// `s3:ListBucket` is not needed: without it, AWS only logs harmless refusals.
pub(super) fn bucket_probes(keys: ObjectKeys, log_source: &LogSource, destination: &Destination) -> Vec<Probe> {
    let upload = request(destination)
        .with("s3:x-amz-acl", ContextValue::known("bucket-owner-full-control"))
        .with_inferred("s3:x-amz-server-side-encryption", ContextValue::Absent)
        .with_inferred("s3:x-amz-server-side-encryption-aws-kms-key-id", ContextValue::Absent);
    let acl = probe_of_acl(log_source, destination).needed_for(ProbePurpose::Granted);
    std::iter::once(acl).chain(upload.puts([keys], log_source)).collect()
}

/// Returns the service's request to write its next object to a folder, such as the folder of VPC flow logs.
pub(crate) fn probe_of_folder(folder: &str, log_source: &LogSource, destination: &Destination) -> Probe {
    let upload = request(destination).with("s3:x-amz-acl", ContextValue::known("bucket-owner-full-control"));
    upload.probe("s3:PutObject", destination.object_arn(&format!("{folder}log.gz")), log_source)
}

/// Returns the service's request to read the bucket's ACL. AWS's policies grant it in addition to the upload. No page
/// says whether an enabled log stops when the service can't read the ACL.
pub(crate) fn probe_of_acl(log_source: &LogSource, destination: &Destination) -> Probe {
    request(destination).probe("s3:GetBucketAcl", destination.bucket_arn(), log_source)
}

/// The action on a customer managed key that the service certainly uses. AWS's pages on NLBs and on log delivery grant
/// five actions. The pages on WAF and Global Accelerator, and AWS's example of delivery to another account, grant the
/// same service only this action.
///
/// <https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html>,
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/vended-logs-crossaccount-example.html> (2026)
pub(crate) const CERTAIN: &str = "kms:GenerateDataKey";

/// Returns the service's requests to a customer managed key: to generate a data key, and perhaps to decrypt the data
/// key for a multipart upload.
pub(crate) fn key_probes(log_source: &LogSource, destination: &Destination, key: &ProbedKey<'_>) -> Vec<Probe> {
    [CERTAIN, "kms:Decrypt"]
        .into_iter()
        .map(|action| request(destination).key_probe(action, key, destination, log_source))
        .collect()
}

/// Returns the requests of another service to the key of the bucket's default encryption, for a folder of that service.
/// Empty for load balancers, whose principal is unknown. A trail may name another key in its requests.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html>,
/// <https://docs.aws.amazon.com/config/latest/developerguide/s3-kms-key-policy.html> (2026)
pub(crate) fn key_probes_of_others(
    folder: &str,
    log_source: &LogSource,
    destination: &Destination,
    key: &ProbedKey<'_>,
) -> Vec<Probe> {
    let probe = |principal| {
        ServiceRequest::for_destination(principal, destination)
            .with("aws:SourceAccount", perhaps(destination.source_account.as_str()))
            .with("aws:SourceArn", ContextValue::Unknown)
            .key_probe(CERTAIN, key, destination, log_source)
    };
    principal_of_others(folder).map(probe).into_iter().collect()
}

/// Returns the principal of `CloudTrail` and Config for their folders.
fn principal_of_others(folder: &str) -> Option<&'static str> {
    let name = folder.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match name {
        name if name.starts_with("CloudTrail") => Some("cloudtrail.amazonaws.com"),
        name if name.starts_with("Config") => Some("config.amazonaws.com"),
        _ => None,
    }
}
