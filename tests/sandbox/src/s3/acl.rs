//! The bucket's ACL: grants from a canned ACL, headers or a document. Not available if ACLs are disabled.
//!
//! S3 User Guide, "Access control list (ACL) overview". Only the log delivery group's grants have an effect (see
//! [`crate::delivery::access_log`]).

use std::fmt::Write as _;

use crate::account::canonical_id;
use crate::s3::bucket::Bucket;
use crate::s3::error::{Refusal, access_denied, invalid_argument, refuse};
use crate::wire::{Reply, Request};
use crate::xml::{self, Node, escape};

/// The group that writes server access logs.
pub const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
/// S3 User Guide: "An ACL can have up to 100 grants."
const MOST: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// A group's URI, or an account's canonical user ID.
    pub grantee: String,
    /// Such as `READ_ACP`.
    pub permission: String,
}

fn grant(grantee: &str, permission: &str) -> Grant {
    Grant { grantee: grantee.to_owned(), permission: permission.to_owned() }
}

/// Returns the grants of a canned ACL on a bucket, or `None` for an unknown one.
#[must_use]
pub fn canned(name: &str, account: &str) -> Option<Vec<Grant>> {
    let mut grants = vec![grant(&canonical_id(account), "FULL_CONTROL")];
    match name {
        // On a bucket, S3 ignores the two bucket-owner ACLs, and aws-exec-read only allows EC2 to read.
        "private" | "aws-exec-read" | "bucket-owner-read" | "bucket-owner-full-control" => {}
        "public-read" => grants.push(grant(ALL_USERS, "READ")),
        "public-read-write" => grants.extend([grant(ALL_USERS, "READ"), grant(ALL_USERS, "WRITE")]),
        "authenticated-read" => grants.push(grant(AUTHENTICATED_USERS, "READ")),
        "log-delivery-write" => {
            grants.extend([grant(LOG_DELIVERY, "WRITE"), grant(LOG_DELIVERY, "READ_ACP")]);
        }
        _ => return None,
    }
    Some(grants)
}

/// Returns the grants in a request's headers, or `None` if there are no ACL headers.
pub fn of_headers(request: &Request, account: &str) -> Result<Option<Vec<Grant>>, Refusal> {
    let mut grants = Vec::new();
    for (header, permission) in [
        ("x-amz-grant-full-control", "FULL_CONTROL"),
        ("x-amz-grant-read", "READ"),
        ("x-amz-grant-write", "WRITE"),
        ("x-amz-grant-read-acp", "READ_ACP"),
        ("x-amz-grant-write-acp", "WRITE_ACP"),
    ] {
        for grantee in request.header(header).into_iter().flat_map(|value| value.split(',')) {
            let named = grantee.trim().split_once('=').filter(|(kind, _)| ["uri", "id"].contains(kind));
            let (_, named) = named.ok_or_else(|| invalid_argument("Argument format not recognized"))?;
            grants.push(grant(named.trim_matches('"'), permission));
        }
    }
    match request.header("x-amz-acl") {
        Some(_) if !grants.is_empty() => {
            Err(refuse(400, "InvalidRequest", "Specifying both Canned ACLs and Header Grants is not allowed"))
        }
        Some(name) => canned(name, account)
            .map(Some)
            .ok_or_else(|| invalid_argument("Argument x-amz-acl is not valid").detail("ArgumentName", "x-amz-acl")),
        None => Ok(Some(grants).filter(|grants| !grants.is_empty())),
    }
}

/// Sets the ACL. Fails if ACLs are disabled (S3 User Guide, "Troubleshooting" of object ownership).
pub fn put(bucket: &mut Bucket, request: &Request) -> Result<(), Refusal> {
    if bucket.owner_enforced() {
        return if request.header("x-amz-acl") == Some("bucket-owner-full-control") { Ok(()) } else { Err(disabled()) };
    }
    let grants = match of_headers(request, &bucket.account)? {
        Some(_) if !request.body.is_empty() => {
            return Err(refuse(400, "UnexpectedContent", "This request does not support content"));
        }
        Some(grants) => grants,
        None if request.body.is_empty() => {
            return Err(refuse(400, "MissingSecurityHeader", "Your request was missing a required header"));
        }
        None => xml::parse(&request.body).and_then(|root| of_document(&root)).ok_or_else(malformed)?,
    };
    if grants.len() > MOST {
        return Err(malformed());
    }
    if bucket.blocks_public("BlockPublicAcls") && public(&grants) {
        return Err(access_denied());
    }
    bucket.settings.insert("acl".to_owned(), document(&bucket.account, &grants));
    Ok(())
}

/// 400 `AccessControlListNotSupported`.
pub fn disabled() -> Refusal {
    refuse(400, "AccessControlListNotSupported", "The bucket does not allow ACLs")
}

/// 400 `InvalidBucketAclWithObjectOwnership`.
pub fn not_with_ownership() -> Refusal {
    refuse(
        400,
        "InvalidBucketAclWithObjectOwnership",
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
    )
}

fn malformed() -> Refusal {
    refuse(
        400,
        "MalformedACLError",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// Parses a document's grants. Returns `None` if S3 would reject the document.
fn of_document(root: &Node) -> Option<Vec<Grant>> {
    let list = root.child("AccessControlList").filter(|_| root.name == "AccessControlPolicy")?;
    root.text_at(&["Owner", "ID"]).filter(|id| !id.is_empty())?;
    list.all("Grant")
        .map(|node| {
            let grantee = node.child("Grantee")?;
            let named =
                grantee.text_at(&["URI"]).or_else(|| grantee.text_at(&["ID"])).filter(|named| !named.is_empty())?;
            let permission = node.text_at(&["Permission"])?;
            ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"]
                .contains(&permission)
                .then(|| grant(named, permission))
        })
        .collect()
}

/// Returns whether everyone is granted something. The log delivery group is not everyone ("The meaning of public").
pub fn public(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| [ALL_USERS, AUTHENTICATED_USERS].contains(&grant.grantee.as_str()))
}

/// Returns a bucket's grants. If ACLs are disabled or no ACL is set, only the owner has a grant ("full control for the
/// bucket owner").
#[must_use]
pub fn grants(bucket: &Bucket) -> Vec<Grant> {
    let owners = || canned("private", &bucket.account).unwrap_or_default();
    if bucket.owner_enforced() {
        return owners();
    }
    bucket.setting("acl").and_then(|root| of_document(&root)).unwrap_or_else(owners)
}

/// Returns whether the ACL grants something to anyone but the owner, even if the grant has no effect.
#[must_use]
pub fn grants_others(bucket: &Bucket) -> bool {
    let put = bucket.setting("acl").and_then(|root| of_document(&root)).unwrap_or_default();
    put.iter().any(|grant| grant.grantee != canonical_id(&bucket.account))
}

/// Returns whether the log delivery group may write access logs: `WRITE` and `READ_ACP` ("Permissions for log
/// delivery").
#[must_use]
pub fn allows_logs(bucket: &Bucket) -> bool {
    let grants = grants(bucket);
    ["WRITE", "READ_ACP"].iter().all(|needed| {
        grants.iter().any(|grant| {
            grant.grantee == LOG_DELIVERY && (grant.permission == *needed || grant.permission == "FULL_CONTROL")
        })
    })
}

#[must_use]
pub fn document(account: &str, grants: &[Grant]) -> String {
    let mut list = String::new();
    for grant in grants {
        let (kind, element) =
            if grant.grantee.starts_with("http") { ("Group", "URI") } else { ("CanonicalUser", "ID") };
        let _ = write!(
            list,
            "<Grant><Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"{kind}\"><{element}>{}</{element}></Grantee><Permission>{}</Permission></Grant>",
            escape(&grant.grantee),
            grant.permission
        );
    }
    format!(
        "<AccessControlPolicy xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Owner><ID>{}</ID></Owner><AccessControlList>{list}</AccessControlList></AccessControlPolicy>",
        canonical_id(account)
    )
}

pub fn get(bucket: &Bucket) -> Reply {
    Reply::xml(200, document(&bucket.account, &grants(bucket)))
}
