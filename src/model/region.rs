//! Region names.
//!
//! Only the form is checked, because AWS adds Regions.

use std::fmt;
use std::str::FromStr;

use super::Partition;

/// The prefixes of Region names in `aws-iso`, `aws-iso-b`, `aws-iso-e` and `aws-iso-f`. The names are from the SDKs
/// (<https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json>).
const ISOLATED: [&str; 4] = ["us-iso-", "us-isob-", "eu-isoe-", "us-isof-"];

#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Region(String);

/// Why a text is not a Region.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RegionError {
    /// The form is wrong.
    #[error("`{0}` is not a valid Region (example: `eu-west-1`)")]
    Form(String),
    /// The Region's partition is unsupported: see [`Partition`].
    #[error("`{0}` is in the European Sovereign Cloud, whose log delivery is not documented")]
    Sovereign(String),
    /// The Region is in an isolated partition that AWS runs for governments: see [`Partition`].
    #[error("`{0}` is in an isolated partition of AWS, whose log delivery is not documented")]
    Isolated(String),
}

impl RegionError {
    /// Returns the rejected text.
    pub fn name(&self) -> &str {
        match self {
            Self::Form(name) | Self::Isolated(name) | Self::Sovereign(name) => name,
        }
    }
}

impl Region {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the Region's partition.
    pub fn partition(&self) -> Partition {
        Partition::from_region(&self.0)
    }

    /// Returns whether the Region supports bucket names in the account's own namespace: "all AWS Regions except Middle
    /// East (Bahrain) and Middle East (UAE)"
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html>).
    pub fn has_account_names(&self) -> bool {
        !matches!(self.0.as_str(), "me-south-1" | "me-central-1")
    }

    /// Returns a bucket's Region from its location constraint. An empty constraint means us-east-1, and `EU` means
    /// eu-west-1.
    ///
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html>
    pub fn from_location_constraint(constraint: &str) -> Result<Self, RegionError> {
        match constraint {
            "" => "us-east-1".parse(),
            "EU" => "eu-west-1".parse(),
            other => other.parse(),
        }
    }

    /// Returns the location constraint for `CreateBucket`. `None` for us-east-1, because us-east-1 is not a valid
    /// constraint.
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
    fn old_location_constraints_map_to_their_region() {
        assert_eq!(Region::from_location_constraint("").unwrap().as_str(), "us-east-1");
        assert_eq!(Region::from_location_constraint("EU").unwrap().as_str(), "eu-west-1");
    }

    #[test]
    fn a_region_in_an_unsupported_partition_is_rejected() {
        for text in ["us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1"] {
            assert_eq!(text.parse::<Region>(), Err(RegionError::Isolated(text.to_owned())));
        }
        assert_eq!("eusc-de-east-1".parse::<Region>(), Err(RegionError::Sovereign("eusc-de-east-1".to_owned())));
    }

    #[test]
    fn a_name_of_another_form_is_rejected() {
        for text in ["", "useast1", "us-east", "US-EAST-1", "us--east-1", "us-east-1/x", "-us-east-1"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}
