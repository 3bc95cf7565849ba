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
    /// Unknown. The text says what could not be read, and why.
    Unread(String),
    /// Nowhere: the delivery source has no delivery.
    NoDelivery,
    /// Nowhere: AWS reports the delivery source as inactive.
    Inactive,
}

impl DeliverySource {
    /// Returns the buckets that the log is delivered to, each with the delivery destination's prefix, without slashes
    /// around the prefix.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        let arns = if let VendedDelivery::To(arns) = &self.delivery { arns.as_slice() } else { &[] };
        arns.iter().filter_map(|arn| {
            let (_, place) = arn.split_once(":s3:::")?;
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            Some((bucket, prefix.trim_matches('/')))
        })
    }

    /// Returns the prefixes in a bucket that the log is delivered to.
    pub fn prefixes_in<'a>(&'a self, bucket: &str) -> impl Iterator<Item = &'a str> {
        self.places().filter(move |(of, _)| *of == bucket).map(|(_, prefix)| prefix)
    }

    /// Returns whether a log is delivered, or `None` if this could not be read.
    pub fn delivers(&self) -> Option<bool> {
        match self.delivery {
            VendedDelivery::To(_) => Some(true),
            VendedDelivery::Unread(_) => None,
            VendedDelivery::Inactive | VendedDelivery::NoDelivery => Some(false),
        }
    }
}
