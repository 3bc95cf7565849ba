//! `CloudWatch` vended logs: the route by which a source may log while its own setting is off.

/// A delivery source of `CloudWatch` vended logs.
///
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeliverySource.html>
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeliverySource {
    /// Its name.
    pub name: String,
    /// The ARNs of what logs.
    pub resources: Vec<String>,
    /// The type of its log, such as `ALB_ACCESS_LOGS`.
    pub log_type: String,
    /// What becomes of its log.
    pub delivery: VendedDelivery,
}

/// What becomes of a log that a delivery source stands for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum VendedDelivery {
    /// It goes to these, by their ARNs.
    To(Vec<String>),
    /// Whether it goes anywhere is not known: what could not be read, and why.
    Unread(String),
    /// It goes nowhere: the delivery source has no delivery.
    NoDelivery,
    /// It goes nowhere: AWS calls the delivery source inactive.
    Inactive,
}

impl DeliverySource {
    /// The prefixes in the bucket that it delivers to, as the delivery destinations name them: the root where none is named.
    pub fn prefixes(&self) -> Vec<&str> {
        let VendedDelivery::To(arns) = &self.delivery else { return Vec::new() };
        arns.iter().map(|arn| arn.split_once('/').map_or("", |(_, prefix)| prefix).trim_matches('/')).collect()
    }

    /// Whether a log is delivered by it; nothing where that could not be read.
    pub fn delivers(&self) -> Option<bool> {
        match self.delivery {
            VendedDelivery::To(_) => Some(true),
            VendedDelivery::Unread(_) => None,
            VendedDelivery::Inactive | VendedDelivery::NoDelivery => Some(false),
        }
    }
}
