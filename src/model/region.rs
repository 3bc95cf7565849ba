//! A Region's name.
//!
//! New Regions appear, so the form is checked and never a list.

use std::fmt;
use std::str::FromStr;

use super::Partition;

/// How Regions of the partitions `aws-iso`, `aws-iso-b`, `aws-iso-e` and `aws-iso-f` begin, which the SDKs know by these names
/// (<https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json>).
const ISOLATED: [&str; 4] = ["us-iso-", "us-isob-", "eu-isoe-", "us-isof-"];

/// A Region such as `eu-west-1`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Region(String);

/// Why a text is no Region's name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RegionError {
    /// It does not have the form.
    #[error("`{0}` is not a Region's name such as `eu-west-1`")]
    Form(String),
    /// Its partition is not known: see [`Partition`].
    #[error("`{0}` is in the European Sovereign Cloud, and how logs are delivered there is not documented")]
    Sovereign(String),
    /// Its partition is one of those that AWS runs for governments, cut off from the others: see [`Partition`].
    #[error("`{0}` is in an isolated partition of AWS, and how logs are delivered there is not documented")]
    Isolated(String),
}

impl RegionError {
    /// The text that was taken for a name.
    pub fn name(&self) -> &str {
        match self {
            Self::Form(name) | Self::Isolated(name) | Self::Sovereign(name) => name,
        }
    }
}

impl Region {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the Region belongs to.
    pub fn partition(&self) -> Partition {
        Partition::of_region(&self.0)
    }

    /// Whether buckets can be named in the account's own namespace: "all AWS Regions except Middle East (Bahrain) and Middle East
    /// (UAE)" (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>).
    pub fn has_account_names(&self) -> bool {
        !matches!(self.0.as_str(), "me-south-1" | "me-central-1")
    }

    /// The Region of a bucket by its location constraint: empty or absent is us-east-1, `EU` is eu-west-1.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>
    pub fn of_location_constraint(constraint: &str) -> Result<Self, RegionError> {
        match constraint {
            "" => "us-east-1".parse(),
            "EU" => "eu-west-1".parse(),
            other => other.parse(),
        }
    }

    /// What `CreateBucket` must name: nothing in us-east-1, which is not a legal constraint.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucketConfiguration.html>
    pub fn location_constraint(&self) -> Option<&str> {
        (self.0 != "us-east-1").then_some(self.0.as_str())
    }
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let parts = text.split('-').filter(|part| !part.is_empty()).count();
        let whole = parts == text.split('-').count() && parts >= 3;
        if text.starts_with("eusc-") {
            Err(RegionError::Sovereign(text.to_owned()))
        } else if ISOLATED.iter().any(|beginning| text.starts_with(beginning)) {
            Err(RegionError::Isolated(text.to_owned()))
        } else if whole && text.len() <= 32 && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RegionError::Form(text.to_owned()))
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn us_east_1_has_no_location_constraint() {
        let home: Region = "us-east-1".parse().unwrap();
        assert_eq!(home.location_constraint(), None);
        let west: Region = "us-west-2".parse().unwrap();
        assert_eq!(west.location_constraint(), Some("us-west-2"));
    }

    #[test]
    fn old_location_constraints_name_their_region() {
        assert_eq!(Region::of_location_constraint("").unwrap().as_str(), "us-east-1");
        assert_eq!(Region::of_location_constraint("EU").unwrap().as_str(), "eu-west-1");
    }

    #[test]
    fn a_region_of_a_partition_that_is_not_known_is_taken_for_no_other() {
        for text in ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"] {
            assert_eq!(text.parse::<Region>(), Err(RegionError::Isolated(text.to_owned())));
        }
        assert_eq!("eusc-de-east-1".parse::<Region>(), Err(RegionError::Sovereign("eusc-de-east-1".to_owned())));
    }

    #[test]
    fn a_name_of_another_form_is_refused() {
        for text in ["", "useast1", "us-east", "US-EAST-1", "us--east-1", "us-east-1/x", "-us-east-1"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}
