//! Attributes of a load balancer as text.

use std::collections::BTreeMap;

use crate::model::listed;

/// Describes the step that sends attributes. If nothing changes, the step sends the same attributes so that AWS may
/// check the destination again.
pub(in crate::producer) fn line(
    name: &str,
    before: &BTreeMap<String, String>,
    attributes: &BTreeMap<String, String>,
) -> String {
    let logs = attributes.keys().filter_map(|key| key.strip_suffix("_logs.s3.enabled"));
    let logs: Vec<String> = logs.map(|log| log.replace('_', "-")).collect();
    let of = |end: &str| attributes.iter().find_map(|(key, value)| key.ends_with(end).then_some(value.as_str()));
    let (bucket, prefix) = (of(".bucket").unwrap_or_default(), of(".prefix").unwrap_or_default());
    let slash = if prefix.is_empty() { "" } else { "/" };
    let noun = if logs.len() == 1 { "log" } else { "logs" };
    let today = |key: &String| before.get(key).map_or("", String::as_str);
    let again = if attributes.iter().all(|(key, value)| today(key) == value) {
        " again; AWS may then re-check the bucket (not documented)"
    } else {
        ""
    };
    format!("send the {} {noun} of load balancer `{name}` to s3://{bucket}/{prefix}{slash}{again}", listed(&logs))
}
