//! How Elastic Load Balancing writes logs: its principal, and the accounts that wrote logs before it had a principal.

use crate::iam::{ContextValue, Principal};
use crate::producer::probe::perhaps;
use crate::producer::{Destination, Probe, ServiceRequest};

/// The principal. It has worked in every Region since 2025-09-10
/// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/application/doc-history.html>). The pages for China imply
/// the same principal, but no policy example shows it.
pub(in crate::producer) const PRINCIPAL: &str = "logdelivery.elasticloadbalancing.amazonaws.com";

/// Returns a request from this principal. No page says whether the request has `aws:SourceAccount`, an ACL or an
/// encryption. SSE-S3 is the only encryption that these logs support.
pub(in crate::producer) fn request(destination: &Destination) -> ServiceRequest {
    ServiceRequest::for_destination(PRINCIPAL, destination)
        .with("aws:SourceAccount", perhaps(destination.source_account.as_str()))
        .with("s3:x-amz-acl", perhaps("bucket-owner-full-control"))
        .with("s3:x-amz-server-side-encryption", perhaps("AES256"))
        .with("s3:x-amz-server-side-encryption-aws-kms-key-id", ContextValue::Absent)
}

/// Returns the account that the legacy policy allows to write these logs. `None` if the Region does not accept the
/// legacy policy.
///
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>; "Regions that are
/// not in this list do not support the legacy policy". Classic Load Balancers have the same legacy accounts:
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-access-logs.html> (not compared Region by
/// Region). China: <https://docs.amazonaws.cn/en_us/aws/latest/userguide/elb.html>.
pub(in crate::producer) fn legacy_account(region: &str) -> Option<&'static str> {
    LEGACY.iter().find(|(name, _)| *name == region).map(|(_, account)| *account)
}

const LEGACY: [(&str, &str); 26] = [
    ("af-south-1", "098369216593"),
    ("ap-east-1", "754344448648"),
    ("ap-northeast-1", "582318560864"),
    ("ap-northeast-2", "600734575887"),
    ("ap-northeast-3", "383597477331"),
    ("ap-south-1", "718504428378"),
    ("ap-southeast-1", "114774131450"),
    ("ap-southeast-2", "783225319266"),
    ("ap-southeast-3", "589379963580"),
    ("ca-central-1", "985666609251"),
    ("cn-north-1", "638102146993"),
    ("cn-northwest-1", "037604701340"),
    ("eu-central-1", "054676820928"),
    ("eu-north-1", "897822967062"),
    ("eu-south-1", "635631232127"),
    ("eu-west-1", "156460612806"),
    ("eu-west-2", "652711504416"),
    ("eu-west-3", "009996457667"),
    ("me-south-1", "076674570225"),
    ("sa-east-1", "507241528517"),
    ("us-east-1", "127311923021"),
    ("us-east-2", "033677994240"),
    ("us-gov-east-1", "190560391635"),
    ("us-gov-west-1", "048591011584"),
    ("us-west-1", "027434742980"),
    ("us-west-2", "797873946194"),
];

/// Returns the same requests, made by the legacy account. Empty if the Region has no such account.
pub(in crate::producer) fn by_legacy_account(mut probes: Vec<Probe>, destination: &Destination) -> Vec<Probe> {
    let Some(account) = legacy_account(destination.region.as_str()) else { return Vec::new() };
    for probe in &mut probes {
        let arn = format!("arn:{}:iam::{account}:root", destination.partition);
        probe.documented.clear();
        probe.request.principal = Principal::Aws(arn);
        let context = &mut probe.request.context;
        for key in ["aws:PrincipalServiceName", "aws:PrincipalServiceNamesList", "aws:SourceArn", "aws:SourceAccount"] {
            context.insert(key, ContextValue::Absent);
        }
        context.insert("aws:PrincipalIsAWSService", ContextValue::known("false"));
        context.insert("aws:PrincipalAccount", ContextValue::known(account));
        for key in ["aws:PrincipalOrgID", "aws:PrincipalOrgPaths"] {
            context.insert(key, ContextValue::Unknown);
        }
    }
    probes
}
