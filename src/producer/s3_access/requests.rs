//! S3 server access logs.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html> and
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html> (2026).

use crate::iam::ContextValue;
use crate::producer::KeyFormat;

use crate::producer::probe::perhaps;
use crate::producer::{Destination, LogSource, Probe, ProbedKey, ServiceRequest, keys};

/// The principal.
pub(in crate::producer) const PRINCIPAL: &str = "logging.s3.amazonaws.com";

/// Returns the service's requests to the bucket: to write a log. Only reports from the field show that the request has
/// no encryption header.
pub(in crate::producer) fn probes(log_source: &LogSource, destination: &Destination) -> Vec<Probe> {
    let request = ServiceRequest::for_destination(PRINCIPAL, destination)
        .on_behalf_of(destination.source_account.as_str(), ContextValue::known(log_source.arn.clone()))
        .with("s3:x-amz-acl", perhaps("bucket-owner-full-control"))
        .with_inferred("s3:x-amz-server-side-encryption", ContextValue::Absent)
        .with_inferred("s3:x-amz-server-side-encryption-aws-kms-key-id", ContextValue::Absent);
    request.puts([keys::access_logs(log_source, destination)], log_source)
}

/// Returns the requests that the service may make to a customer managed key. AWS documents that SSE-KMS is not
/// supported, but in the field a key policy that allows the service works
/// (<https://github.com/awsdocs/amazon-s3-developer-guide/issues/38>). AWS does not document whether these requests
/// name the source.
pub(in crate::producer) fn key_probes(
    log_source: &LogSource,
    destination: &Destination,
    key: &ProbedKey<'_>,
) -> Vec<Probe> {
    let request = ServiceRequest::for_destination(PRINCIPAL, destination)
        .with("aws:SourceAccount", perhaps(destination.source_account.as_str()))
        .with("aws:SourceArn", perhaps(log_source.arn.clone()));
    vec![request.key_probe("kms:GenerateDataKey", key, destination, log_source)]
}

/// Returns the folder of a source's logs: `[prefix]` alone, or `[prefix][account]/[region]/[source]/`.
pub(in crate::producer) fn folder(source: &str, destination: &Destination) -> String {
    match destination.key_format {
        KeyFormat::Simple => destination.prefix.to_string(),
        KeyFormat::Partitioned(_) => {
            format!("{}{}/{}/{source}/", destination.prefix, destination.source_account, destination.region)
        }
    }
}

/// Returns patterns for the keys in the grant. They have wildcards only for text that the service adds.
///
/// A prefix that is a folder results in AWS's own `PREFIX*`. Without `/` at the end, `PREFIX*` would match other
/// folders (`prod*` matches `production/`), so there is one pattern for partitioned keys and one for simple keys. Logs
/// keep arriving if someone switches between the formats. `literal` escapes a text.
pub(in crate::producer) fn key_patterns(destination: &Destination, literal: fn(&str) -> String) -> Vec<String> {
    let prefix = literal(destination.prefix.as_str());
    if destination.prefix.is_root() || destination.prefix.as_str().ends_with('/') {
        return vec![format!("{prefix}*")];
    }
    vec![format!("{prefix}{}/*", destination.source_account), format!("{prefix}????-??-??-??-??-??-*")]
}

/// Escapes a text for a policy with version 2008-10-17 or without a version. In such a policy, `$` is plain text, and
/// `*` and `?` can't be escaped: they are wildcards that would match other folders. The escapes `${*}` and `${?}` are
/// plain text that matches nothing, so logbucket refuses the run.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
pub(in crate::producer) fn literal_of_2008(text: &str) -> String {
    if text.contains(['*', '?']) { literal(text) } else { text.to_owned() }
}

/// Escapes a text for a policy's `Resource`, since it may contain `*`, `?` and `$`.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars>
pub(crate) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' => escaped.push_str("${*}"),
            '?' => escaped.push_str("${?}"),
            '$' => escaped.push_str("${$}"),
            other => escaped.push(other),
        }
    }
    escaped
}
