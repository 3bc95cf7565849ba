//! `ListObjectsV2` and `ListObjects`: a bucket's objects by key, in pages.
//!
//! Uses the sandbox's own data, because `winterbaume-s3` loses entries when a page with common prefixes is cut off.

use std::fmt::Write as _;
use std::ops::Bound;

use crate::account::canonical_id;
use crate::s3::bucket::{Bucket, Object};
use crate::s3::error::{Refusal, invalid_argument};
use crate::s3::object::encoded;
use crate::token::{opened, sealed};
use crate::wire::{Reply, Request};
use crate::world::stamp;
use crate::xml::escape;

/// S3 API, `MaxKeys`: "By default, the action returns up to 1,000 key names. ... it will never contain more."
const MOST: usize = 1000;

/// An entry on a page, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found<'a> {
    Key(&'a str, &'a Object),
    /// A common prefix of keys, up to the delimiter.
    Common(String),
}

impl Found<'_> {
    fn name(&self) -> &str {
        match self {
            Self::Key(key, _) => key,
            Self::Common(prefix) => prefix,
        }
    }
}

/// Where a page begins: after a key, or after everything with a common prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Start {
    key: Option<String>,
    common: Option<String>,
}

/// Returns a page of objects. Keys are ordered by their UTF-8 bytes, like in S3.
fn page<'a>(bucket: &'a Bucket, prefix: &str, delimiter: &str, start: &Start, most: usize) -> (Vec<Found<'a>>, bool) {
    let mut found = Vec::new();
    // Keys have up to 1,024 bytes, and none contains the highest character.
    let behind = |common: &str| format!("{common}{}", char::MAX);
    let mut from = Bound::Included(prefix.to_owned());
    let jump = start.common.as_deref().map(behind).or_else(|| start.key.clone());
    if let Some(jump) = jump.filter(|jump| jump.as_str() >= prefix) {
        from = Bound::Excluded(jump);
    }
    while let Some((key, object)) = bucket.objects.range((from, Bound::Unbounded)).next() {
        let Some(rest) = key.strip_prefix(prefix) else {
            break;
        };
        if found.len() == most {
            return (found, most > 0);
        }
        if let Some((folder, _)) = rest.split_once(delimiter).filter(|_| !delimiter.is_empty()) {
            let common = format!("{prefix}{folder}{delimiter}");
            from = Bound::Excluded(behind(&common));
            found.push(Found::Common(common));
        } else {
            from = Bound::Excluded(key.clone());
            found.push(Found::Key(key, object));
        }
    }
    (found, false)
}

pub fn list_v2(bucket: &Bucket, request: &Request) -> Result<Reply, Refusal> {
    let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
    let (prefix, delimiter) = (parameter("prefix").unwrap_or_default(), parameter("delimiter").unwrap_or_default());
    let most = most(parameter("max-keys"))?;
    let text = encoding(request)?;
    let token = request.parameter("continuation-token");
    let start = match token {
        Some(token) => after(token)?,
        None => Start { key: parameter("start-after").map(str::to_owned), common: None },
    };
    let (found, more) = page(bucket, prefix, delimiter, &start, most);
    let mut inside = head(bucket, request, most, more);
    let _ = write!(inside, "<KeyCount>{}</KeyCount>", found.len());
    if let Some(token) = token {
        let _ = write!(inside, "<ContinuationToken>{token}</ContinuationToken>");
    }
    if let Some(start) = parameter("start-after") {
        let _ = write!(inside, "<StartAfter>{}</StartAfter>", text(start));
    }
    if let Some(last) = found.last().filter(|_| more) {
        let kind = if matches!(last, Found::Common(_)) { 'p' } else { 'k' };
        let token = sealed(&format!("{kind}{}", last.name()));
        let _ = write!(inside, "<NextContinuationToken>{token}</NextContinuationToken>");
    }
    let owner = request.parameter("fetch-owner") == Some("true");
    inside.push_str(&body(bucket, &found, owner, text));
    Ok(answered(&inside))
}

/// `ListObjects`. Its marker is a name, and the next marker is only returned with a delimiter.
pub fn list(bucket: &Bucket, request: &Request) -> Result<Reply, Refusal> {
    let parameter = |name: &str| request.parameter(name).filter(|value| !value.is_empty());
    let (prefix, delimiter) = (parameter("prefix").unwrap_or_default(), parameter("delimiter").unwrap_or_default());
    let most = most(parameter("max-keys"))?;
    let text = encoding(request)?;
    let marker = parameter("marker").unwrap_or_default();
    let common = (!delimiter.is_empty() && marker.len() > prefix.len() && marker.ends_with(delimiter))
        .then(|| marker.to_owned());
    let start = Start { key: Some(marker.to_owned()).filter(|marker| !marker.is_empty()), common };
    let (found, more) = page(bucket, prefix, delimiter, &start, most);
    let mut inside = head(bucket, request, most, more);
    let _ = write!(inside, "<Marker>{}</Marker>", text(marker));
    if let Some(last) = found.last().filter(|_| more && !delimiter.is_empty()) {
        let _ = write!(inside, "<NextMarker>{}</NextMarker>", text(last.name()));
    }
    inside.push_str(&body(bucket, &found, true, text));
    Ok(answered(&inside))
}

fn answered(inside: &str) -> Reply {
    Reply::xml(
        200,
        format!("<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}</ListBucketResult>"),
    )
}

fn most(asked: Option<&str>) -> Result<usize, Refusal> {
    let wrong = |message: &str| invalid_argument(message).detail("ArgumentName", "max-keys");
    match asked {
        None => Ok(MOST),
        Some(text) => match text.parse::<i32>() {
            Ok(number) => usize::try_from(number)
                .map(|number| number.min(MOST))
                .map_err(|_| wrong("Argument maxKeys must be an integer between 0 and 2147483647")),
            Err(_) => Err(wrong("Provided max-keys not an integer or within integer range")),
        },
    }
}

/// Returns how names are written: unchanged, or percent-encoded (`encoding-type`).
fn encoding(request: &Request) -> Result<fn(&str) -> String, Refusal> {
    match request.parameter("encoding-type") {
        None | Some("") => Ok(escape),
        Some("url") => Ok(encoded),
        Some(_) => Err(invalid_argument("Invalid Encoding Method specified in Request")),
    }
}

fn after(token: &str) -> Result<Start, Refusal> {
    let wrong = || {
        invalid_argument("The continuation token provided is incorrect").detail("ArgumentName", "continuation-token")
    };
    let start = opened(token).ok_or_else(wrong)?;
    match (start.strip_prefix('k'), start.strip_prefix('p')) {
        (Some(key), _) => Ok(Start { key: Some(key.to_owned()), common: None }),
        (None, Some(common)) => Ok(Start { key: None, common: Some(common.to_owned()) }),
        (None, None) => Err(wrong()),
    }
}

fn head(bucket: &Bucket, request: &Request, most: usize, more: bool) -> String {
    let prefix = request.parameter("prefix").unwrap_or_default();
    let delimiter = request.parameter("delimiter").unwrap_or_default();
    let url = request.parameter("encoding-type") == Some("url");
    let text = if url { encoded } else { escape };
    let mut inside = format!(
        "<Name>{}</Name><Prefix>{}</Prefix><MaxKeys>{most}</MaxKeys><IsTruncated>{more}</IsTruncated>",
        bucket.name,
        text(prefix)
    );
    if !delimiter.is_empty() {
        let _ = write!(inside, "<Delimiter>{}</Delimiter>", text(delimiter));
    }
    if url {
        inside.push_str("<EncodingType>url</EncodingType>");
    }
    inside
}

fn body(bucket: &Bucket, found: &[Found<'_>], owner: bool, text: fn(&str) -> String) -> String {
    let owner =
        if owner { format!("<Owner><ID>{}</ID></Owner>", canonical_id(&bucket.account)) } else { String::new() };
    let (mut keys, mut commons) = (String::new(), String::new());
    for one in found {
        match one {
            Found::Key(key, object) => {
                let _ = write!(
                    keys,
                    "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass>{owner}</Contents>",
                    text(key),
                    stamp(object.modified).replace('Z', ".000Z"),
                    escape(&object.etag),
                    object.size
                );
            }
            Found::Common(prefix) => {
                let _ = write!(commons, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", text(prefix));
            }
        }
    }
    keys + &commons
}
