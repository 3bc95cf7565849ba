//! What the event history records about a source and its log.

use serde_json::Value;

use super::{clb, flow_logs};

/// The request parameters that name the source in a record.
pub(in crate::aws) const SUBJECTS: [&str; 4] = [
    "/requestParameters/bucketName",
    "/requestParameters/loadBalancerArn",
    "/requestParameters/loadBalancerName",
    // Seen in <https://github.com/aws-samples/aws-secure-environment-accelerator/issues/1111>; AWS documents no example.
    "/requestParameters/CreateFlowLogsRequest/ResourceId/content",
];

/// Returns the load balancer attributes in the call, with their values.
pub(in crate::aws) fn attributes(record: &Value) -> Vec<(String, String)> {
    let attributes = record.pointer("/requestParameters/attributes").and_then(Value::as_array);
    let word = |attribute: &Value, name: &str| attribute.get(name).and_then(Value::as_str).map(str::to_owned);
    let named = |attribute| Some((word(attribute, "key")?, word(attribute, "value").unwrap_or_default()));
    let mut named: Vec<_> = attributes.into_iter().flatten().filter_map(named).collect();
    named.extend(record.pointer("/requestParameters").map(clb::attributes_from_call).unwrap_or_default());
    named
}

/// Returns the destination that a request sets for a log or an inventory. The request contains the document as S3
/// stores it.
pub(in crate::aws) fn place(record: &Value) -> Option<(String, String)> {
    let parameters = record.pointer("/requestParameters")?;
    let text = |path: &str| parameters.pointer(path).and_then(Value::as_str);
    if let Some(bucket) = text("/BucketLoggingStatus/LoggingEnabled/TargetBucket") {
        let prefix = text("/BucketLoggingStatus/LoggingEnabled/TargetPrefix").unwrap_or_default();
        return Some((bucket.to_owned(), prefix.to_owned()));
    }
    if let Some(destination) = text("/CreateFlowLogsRequest/LogDestination") {
        return flow_logs::parse_destination(destination);
    }
    let arn = text("/InventoryConfiguration/Destination/S3BucketDestination/Bucket")?;
    let prefix = text("/InventoryConfiguration/Destination/S3BucketDestination/Prefix").unwrap_or_default();
    Some((arn.rsplit(':').next().unwrap_or(arn).to_owned(), prefix.to_owned()))
}
