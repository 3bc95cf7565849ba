//! AWS's own report on the latest delivery of a log. Only some services have one.

use crate::model::Moment;

use super::{Attachment, Destination, Kind, Layout, Log, Source, vpc_flow};

/// The result of a log's latest delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DeliveryStatus {
    Succeeded,
    /// AWS's message, such as `Access error`.
    Failed(String),
}

/// A failed delivery, and the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FailedDelivery {
    /// The ID of the log.
    pub log: String,
    /// AWS's message.
    pub message: String,
    /// Whether the message says that the service may not write.
    pub is_refusal: bool,
    /// The AWS page about the report.
    pub page: &'static str,
}

/// A log that is a resource with an ID of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogResource {
    /// The place and names of its files. The names contain the ID.
    pub layout: Layout,
    /// The result of the latest delivery, if AWS reports one. AWS does not document the status before the first delivery.
    pub status: Option<DeliveryStatus>,
}

impl Attachment {
    /// Returns whether AWS reports that the log's latest delivery succeeded. Ignores the report of a log that is younger
    /// than an hour: AWS does not document which status a log has before its first delivery.
    pub fn is_reported_delivered(&self, now: Moment) -> bool {
        let is_of_a_delivery = |created: Option<Moment>| created.is_some_and(|at| at.until(now) > self.fresh_for());
        match (&self.source, &self.log) {
            (Source::Network(network), Log::Flow(Some(id))) => network
                .flow_log(id)
                .is_some_and(|log| log.status == Some(DeliveryStatus::Succeeded) && is_of_a_delivery(log.created)),
            (Source::Bucket(_) | Source::LoadBalancer(_) | Source::Network(_), _) => false,
        }
    }
}

impl Kind {
    /// Returns AWS's report that the latest delivery of the source's log to this destination failed.
    pub fn failed_delivery(&self, source: &Source, destination: &Destination) -> Option<FailedDelivery> {
        match source {
            Source::Network(network) => vpc_flow::failed_delivery(network, self.flow_request(), destination),
            Source::Bucket(_) | Source::LoadBalancer(_) => None,
        }
    }
}
