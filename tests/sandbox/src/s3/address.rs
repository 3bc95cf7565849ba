//! Finds a request's bucket and key in a virtual host name or in the path.

use crate::wire::{Request, decoded};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// `None` for requests about the account.
    pub bucket: Option<String>,
    /// Decoded.
    pub key: Option<String>,
    /// The Region in the host name, if any.
    pub host_region: Option<String>,
}

impl Address {
    /// Returns `bucket/key`, `bucket` or nothing.
    pub fn resource(&self) -> String {
        match (&self.bucket, &self.key) {
            (Some(bucket), Some(key)) => format!("{bucket}/{key}"),
            (Some(bucket), None) => bucket.clone(),
            (None, _) => String::new(),
        }
    }
}

/// Returns a request's address.
#[must_use]
pub fn address(request: &Request) -> Address {
    let host = request.host.as_str();
    let host_region = region_of(host);
    let path = request.path.trim_start_matches('/');
    let not_empty = |text: &str| Some(decoded(text)).filter(|text| !text.is_empty());
    if let Some(bucket) = bucket_of(host) {
        return Address { bucket: Some(bucket), key: not_empty(path), host_region };
    }
    let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
    Address { bucket: not_empty(bucket), key: not_empty(key), host_region }
}

fn bucket_of(host: &str) -> Option<String> {
    let before = |mark: &str| host.split_once(mark).map(|(bucket, _)| bucket.to_owned());
    if let Some(bucket) = host.strip_suffix(".localhost") {
        return Some(bucket.to_owned());
    }
    if !host.contains("amazonaws.com") || host.starts_with("s3.") || host.starts_with("s3-") {
        return None;
    }
    before(".s3.").or_else(|| before(".s3-"))
}

fn region_of(host: &str) -> Option<String> {
    let start = host.split_once(".amazonaws.com")?.0;
    let (_, after) = start.rsplit_once("s3.")?;
    Some(after.trim_start_matches("dualstack.").to_owned()).filter(|region| region.contains('-'))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::address;
    use crate::wire::Request;

    #[test]
    fn buckets_are_found_in_hosts_and_paths() {
        for (uri, bucket, key, region) in [
            ("https://b.c.s3.us-west-2.amazonaws.com/a/b%20c?x", Some("b.c"), Some("a/b c"), Some("us-west-2")),
            ("https://s3.us-west-2.amazonaws.com/b/k/", Some("b"), Some("k/"), Some("us-west-2")),
            ("https://b.s3.amazonaws.com/", Some("b"), None, None),
            ("http://127.0.0.1:8000/b?policy", Some("b"), None, None),
            ("http://b.localhost:8000/k", Some("b"), Some("k"), None),
            ("http://localhost:8000/", None, None, None),
        ] {
            let found = address(&Request::new("GET", uri, HeaderMap::new(), Bytes::new()));
            assert_eq!(
                (found.bucket.as_deref(), found.key.as_deref(), found.host_region.as_deref()),
                (bucket, key, region),
                "{uri}"
            );
        }
    }
}
