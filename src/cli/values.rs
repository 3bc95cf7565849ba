//! Values that need no type of their own: each says what is wrong with a text, and what it should be.

use crate::model::{EndpointUrlError, StorageClass, check_endpoint_url};

/// The URL of an endpoint.
pub(super) fn url(text: &str) -> Result<String, EndpointUrlError> {
    check_endpoint_url(text).map(|()| text.to_owned())
}

/// The days of a lifecycle rule: what S3 takes.
pub fn days(text: &str) -> Result<u32, String> {
    const MOST: u32 = 2_147_483_647;
    let days = text.parse().ok().filter(|days| (1..=MOST).contains(days));
    days.ok_or_else(|| format!("`{text}` is not a number of days from 1 to {MOST}"))
}

/// The days of a transition: what S3 takes.
pub(super) fn transition_days(text: &str) -> Result<u32, String> {
    if text == "0" { Ok(0) } else { days(text).map_err(|_| format!("`{text}` is not a number of days, such as 30")) }
}

/// A storage class that a lifecycle rule can move objects to.
pub(super) fn storage_class(text: &str) -> Result<StorageClass, String> {
    StorageClass::named(text).ok_or_else(|| {
        let all = StorageClass::ALL.map(StorageClass::as_str).join(", ");
        format!("`{text}` is not a storage class of a lifecycle rule; those are {all}")
    })
}

/// Seconds to wait.
pub(super) fn seconds(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number of seconds, such as 60"))
}
