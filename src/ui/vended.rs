//! Texts about `CloudWatch` vended logs, shared by text, JSON, CSV and HTML.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::health::Report;
use crate::state::{DeliverySource, VendedDelivery};

use super::words::shortened;

/// The state in text output if a log's own setting is off, but vended logs deliver the log. In JSON, the state is
/// `off`.
pub(super) const WORD: &str = "vended";

/// Describes what vended logs do with a log.
pub(super) fn sentence(source: &DeliverySource) -> String {
    let name = &source.name;
    match &source.delivery {
        VendedDelivery::To(arns) => {
            let arns: Vec<String> = arns.iter().map(|arn| format!("`{arn}`")).collect();
            format!("delivered by CloudWatch vended logs: delivery source `{name}` to {}; not judged", shortened(&arns))
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

/// Describes what a delivery source delivers to the bucket being checked.
pub(super) fn delivered_there(source: &DeliverySource) -> String {
    let DeliverySource { name, resources, log_type, delivery } = source;
    let resources: Vec<String> = resources.iter().map(|arn| format!("`{arn}`")).collect();
    let of = if resources.is_empty() { String::new() } else { format!(" (`{log_type}` of {})", shortened(&resources)) };
    let to = match delivery {
        VendedDelivery::To(arns) => {
            let arns: Vec<String> = arns.iter().map(|arn| format!("`{arn}`")).collect();
            format!("delivers to {}", shortened(&arns))
        }
        VendedDelivery::Inactive => "has a delivery to this bucket but is inactive, so it delivers nothing".to_owned(),
        VendedDelivery::NoDelivery | VendedDelivery::Unread(_) => "may deliver to this bucket".to_owned(),
    };
    format!("delivery source `{name}` of CloudWatch vended logs{of} {to}; not judged")
}

/// Lists what was not checked: each refusal by AWS, and one line for each question whose reads failed.
pub(super) fn not_checked(report: &Report) -> Vec<String> {
    let open: BTreeSet<&str> =
        report.not_checked.iter().filter(|one| !one.is_refused).map(|one| one.question).collect();
    let open = open.into_iter().map(|question| format!("{question}: could not be read (`--verbose` shows why)"));
    report.refused_beside().map(str::to_owned).chain(open).collect()
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "DeliverySource"))]
pub(super) struct VendedBody {
    /// Its name.
    delivery_source: String,
    /// Whether it delivers. Absent if its deliveries could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivers: Option<bool>,
    /// The ARNs of its destinations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    destinations: Vec<String>,
    /// The same in words.
    what: String,
}

/// A delivery source that delivers to the bucket being checked.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "DeliverySourceHere"))]
pub(super) struct VendedIntoBody {
    /// Its name.
    delivery_source: String,
    /// Whether it delivers. Absent if its deliveries could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivers: Option<bool>,
    /// The ARNs of its destinations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    destinations: Vec<String>,
    /// The ARNs of the resources that log.
    source_arns: Vec<String>,
    /// The kind of log, such as `ALB_ACCESS_LOGS`.
    vended_log_type: String,
    /// The same in words.
    what: String,
}

impl VendedIntoBody {
    pub(super) fn new(source: &DeliverySource) -> Self {
        let VendedBody { delivery_source, delivers, destinations, what: _ } = VendedBody::new(source);
        let (source_arns, vended_log_type) = (source.resources.clone(), source.log_type.clone());
        Self { delivery_source, delivers, destinations, source_arns, vended_log_type, what: delivered_there(source) }
    }
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
