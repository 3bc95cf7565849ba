//! The names of S3's operations and of the actions in policies.
//!
//! They follow from the method, the key and the query, as in S3's REST API.

use crate::wire::Request;

/// Bucket settings: the query parameter, the operation's noun, and the action's noun ("Actions, resources, and
/// condition keys for Amazon S3").
const SETTINGS: &[(&str, &str, &str)] = &[
    ("policyStatus", "BucketPolicyStatus", "BucketPolicyStatus"),
    ("policy", "BucketPolicy", "BucketPolicy"),
    ("encryption", "BucketEncryption", "EncryptionConfiguration"),
    ("publicAccessBlock", "PublicAccessBlock", "BucketPublicAccessBlock"),
    ("ownershipControls", "BucketOwnershipControls", "BucketOwnershipControls"),
    ("lifecycle", "BucketLifecycleConfiguration", "LifecycleConfiguration"),
    ("tagging", "BucketTagging", "BucketTagging"),
    ("requestPayment", "BucketRequestPayment", "BucketRequestPayment"),
    ("object-lock", "ObjectLockConfiguration", "BucketObjectLockConfiguration"),
    ("logging", "BucketLogging", "BucketLogging"),
    ("inventory", "BucketInventoryConfiguration", "InventoryConfiguration"),
    ("location", "BucketLocation", "BucketLocation"),
    ("versioning", "BucketVersioning", "BucketVersioning"),
    ("acl", "BucketAcl", "BucketAcl"),
    ("cors", "BucketCors", "BucketCORS"),
    ("website", "BucketWebsite", "BucketWebsite"),
    ("notification", "BucketNotificationConfiguration", "BucketNotification"),
    ("replication", "BucketReplication", "ReplicationConfiguration"),
    ("accelerate", "BucketAccelerateConfiguration", "AccelerateConfiguration"),
    ("analytics", "BucketAnalyticsConfiguration", "AnalyticsConfiguration"),
    ("metrics", "BucketMetricsConfiguration", "MetricsConfiguration"),
    ("intelligent-tiering", "BucketIntelligentTieringConfiguration", "IntelligentTieringConfiguration"),
    ("metadataConfiguration", "BucketMetadataConfiguration", "BucketMetadataTableConfiguration"),
    ("abac", "BucketAbac", "BucketAbac"),
];

/// Settings that a bucket can have several times, each with an ID. A request without an ID lists them.
const BY_ID: [&str; 4] = ["inventory", "analytics", "metrics", "intelligent-tiering"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Such as `PutBucketPolicy`.
    pub name: String,
    /// Such as `s3:PutBucketPolicy`.
    pub action: String,
    /// Whether the operation changes anything.
    pub mutating: bool,
}

/// Returns the operation of a request to a bucket (`key` is false) or an object.
#[must_use]
pub fn operation(request: &Request, bucket: bool, key: bool) -> Operation {
    let method = request.method.as_str();
    let (name, action) = if !bucket {
        ("ListBuckets".to_owned(), "ListAllMyBuckets".to_owned())
    } else if key {
        of_object(method, request)
    } else {
        of_bucket(method, request)
    };
    Operation { name, action: format!("s3:{action}"), mutating: !matches!(method, "GET" | "HEAD") }
}

/// Returns the query parameter of the bucket setting in a request, or an empty string for the bucket itself.
#[must_use]
pub fn setting(request: &Request) -> &'static str {
    let named = SETTINGS.iter().find(|(parameter, _, _)| request.parameter(parameter).is_some());
    named.map_or("", |(parameter, _, _)| if *parameter == "policyStatus" { "policy" } else { parameter })
}

fn of_bucket(method: &str, request: &Request) -> (String, String) {
    let setting = SETTINGS.iter().find(|(parameter, _, _)| request.parameter(parameter).is_some());
    if let Some((parameter, noun, action)) = setting {
        let verb = match method {
            "PUT" => "Put",
            "DELETE" => "Delete",
            _ if BY_ID.contains(parameter) && request.parameter("id").is_none() => {
                return (format!("List{noun}s"), format!("Get{action}"));
            }
            _ => "Get",
        };
        let name = if (verb, *parameter) == ("Delete", "lifecycle") { "BucketLifecycle" } else { noun };
        let verb_of_action = if (verb, *parameter) == ("Delete", "policy") || verb != "Delete" { verb } else { "Put" };
        return (format!("{verb}{name}"), format!("{verb_of_action}{action}"));
    }
    let (name, action) = match method {
        "PUT" => ("CreateBucket", "CreateBucket"),
        "DELETE" => ("DeleteBucket", "DeleteBucket"),
        "HEAD" => ("HeadBucket", "ListBucket"),
        "POST" => ("DeleteObjects", "DeleteObject"),
        _ if request.parameter("versions").is_some() => ("ListObjectVersions", "ListBucketVersions"),
        _ if request.parameter("uploads").is_some() => ("ListMultipartUploads", "ListBucketMultipartUploads"),
        _ if request.parameter("list-type").is_some() => ("ListObjectsV2", "ListBucket"),
        _ => ("ListObjects", "ListBucket"),
    };
    (name.to_owned(), action.to_owned())
}

fn of_object(method: &str, request: &Request) -> (String, String) {
    let has = |parameter: &str| request.parameter(parameter).is_some();
    let (name, action) = match method {
        "PUT" if has("uploadId") => ("UploadPart", "PutObject"),
        "PUT" if has("acl") => ("PutObjectAcl", "PutObjectAcl"),
        "PUT" if has("tagging") => ("PutObjectTagging", "PutObjectTagging"),
        "PUT" if request.header("x-amz-copy-source").is_some() => ("CopyObject", "PutObject"),
        "PUT" => ("PutObject", "PutObject"),
        "POST" if has("uploads") => ("CreateMultipartUpload", "PutObject"),
        "POST" if has("uploadId") => ("CompleteMultipartUpload", "PutObject"),
        "POST" => ("PostObject", "PutObject"),
        "DELETE" if has("uploadId") => ("AbortMultipartUpload", "AbortMultipartUpload"),
        "DELETE" => ("DeleteObject", "DeleteObject"),
        "HEAD" => ("HeadObject", "GetObject"),
        _ if has("acl") => ("GetObjectAcl", "GetObjectAcl"),
        _ if has("tagging") => ("GetObjectTagging", "GetObjectTagging"),
        _ if has("attributes") => ("GetObjectAttributes", "GetObjectAttributes"),
        _ => ("GetObject", "GetObject"),
    };
    (name.to_owned(), action.to_owned())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::operation;
    use crate::wire::Request;

    #[test]
    fn operations_have_their_api_names() {
        for (method, uri, key, name, action) in [
            (
                "GET",
                "/b?inventory&x-id=ListBucketInventoryConfigurations",
                false,
                "ListBucketInventoryConfigurations",
                "s3:GetInventoryConfiguration",
            ),
            ("PUT", "/b?encryption", false, "PutBucketEncryption", "s3:PutEncryptionConfiguration"),
            ("DELETE", "/b?policy", false, "DeleteBucketPolicy", "s3:DeleteBucketPolicy"),
            ("DELETE", "/b?lifecycle", false, "DeleteBucketLifecycle", "s3:PutLifecycleConfiguration"),
            ("HEAD", "/b", false, "HeadBucket", "s3:ListBucket"),
            ("PUT", "/b/k?x-id=PutObject", true, "PutObject", "s3:PutObject"),
        ] {
            let request = Request::new(method, uri, HeaderMap::new(), Bytes::new());
            let found = operation(&request, true, key);
            assert_eq!((found.name.as_str(), found.action.as_str()), (name, action));
        }
    }
}
