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
    /// The buckets that it delivers to, each with the prefix that the delivery destination names, without slashes around it.
    pub fn places(&self) -> impl Iterator<Item = (&str, &str)> {
        let arns = if let VendedDelivery::To(arns) = &self.delivery { arns.as_slice() } else { &[] };
        arns.iter().filter_map(|arn| {
            let (_, place) = arn.split_once(":s3:::")?;
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            Some((bucket, prefix.trim_matches('/')))
        })
    }

    /// The prefixes in a bucket that it delivers to.
    pub fn prefixes_in<'a>(&'a self, bucket: &str) -> impl Iterator<Item = &'a str> {
        self.places().filter(move |(of, _)| *of == bucket).map(|(_, prefix)| prefix)
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
