//! AWS partitions: ARNs, endpoints and bucket names never cross them.

use std::fmt;
use std::str::FromStr;

/// A partition whose log-delivery rules are known.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>. The European Sovereign Cloud (`aws-eusc`) is
/// missing on purpose: no source names its log-delivery principals (checked 2026-11-23).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Partition {
    /// The commercial Regions.
    Aws,
    /// The China Regions.
    AwsCn,
    /// The `GovCloud` (US) Regions.
    AwsUsGov,
}

/// The partition is unknown.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("partition `{0}` is not one of `aws`, `aws-cn`, `aws-us-gov`")]
pub struct PartitionError(String);

impl Partition {
    /// Returns the partition's name in ARNs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
        }
    }

    /// Returns the Region for IAM's calls: IAM is one service per partition
    /// (<https://docs.aws.amazon.com/general/latest/gr/iam-service.html>).
    pub fn home_of_iam(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-north-1",
            Self::AwsUsGov => "us-gov-west-1",
        }
    }

    /// Returns the Region for Account Management's calls
    /// (<https://docs.aws.amazon.com/general/latest/gr/account-management.html>). The page does not mention
    /// `aws-us-gov`; the value for that partition is from the SDK.
    pub fn home_of_accounts(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-northwest-1",
            Self::AwsUsGov => "us-gov-west-1",
        }
    }

    /// Returns the partition of a Region.
    pub fn from_region(region: &str) -> Self {
        if region.starts_with("cn-") {
            Self::AwsCn
        } else if region.starts_with("us-gov-") {
            Self::AwsUsGov
        } else {
            Self::Aws
        }
    }
}

impl FromStr for Partition {
    type Err = PartitionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "aws" => Ok(Self::Aws),
            "aws-cn" => Ok(Self::AwsCn),
            "aws-us-gov" => Ok(Self::AwsUsGov),
            other => Err(PartitionError(other.to_owned())),
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_implies_its_partition() {
        assert_eq!(Partition::from_region("eu-west-1"), Partition::Aws);
        assert_eq!(Partition::from_region("cn-north-1"), Partition::AwsCn);
        assert_eq!(Partition::from_region("us-gov-west-1"), Partition::AwsUsGov);
    }
}
