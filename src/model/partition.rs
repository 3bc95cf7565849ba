//! The partitions of AWS: ARNs, endpoints and bucket names never cross them.

use std::fmt;
use std::str::FromStr;

/// A partition whose log-delivery rules are known.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>. The European Sovereign Cloud (`aws-eusc`) is
/// left out on purpose: no source says which log-delivery principals it has (looked up 2026-11-23).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Partition {
    /// The commercial Regions.
    Aws,
    /// The China Regions.
    AwsCn,
    /// The `GovCloud` (US) Regions.
    AwsUsGov,
}

/// The text names no partition that is known.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("partition `{0}` is not one of `aws`, `aws-cn`, `aws-us-gov`")]
pub struct PartitionError(String);

impl Partition {
    /// The name as it stands in an ARN.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
        }
    }

    /// The Region that IAM's calls are signed for: IAM is one service for a whole partition
    /// (<https://docs.aws.amazon.com/general/latest/gr/iam-service.html>).
    pub fn home_of_iam(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-north-1",
            Self::AwsUsGov => "us-gov-west-1",
        }
    }

    /// The Region that Account Management's calls are signed for
    /// (<https://docs.aws.amazon.com/general/latest/gr/account-management.html>); of `aws-us-gov` it says nothing, and the SDK
    /// has this one.
    pub fn home_of_accounts(self) -> &'static str {
        match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-northwest-1",
            Self::AwsUsGov => "us-gov-west-1",
        }
    }

    /// The partition that a Region's name belongs to.
    pub fn of_region(region: &str) -> Self {
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
    fn a_region_names_its_partition() {
        assert_eq!(Partition::of_region("eu-west-1"), Partition::Aws);
        assert_eq!(Partition::of_region("cn-north-1"), Partition::AwsCn);
        assert_eq!(Partition::of_region("us-gov-west-1"), Partition::AwsUsGov);
    }
}
