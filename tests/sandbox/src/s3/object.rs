//! Objects: `winterbaume-s3` stores their bytes, and the sandbox stores their encryption.
//!
//! This module writes only operators' objects. [`crate::delivery`] writes the log services' objects.

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use bytes::Bytes;
use http::HeaderMap;

use crate::s3::acl;
use crate::s3::address::Address;
use crate::s3::bucket::Object;
use crate::s3::encryption::{self, Applied};
use crate::s3::error::{Refusal, access_denied, no_such_bucket, refuse};
use crate::sandbox::Sandbox;
use crate::wire::{Reply, Request};
use crate::xml;

/// Writes an object for `PutObject`, `CopyObject` or a completed multipart upload.
pub async fn put(sandbox: &Sandbox, request: &Request, address: &Address, requester: &str) -> Result<Reply, Refusal> {
    let (Some(name), Some(key)) = (&address.bucket, &address.key) else {
        return Err(no_such_bucket());
    };
    let applied = {
        let mut world = sandbox.world();
        let bucket = world.buckets.get(name).ok_or_else(no_such_bucket)?;
        // S3 User Guide, "Controlling ownership of objects": other ACLs are rejected if ACLs are disabled.
        if bucket.owner_enforced() && request.header("x-amz-acl").is_some_and(|acl| acl != "bucket-owner-full-control")
        {
            return Err(acl::disabled());
        }
        let (encryption, region) = (bucket.encryption.clone(), bucket.region.clone());
        encryption::applied(&mut world, &encryption, &region, requester, request)?
    };
    let reply = sandbox.services().s3(request).await;
    if !reply.ok() {
        return Ok(reply);
    }
    let whole = request.method == "PUT" && request.header("x-amz-copy-source").is_none();
    let (size, etag) = if whole { (request.body.len(), etag(&reply)) } else { size_and_etag(sandbox, name, key).await };
    let object = Object {
        algorithm: applied.algorithm.clone(),
        key: applied.key.clone(),
        bucket_key: applied.bucket_key,
        readable: true,
        size,
        etag,
        modified: SystemTime::now(),
        writer: requester.to_owned(),
        metadata: metadata(&request.headers),
    };
    keep(sandbox, name, key, object);
    Ok(applied.headers(reply))
}

async fn size_and_etag(sandbox: &Sandbox, bucket: &str, key: &str) -> (usize, String) {
    let head = Request::new("HEAD", &format!("/{bucket}/{}", encoded(key)), HeaderMap::new(), Bytes::new());
    let reply = sandbox.services().s3(&head).await;
    let length = reply.headers.get("content-length").and_then(|value| value.to_str().ok());
    (length.and_then(|text| text.parse().ok()).unwrap_or_default(), etag(&reply))
}

fn etag(reply: &Reply) -> String {
    reply.headers.get("etag").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Writes an object as a service does and returns its entity tag. The caller has already checked the policy.
pub async fn write(sandbox: &Sandbox, bucket: &str, key: &str, body: &[u8], object: Object) -> String {
    let mut headers = HeaderMap::new();
    for (name, value) in &object.metadata {
        if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) {
            headers.insert(name, value);
        }
    }
    let request = Request::new("PUT", &format!("/{bucket}/{}", encoded(key)), headers, Bytes::copy_from_slice(body));
    let reply = sandbox.services().s3(&request).await;
    let etag = etag(&reply);
    if reply.ok() {
        keep(sandbox, bucket, key, Object { size: body.len(), etag: etag.clone(), ..object });
    }
    etag
}

/// `GetObject` and `HeadObject`. Objects encrypted with someone else's key can't be read.
pub async fn get(sandbox: &Sandbox, request: &Request, address: &Address) -> Result<Reply, Refusal> {
    let (Some(name), Some(key)) = (&address.bucket, &address.key) else {
        return Err(no_such_bucket());
    };
    let (object, versioned) = {
        let world = sandbox.world();
        let bucket = world.buckets.get(name).ok_or_else(no_such_bucket)?;
        (bucket.objects.get(key).cloned(), bucket.settings.contains_key("versioning"))
    };
    // `winterbaume-s3` still has the objects of a replaced bucket, and it answers requests for versions.
    if object.is_none() && !versioned {
        return Err(refuse(404, "NoSuchKey", "The specified key does not exist."));
    }
    if let Some(object) = object.as_ref().filter(|_| request.method == "GET") {
        if !object.readable {
            return Err(access_denied());
        }
        if let Some(arn) = &object.key {
            let world = sandbox.world();
            let region = world.buckets.get(name).map(|bucket| bucket.region.clone()).unwrap_or_default();
            encryption::usable(&world, "", &region, arn)?;
        }
    }
    let reply = sandbox.services().s3(request).await;
    Ok(match object.filter(|_| reply.ok()) {
        Some(object) => {
            let applied = Applied { algorithm: object.algorithm, key: object.key, bucket_key: object.bucket_key };
            let reply = applied.headers(reply);
            if request.parameter("versionId").is_some() {
                return Ok(reply);
            }
            let modified = DateTime::from_secs(DateTime::from(object.modified).secs());
            reply.with("last-modified", &modified.fmt(Format::HttpDate).unwrap_or_default())
        }
        None => reply,
    })
}

pub async fn delete(sandbox: &Sandbox, request: &Request, address: &Address) -> Reply {
    let reply = sandbox.services().s3(request).await;
    if let (true, Some(name)) = (reply.ok(), &address.bucket) {
        let several = xml::parse(&request.body)
            .map(|root| root.all("Object").filter_map(|object| object.text_at(&["Key"]).map(str::to_owned)).collect())
            .unwrap_or_default();
        let keys: Vec<String> = address.key.as_ref().map_or(several, |key| vec![key.clone()]);
        if let Some(bucket) = sandbox.world().buckets.get_mut(name) {
            for key in keys {
                bucket.objects.remove(&key);
            }
        }
    }
    reply
}

fn keep(sandbox: &Sandbox, bucket: &str, key: &str, object: Object) {
    if let Some(bucket) = sandbox.world().buckets.get_mut(bucket) {
        bucket.objects.insert(key.to_owned(), object);
    }
}

fn metadata(headers: &HeaderMap) -> BTreeMap<String, String> {
    headers
        .iter()
        .filter(|(name, _)| *name == "content-type" || name.as_str().starts_with("x-amz-meta-"))
        .filter_map(|(name, value)| value.to_str().ok().map(|value| (name.to_string(), value.to_owned())))
        .collect()
}

/// Encodes a key for use in a path.
#[must_use]
pub fn encoded(key: &str) -> String {
    key.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
