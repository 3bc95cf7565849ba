//! A bucket's logging as text: in one line, and setting by setting.

use crate::producer::source_words::{SettingPairs, pairs};

use super::{Logging, TargetGrant};

/// Describes the step that sends a log.
pub(in crate::producer) fn line(name: &str, Logging { bucket, prefix, key_format, .. }: &Logging) -> String {
    format!("send the access log of `{name}` to s3://{bucket}/{prefix}, {key_format}")
}

pub(in crate::producer) fn said(logging: &Logging) -> SettingPairs {
    let grants = (!logging.grants.is_empty()).then(|| ("grants".to_owned(), grants(logging)));
    let all = pairs([
        ("bucket", logging.bucket.clone()),
        ("keys", logging.key_format.to_string()),
        ("prefix", logging.prefix.clone()),
    ]);
    all.into_iter().chain(grants).collect()
}

fn grants(logging: &Logging) -> String {
    let of = |grant: &TargetGrant| {
        let whom = [&grant.uri, &grant.id, &grant.email].into_iter().flatten().next();
        format!("{} to {}", grant.permission.as_deref().unwrap_or("?"), whom.map_or("?", String::as_str))
    };
    logging.grants.iter().map(of).collect::<Vec<_>>().join(", ")
}
