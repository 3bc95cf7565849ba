//! Network Load Balancers: access logs of TLS listeners, written by the log delivery service.
//!
//! <https://docs.aws.amazon.com/elasticloadbalancing/latest/network/enable-access-logs.html> and
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-S3.html> (2026).

use crate::iam::ContextValue;
use crate::producer::LogType;

use crate::producer::log_delivery::{self, request};
use crate::producer::{Need, Place, Probe, Writer, keys};

/// Returns the service's requests to the bucket: to read its ACL, then to write logs that the bucket's owner controls.
/// AWS's pages grant both requests. No page says whether an enabled log stops when the service can't read the ACL.
/// logbucket infers that the requests have no encryption header.
///
/// `s3:ListBucket` is not needed: without it, AWS only logs harmless refusals.
pub(in crate::producer) fn bucket_probes(writer: &Writer, place: &Place) -> Vec<Probe> {
    let upload = request(place)
        .with("s3:x-amz-acl", ContextValue::known("bucket-owner-full-control"))
        .with_inferred("s3:x-amz-server-side-encryption", ContextValue::Absent)
        .with_inferred("s3:x-amz-server-side-encryption-aws-kms-key-id", ContextValue::Absent);
    let mut probes = vec![log_delivery::probe_of_acl(writer, place).needed_for(Need::Granted)];
    probes.extend(upload.puts([keys::load_balancer_logs(LogType::Access, writer, place)], writer));
    probes
}
