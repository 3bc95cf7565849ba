//! Inventory configurations: stored as sent, listed in pages.
//!
//! When a configuration is set, S3 checks neither the destination's policy nor the key. [`crate::delivery::inventory`]
//! writes the reports.

use crate::s3::bucket::Bucket;
use crate::s3::error::{Refusal, invalid_argument, malformed_xml, refuse};
use crate::s3::settings::document;
use crate::token::{opened, sealed};
use crate::wire::{Reply, Request};
use crate::xml;

/// S3 User Guide: "up to 1,000 inventory configurations per bucket".
const MOST: usize = 1000;
/// S3 API, `ListBucketInventoryConfigurations`: "up to 100 configurations at a time".
const PAGE: usize = 100;

fn no_such_configuration() -> Refusal {
    refuse(404, "NoSuchConfiguration", "The specified configuration does not exist.")
}

pub fn put(bucket: &mut Bucket, request: &Request) -> Result<(), Refusal> {
    let id = request.parameter("id").unwrap_or_default();
    let root =
        xml::parse(&request.body).filter(|root| root.name == "InventoryConfiguration").ok_or_else(malformed_xml)?;
    if root.text_at(&["Id"]) != Some(id) {
        return Err(invalid_argument("The Id of the configuration does not match the id of the request"));
    }
    let destination = ["Destination", "S3BucketDestination"];
    let of_destination = |name: &str| root.at(&destination).and_then(|node| node.text_at(&[name]));
    let one_of = |value: Option<&str>, known: &[&str]| value.is_some_and(|value| known.contains(&value));
    let sound = one_of(root.text_at(&["IsEnabled"]), &["true", "false"])
        && one_of(root.text_at(&["IncludedObjectVersions"]), &["All", "Current"])
        && one_of(root.text_at(&["Schedule", "Frequency"]), &["Daily", "Weekly"])
        && one_of(of_destination("Format"), &["CSV", "ORC", "Parquet"]);
    if !sound {
        return Err(malformed_xml());
    }
    if !of_destination("Bucket").is_some_and(|arn| arn.starts_with("arn:aws") && arn.contains(":s3:::")) {
        return Err(invalid_argument("Invalid S3 destination bucket ARN"));
    }
    if bucket.inventories.len() >= MOST && !bucket.inventories.contains_key(id) {
        return Err(refuse(
            400,
            "TooManyConfigurations",
            "You are attempting to create a new configuration but have already reached the 1,000-configuration limit.",
        ));
    }
    bucket.inventories.insert(id.to_owned(), String::from_utf8_lossy(&request.body).into_owned());
    Ok(())
}

pub fn get(bucket: &Bucket, id: &str) -> Result<Reply, Refusal> {
    bucket.inventories.get(id).map(|text| document(text)).ok_or_else(no_such_configuration)
}

pub fn delete(bucket: &mut Bucket, id: &str) -> Result<(), Refusal> {
    bucket.inventories.remove(id).map(|_| ()).ok_or_else(no_such_configuration)
}

/// Returns a page of configurations, by ID.
pub fn list(bucket: &Bucket, token: Option<&str>) -> Result<Reply, Refusal> {
    let token = token.filter(|token| !token.is_empty());
    let after = match token {
        Some(token) => {
            Some(opened(token).ok_or_else(|| invalid_argument("The continuation token provided is incorrect"))?)
        }
        None => None,
    };
    let mut inside = token.map(|token| format!("<ContinuationToken>{token}</ContinuationToken>")).unwrap_or_default();
    let mut rest = bucket.inventories.iter().filter(|(id, _)| after.as_ref().is_none_or(|after| *id > after));
    let mut last = None;
    for (id, text) in rest.by_ref().take(PAGE) {
        let body = text
            .trim_start()
            .strip_prefix("<?")
            .and_then(|rest| rest.split_once("?>"))
            .map_or(text.as_str(), |(_, body)| body);
        inside.push_str(body.trim());
        last = Some(id);
    }
    let more = rest.next().is_some();
    let next = last
        .filter(|_| more)
        .map(|id| format!("<NextContinuationToken>{}</NextContinuationToken>", sealed(id)))
        .unwrap_or_default();
    Ok(Reply::xml(
        200,
        format!(
            "<ListInventoryConfigurationsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{inside}<IsTruncated>{more}</IsTruncated>{next}</ListInventoryConfigurationsResult>"
        ),
    ))
}
