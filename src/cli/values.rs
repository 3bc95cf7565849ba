//! Parsers for flag values without a dedicated type.

use crate::model::{EndpointUrlError, StorageClass, check_endpoint_url};

pub(super) fn url(text: &str) -> Result<String, EndpointUrlError> {
    check_endpoint_url(text).map(|()| text.to_owned())
}

/// Parses the days of a lifecycle rule, within S3's limits.
pub(crate) fn days(text: &str) -> Result<u32, String> {
    const MAX: u32 = 2_147_483_647;
    let days = text.parse().ok().filter(|days| (1..=MAX).contains(days));
    days.ok_or_else(|| format!("`{text}` is not a number of days from 1 to {MAX}"))
}

/// Parses the days of a transition, which may be 0.
pub(super) fn transition_days(text: &str) -> Result<u32, String> {
    if text == "0" { Ok(0) } else { days(text).map_err(|_| format!("`{text}` is not a number of days (example: 30)")) }
}

pub(super) fn storage_class(text: &str) -> Result<StorageClass, String> {
    StorageClass::named(text).ok_or_else(|| {
        let all = StorageClass::ALL.map(StorageClass::as_str).join(", ");
        format!("`{text}` is not a lifecycle storage class; use one of {all}")
    })
}

pub(super) fn seconds(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number of seconds (example: 60)"))
}
