//! AWS's endpoints of EC2.

use crate::model::{Partition, Region};

/// Which endpoint to use.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(in crate::aws) struct Ec2EndpointVariant {
    /// `AWS_USE_FIPS_ENDPOINT`.
    pub(in crate::aws) fips: bool,
    /// `AWS_USE_DUALSTACK_ENDPOINT`.
    pub(in crate::aws) dual_stack: bool,
}

/// Returns the endpoint of a Region
/// (<https://docs.aws.amazon.com/ec2/latest/devguide/ec2-endpoints.html>, <https://docs.aws.amazon.com/general/latest/gr/rande.html>).
/// In `GovCloud`, the usual endpoints are the FIPS endpoints, as in the SDK's own rules.
pub(super) fn url(region: &Region, variant: Ec2EndpointVariant) -> String {
    let partition = region.partition();
    let (usual, dual) = match partition {
        Partition::Aws | Partition::AwsUsGov => ("amazonaws.com", "api.aws"),
        Partition::AwsCn => ("amazonaws.com.cn", "api.amazonwebservices.com.cn"),
    };
    let host = match (variant.fips, partition) {
        (true, Partition::AwsUsGov) if !variant.dual_stack => "ec2",
        (true, _) => "ec2-fips",
        (false, _) => "ec2",
    };
    let suffix = if variant.dual_stack { dual } else { usual };
    format!("https://{host}.{region}.{suffix}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_follows_partition_and_variant() {
        let of =
            |region: &str, fips, dual_stack| url(&region.parse().unwrap(), Ec2EndpointVariant { fips, dual_stack });
        assert_eq!(of("eu-west-1", false, false), "https://ec2.eu-west-1.amazonaws.com");
        assert_eq!(of("us-east-1", true, false), "https://ec2-fips.us-east-1.amazonaws.com");
        assert_eq!(of("us-east-1", false, true), "https://ec2.us-east-1.api.aws");
        assert_eq!(of("us-gov-west-1", true, false), "https://ec2.us-gov-west-1.amazonaws.com");
        assert_eq!(of("cn-north-1", false, false), "https://ec2.cn-north-1.amazonaws.com.cn");
    }
}
