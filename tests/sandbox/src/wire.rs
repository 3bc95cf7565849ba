//! Requests and replies as the simulated services see them.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};

#[derive(Clone, Debug)]
pub struct Request {
    /// Such as `GET`.
    pub method: String,
    /// The host without its port.
    pub host: String,
    /// The path as sent, percent-encoded.
    pub path: String,
    /// The query's names and values, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The query as sent.
    pub raw_query: String,
    pub headers: HeaderMap,
    /// The body, without the framing of `aws-chunked`.
    pub body: Bytes,
}

/// The scope of a request's signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The access key ID.
    pub access_key: String,
    pub region: String,
    /// Such as `s3`.
    pub service: String,
}

impl Request {
    /// Builds a request. `uri` may be absolute or only a path.
    #[must_use]
    pub fn new(method: &str, uri: &str, headers: HeaderMap, body: Bytes) -> Self {
        let (authority, rest) = match uri.split_once("://") {
            Some((_, after)) => {
                after.split_once('/').map_or((after, String::new()), |(host, rest)| (host, rest.to_owned()))
            }
            None => ("", uri.trim_start_matches('/').to_owned()),
        };
        let host = headers
            .get("host")
            .and_then(|value| value.to_str().ok())
            .filter(|host| !host.is_empty())
            .unwrap_or(authority);
        let host = host
            .rsplit_once(':')
            .filter(|(_, port)| port.chars().all(|letter| letter.is_ascii_digit()))
            .map_or(host, |(host, _)| host);
        let (path, raw_query) = rest.split_once('?').unwrap_or((&rest, ""));
        let body = unchunked(&headers, body);
        Self {
            method: method.to_owned(),
            host: host.to_ascii_lowercase(),
            path: format!("/{path}"),
            query: pairs(raw_query),
            raw_query: raw_query.to_owned(),
            headers,
            body,
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns a query parameter's value, which may be empty.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Returns the scope of the signature, from the header or a presigned query.
    pub fn scope(&self) -> Scope {
        let credential = self
            .header("authorization")
            .and_then(|header| header.split_once("Credential="))
            .and_then(|(_, rest)| rest.split([',', ' ']).next())
            .or_else(|| self.parameter("X-Amz-Credential"))
            .unwrap_or_default();
        let mut parts = credential.split('/');
        let mut next = || parts.next().unwrap_or_default().to_owned();
        let access_key = next();
        let _date = next();
        Scope { access_key, region: next(), service: next() }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn empty(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// An XML reply.
    pub fn xml(status: u16, body: impl Into<String>) -> Self {
        let body = Bytes::from(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", body.into()));
        Self { status, headers: HeaderMap::new(), body }.with("content-type", "application/xml")
    }

    /// A JSON reply, as AWS's JSON protocols send it.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self { status, headers: HeaderMap::new(), body: Bytes::from(body.to_string()) }
            .with("content-type", "application/x-amz-json-1.1")
    }

    /// Adds a header. An invalid value is ignored.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// Returns whether the reply is a success.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Returns the names and values of a query or a form.
#[must_use]
pub fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " "))))
        .collect()
}

/// Decodes percent-encoding.
#[must_use]
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let digits = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        if let (Some(byte), Some(tail)) = (digits, after.get(2..)) {
            bytes.push(byte);
            rest = tail;
        } else {
            bytes.push(b'%');
            rest = after;
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns the payload of an `aws-chunked` body. Chunks may be signed and have trailers.
fn unchunked(headers: &HeaderMap, body: Bytes) -> Bytes {
    let has = |name: &str, part: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(part))
    };
    if !has("content-encoding", "aws-chunked") && !has("x-amz-content-sha256", "STREAMING-") {
        return body;
    }
    let mut payload = Vec::with_capacity(body.len());
    let mut rest: &[u8] = &body;
    while let Some(end) = rest.windows(2).position(|pair| pair == b"\r\n") {
        let line = rest.get(..end).unwrap_or_default();
        let size = std::str::from_utf8(line)
            .ok()
            .and_then(|line| line.split(';').next())
            .and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let (Some(size), Some(after)) = (size, rest.get(end + 2..)) else {
            break;
        };
        let Some(chunk) = after.get(..size).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        payload.extend_from_slice(chunk);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    Bytes::from(payload)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::{Request, decoded};

    #[test]
    fn chunk_framing_is_removed() {
        let mut headers = HeaderMap::new();
        headers.insert("content-encoding", "aws-chunked".parse().expect("a value"));
        let body =
            Bytes::from_static(b"5;chunk-signature=ab\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n");
        let request = Request::new("PUT", "http://127.0.0.1:80/b/k?x=1&y", headers, body);
        assert_eq!(request.body.as_ref(), b"hello!");
        assert_eq!((request.host.as_str(), request.path.as_str()), ("127.0.0.1", "/b/k"));
        assert_eq!(request.parameter("y"), Some(""));
    }

    #[test]
    fn invalid_escapes_are_kept() {
        assert_eq!(decoded("a%20b%zz%e3%81%82"), "a b%zzあ");
    }

    #[test]
    fn the_scope_of_a_signature_is_parsed() {
        let mut headers = HeaderMap::new();
        let value =
            "AWS4-HMAC-SHA256 Credential=AKIA1/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=00";
        headers.insert("authorization", value.parse().expect("a value"));
        let scope = Request::new("GET", "/", headers, Bytes::new()).scope();
        assert_eq!(
            (scope.access_key.as_str(), scope.region.as_str(), scope.service.as_str()),
            ("AKIA1", "eu-west-1", "s3")
        );
    }
}
