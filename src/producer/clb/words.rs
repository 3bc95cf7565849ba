//! The access log of a Classic Load Balancer as text: in one line, and setting by setting.

use crate::producer::source_words::{SettingPairs, pairs};

use super::ClassicLog;

/// Describes the step that sets the log. If nothing differs, the step sends the same setting so that AWS may check the
/// destination again.
pub(in crate::producer) fn line(name: &str, before: Option<&ClassicLog>, after: &ClassicLog) -> String {
    let ClassicLog { bucket, prefix, .. } = after;
    let slash = if prefix.is_empty() { "" } else { "/" };
    let again = if before.is_some_and(|before| before.is(after)) {
        " again; AWS may then re-check the bucket (not documented)"
    } else {
        ""
    };
    let minutes = after.minutes();
    format!(
        "send the access log of load balancer `{name}` to s3://{bucket}/{prefix}{slash} every {minutes} minutes{again}"
    )
}

/// Returns the log's settings, named as in the API.
pub(in crate::producer) fn said(log: &ClassicLog) -> SettingPairs {
    pairs([
        ("AccessLog.EmitInterval", log.emit_interval.map(|minutes| minutes.to_string()).unwrap_or_default()),
        ("AccessLog.Enabled", log.enabled.to_string()),
        ("AccessLog.S3BucketName", log.bucket.clone()),
        ("AccessLog.S3BucketPrefix", log.prefix.clone()),
    ])
}
