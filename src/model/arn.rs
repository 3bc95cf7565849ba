//! Amazon Resource Names.
//!
//! An ARN is only split into its parts, so ARNs of every service are accepted.

use std::fmt;
use std::str::FromStr;

use super::{Partition, PartitionError};

/// An ARN: `arn:partition:service:region:account:resource`. The Region and the account may be empty.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Arn {
    pub partition: Partition,
    /// The service's short name, such as `elasticloadbalancing`.
    pub service: String,
    /// The Region; may be empty.
    pub region: String,
    /// The account; may be empty.
    pub account: String,
    /// The text after the fifth colon.
    pub resource: String,
}

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ArnError {
    /// The text does not have six parts.
    #[error("`{0}` is not an ARN (expected: `arn:partition:service:region:account:resource`)")]
    Form(String),
    /// The ARN's partition is unknown.
    #[error(transparent)]
    Partition(#[from] PartitionError),
}

impl FromStr for Arn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || ArnError::Form(text.to_owned());
        let mut parts = text.splitn(6, ':');
        let mut next = || parts.next().ok_or_else(form);
        if next()? != "arn" {
            return Err(form());
        }
        let partition = next()?;
        let (service, region, account, resource) = (next()?, next()?, next()?, next()?);
        if service.is_empty() || resource.is_empty() {
            return Err(form());
        }
        Ok(Self {
            partition: partition.parse()?,
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_prints_as_it_was_read() {
        for text in [
            "arn:aws:s3:::demo",
            "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:111122223333:loadbalancer/app/web/50dc",
            "arn:aws:sts::111122223333:assumed-role/Ops/me:you",
        ] {
            assert_eq!(text.parse::<Arn>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_incomplete_arn_is_rejected() {
        for text in ["arn:aws:s3:::", "arn:aws:s3::demo", "demo", "arn:mars:s3:::demo"] {
            assert!(text.parse::<Arn>().is_err(), "{text}");
        }
    }
}
