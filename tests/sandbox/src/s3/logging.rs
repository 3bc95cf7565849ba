//! Server access logging: the configuration, and what S3 checks when it is set.
//!
//! S3 doesn't check the target's policy or encryption here. [`crate::delivery::access_log`] decides whether logs
//! arrive.

use crate::s3::error::{Refusal, malformed_xml, refuse};
use crate::s3::settings::document;
use crate::wire::Reply;
use crate::world::World;
use crate::xml;

/// S3 API, "List of error codes".
const NO_GRANTS: &str = "The target bucket for logging does not exist, is not owned by you, or does not have the appropriate grants for the log-delivery group.";

/// Sets a bucket's logging. An empty status turns it off.
///
/// The messages are from the S3 User Guide, "Troubleshooting server access logging". The code for another Region is
/// spelled with three t's on the wire, unlike in the list of error codes (seen in the field).
pub fn put(world: &mut World, source: &str, body: &[u8]) -> Result<(), Refusal> {
    let root = xml::parse(body).filter(|root| root.name == "BucketLoggingStatus").ok_or_else(malformed_xml)?;
    if let Some(enabled) = root.child("LoggingEnabled") {
        let target = enabled.text_at(&["TargetBucket"]).ok_or_else(malformed_xml)?;
        enabled.child("TargetPrefix").ok_or_else(malformed_xml)?;
        if world.spreading.refuses() {
            return Err(refuse(400, "InvalidTargetBucketForLogging", NO_GRANTS));
        }
        check(world, source, target, enabled.child("TargetGrants").is_some_and(|grants| !grants.children.is_empty()))?;
    }
    let text = String::from_utf8_lossy(body).into_owned();
    if let Some(bucket) = world.buckets.get_mut(source) {
        if root.children.is_empty() {
            bucket.settings.remove("logging");
        } else {
            bucket.settings.insert("logging".to_owned(), text);
        }
    }
    Ok(())
}

fn check(world: &World, source: &str, target: &str, grants: bool) -> Result<(), Refusal> {
    let invalid = |message: &str| refuse(400, "InvalidTargetBucketForLogging", message);
    let target = world.buckets.get(target).ok_or_else(|| invalid("The target bucket for logging does not exist"))?;
    let Some(source) = world.buckets.get(source) else {
        return Ok(());
    };
    if source.account != target.account {
        return Err(invalid("The owner for the bucket to be logged and the target bucket must be the same."));
    }
    if source.region != target.region {
        return Err(refuse(403, "CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. "));
    }
    if grants && target.owner_enforced() {
        return Err(refuse(400, "InvalidArgument", "Target grants not allowed for bucket owner enforced buckets"));
    }
    Ok(())
}

/// Returns a bucket's logging as XML.
pub fn get(text: Option<&String>) -> Reply {
    text.map_or_else(
        || Reply::xml(200, "<BucketLoggingStatus xmlns=\"http://doc.s3.amazonaws.com/2006-03-01\" />"),
        |text| document(text),
    )
}
