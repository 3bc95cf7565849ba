//! The access log of a Classic Load Balancer in a sentence, and setting by setting.

use crate::producer::source_words::{Pairs, pairs};

use super::ClassicLog;

/// Returns what a step does that sends the log. One that is the same today is sent for AWS to judge the destination anew.
pub(in crate::producer) fn line(name: &str, before: Option<&ClassicLog>, after: &ClassicLog) -> String {
    let ClassicLog { bucket, prefix, .. } = after;
    let slash = if prefix.is_empty() { "" } else { "/" };
    let again = if before.is_some_and(|before| before.is(after)) {
        " again, so that AWS may check the bucket again (not documented)"
    } else {
        ""
    };
    let minutes = after.minutes();
    format!(
        "send the access log of load balancer `{name}` to s3://{bucket}/{prefix}{slash} every {minutes} minutes{again}"
    )
}

/// Returns what it says, in the words of the API.
pub(in crate::producer) fn said(log: &ClassicLog) -> Pairs {
    pairs([
        ("AccessLog.EmitInterval", log.emit_interval.map(|minutes| minutes.to_string()).unwrap_or_default()),
        ("AccessLog.Enabled", log.enabled.to_string()),
        ("AccessLog.S3BucketName", log.bucket.clone()),
        ("AccessLog.S3BucketPrefix", log.prefix.clone()),
    ])
}
