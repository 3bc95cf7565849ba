//! The route of `CloudWatch` vended logs, in words that text, JSON, CSV and the page share.

use serde::Serialize;

use crate::health::Report;
use crate::state::{DeliverySource, VendedDelivery};

use super::words::shortened;

/// The word of a log whose own setting is off, and that this route delivers: for people; in JSON it is `off`.
pub(super) const WORD: &str = "vended";

/// Where this route could not be asked about, whatever the cause.
const NOT_FOUND_OUT: &str =
    "whether CloudWatch vended logs deliver logs that are off: not found out, and `--verbose` says why";

/// A sentence about it.
pub(super) fn sentence(source: &DeliverySource) -> String {
    let name = &source.name;
    match &source.delivery {
        VendedDelivery::To(arns) => {
            let arns: Vec<String> = arns.iter().map(|arn| format!("`{arn}`")).collect();
            format!("logs by CloudWatch vended logs: delivery source `{name}` to {}; not judged", shortened(&arns))
        }
        VendedDelivery::Unread(why) => {
            format!("may be delivered by CloudWatch vended logs (delivery source `{name}`): {why}")
        }
        VendedDelivery::NoDelivery => {
            format!("delivery source `{name}` of CloudWatch vended logs has no delivery, so it delivers nothing")
        }
        VendedDelivery::Inactive => {
            format!("delivery source `{name}` of CloudWatch vended logs is inactive, so it delivers nothing")
        }
    }
}

/// What was not checked beside: each thing that AWS refused, and in one line that something else failed.
pub(super) fn not_checked(report: &Report) -> impl Iterator<Item = &str> {
    let fails = report.not_checked.iter().any(|one| !one.is_refused);
    report.refused_beside().chain(fails.then_some(NOT_FOUND_OUT))
}

/// A delivery source in JSON.
#[derive(Debug, Serialize)]
pub(super) struct VendedBody {
    delivery_source: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivers: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    destinations: Vec<String>,
    what: String,
}

impl VendedBody {
    pub(super) fn new(source: &DeliverySource) -> Self {
        let destinations = match &source.delivery {
            VendedDelivery::To(arns) => arns.clone(),
            VendedDelivery::Inactive | VendedDelivery::NoDelivery | VendedDelivery::Unread(_) => Vec::new(),
        };
        Self { delivery_source: source.name.clone(), delivers: source.delivers(), destinations, what: sentence(source) }
    }
}
