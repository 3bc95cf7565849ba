//! `CloudWatch` vended logs: another route by which a source may log while its own setting is off.

/// A delivery source of `CloudWatch` vended logs.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeliverySource.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliverySource {
    pub name: String,
    /// The ARNs of the resources that log.
    pub resources: Vec<String>,
    /// The log type, such as `ALB_ACCESS_LOGS`.
    pub log_type: String,
    pub delivery: VendedDelivery,
}

/// Where a delivery source's log goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum VendedDelivery {
    /// To the destinations with these ARNs.
    To(Vec<String>),
    /// Unknown: says what could not be read, and why.
    Unread(String),
    /// Nowhere: the delivery source has no delivery.
    NoDelivery,
    /// Nowhere: AWS reports the delivery source as inactive.
    Inactive,
}

impl DeliverySource {
    /// Returns the prefixes in the bucket that it delivers to, from its delivery destinations; empty for the root.
    pub fn prefixes(&self) -> Vec<&str> {
        let VendedDelivery::To(arns) = &self.delivery else { return Vec::new() };
        arns.iter().map(|arn| arn.split_once('/').map_or("", |(_, prefix)| prefix).trim_matches('/')).collect()
    }

    /// Returns whether it delivers a log, or `None` if that could not be read.
    pub fn delivers(&self) -> Option<bool> {
        match self.delivery {
            VendedDelivery::To(_) => Some(true),
            VendedDelivery::Unread(_) => None,
            VendedDelivery::Inactive | VendedDelivery::NoDelivery => Some(false),
        }
    }
}
