//! `CreateBucket`: names, Regions, the account-regional namespace.
//!
//! [`Bucket::new`] has the settings of a new bucket.

use crate::region::opt_in;
use crate::s3::acl;
use crate::s3::bucket::{Bucket, ownership};
use crate::s3::error::{Refusal, access_denied, malformed_xml, refuse};
use crate::wire::Request;
use crate::world::World;
use crate::xml::{self, Node};

/// Adds the bucket, or returns an error. An existing bucket stays unchanged.
pub fn create(world: &mut World, request: &Request, name: &str, account: &str, region: &str) -> Result<(), Refusal> {
    let configuration =
        if request.body.is_empty() { None } else { Some(xml::parse(&request.body).ok_or_else(malformed_xml)?) };
    let region = location(configuration.as_ref(), region)?;
    let namespaced = request.header("x-amz-bucket-namespace") == Some("account-regional");
    check_name(name, namespaced, account, &region)?;
    if let Some(known) = world.buckets.get(name) {
        if known.account != account {
            let message = "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.";
            return Err(refuse(409, "BucketAlreadyExists", message));
        }
        // S3 API, CreateBucket: in us-east-1 "Amazon S3 returns 200 OK and resets the bucket access control lists".
        if known.region == "us-east-1" && region == "us-east-1" && !namespaced {
            return Ok(());
        }
        return Err(refuse(
            409,
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
        ));
    }
    let mut bucket = Bucket { created: world.creation_date(), ..Bucket::new(name, account, &region) };
    if let Some(kind) = request.header("x-amz-object-ownership") {
        bucket.settings.insert("ownershipControls".to_owned(), ownership(kind));
    }
    if let Some(grants) = acl::of_headers(request, account)? {
        let document = acl::document(account, &grants);
        bucket.settings.insert("acl".to_owned(), document);
        if bucket.owner_enforced() && acl::grants_others(&bucket) {
            return Err(acl::not_with_ownership());
        }
        if bucket.blocks_public("BlockPublicAcls") && acl::public(&grants) {
            return Err(access_denied());
        }
    }
    if request.header("x-amz-bucket-object-lock-enabled") == Some("true") {
        bucket.settings.insert(
            "versioning".to_owned(),
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>".to_owned(),
        );
        bucket.settings.insert(
            "object-lock".to_owned(),
            "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
                .to_owned(),
        );
    }
    if let Some(tags) = configuration.as_ref().and_then(tags) {
        bucket.settings.insert("tagging".to_owned(), tags);
    }
    world.buckets.insert(name.to_owned(), bucket);
    Ok(())
}

/// Returns the new bucket's Region.
///
/// S3 API, `CreateBucketConfiguration`: `us-east-1` is the default, but not a valid value. `EU` means eu-west-1. An
/// opt-in Region only accepts requests to its own endpoint.
fn location(configuration: Option<&Node>, endpoint: &str) -> Result<String, Refusal> {
    let constraint =
        configuration.and_then(|node| node.text_at(&["LocationConstraint"])).filter(|text| !text.is_empty());
    let constraint = if constraint == Some("EU") { Some("eu-west-1") } else { constraint };
    match constraint {
        None if endpoint == "us-east-1" => Ok(endpoint.to_owned()),
        None => Err(refuse(
            400,
            "IllegalLocationConstraintException",
            "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
        )),
        Some("us-east-1") => {
            Err(refuse(400, "InvalidLocationConstraint", "The specified location-constraint is not valid"))
        }
        Some(named) if named.split('-').count() < 3 => {
            Err(refuse(400, "InvalidLocationConstraint", "The specified location-constraint is not valid"))
        }
        Some(named) if named == endpoint || (endpoint == "us-east-1" && !opt_in(named)) => Ok(named.to_owned()),
        Some(named) => Err(refuse(
            400,
            "IllegalLocationConstraintException",
            &format!(
                "The {named} location constraint is incompatible for the region specific endpoint this request was sent to."
            ),
        )),
    }
}

/// S3 User Guide, "General purpose bucket naming rules" and "Namespaces for general purpose buckets".
fn check_name(name: &str, namespaced: bool, account: &str, region: &str) -> Result<(), Refusal> {
    let invalid = || refuse(400, "InvalidBucketName", "The specified bucket is not valid.");
    let letters = name
        .chars()
        .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '.' || letter == '-');
    let ends = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric());
    let starts = ["xn--", "sthree-", "amzn-s3-demo-"].iter().any(|start| name.starts_with(start));
    let reserved = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].iter().any(|end| name.ends_with(end));
    let address = name.split('.').count() == 4 && name.split('.').all(|part| part.parse::<u8>().is_ok());
    if !(3..=63).contains(&name.len())
        || !letters
        || !ends(name.chars().next())
        || !ends(name.chars().last())
        || name.contains("..")
        || starts
        || reserved
        || address
    {
        return Err(invalid());
    }
    let own = name.ends_with(&format!("-{account}-{region}-an"));
    if namespaced && !own {
        return Err(refuse(
            400,
            "InvalidBucketName",
            "The bucket name does not end in the suffix of your account and Region.",
        ));
    }
    if !namespaced && name.ends_with("-an") {
        return Err(invalid());
    }
    Ok(())
}

/// Returns the tags in the configuration as a tagging document.
fn tags(configuration: &Node) -> Option<String> {
    let tags = configuration.child("Tags").or_else(|| configuration.at(&["TagSet"]))?;
    let set: Vec<String> = tags
        .all("Tag")
        .map(|tag| {
            let text = |name: &str| xml::escape(tag.text_at(&[name]).unwrap_or_default());
            format!("<Tag><Key>{}</Key><Value>{}</Value></Tag>", text("Key"), text("Value"))
        })
        .collect();
    Some(set.concat()).filter(|set| !set.is_empty()).map(|set| {
        format!("<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet>{set}</TagSet></Tagging>")
    })
}
