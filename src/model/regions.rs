//! The known Regions, to offer a choice and to correct typos. A Region that is not listed also works.

use super::{Partition, Region};

/// The Regions known in November 2026. Users can type a Region that is missing here.
///
/// <https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html>; `me-west-1` and `sa-west-1` are
/// from the SDKs' list of partitions of November 2026. No page mentions these two Regions yet.
pub(crate) const REGIONS: [&str; 40] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Returns the known Regions of a partition.
pub(crate) fn regions(partition: Partition) -> Vec<Region> {
    let known = REGIONS.iter().filter_map(|name| name.parse().ok());
    known.filter(|region: &Region| region.partition() == partition).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_regions_are_known() {
        let known = regions(Partition::Aws);
        for name in ["me-west-1", "sa-west-1", "mx-central-1", "ap-southeast-7"] {
            assert!(known.contains(&name.parse().unwrap()), "{name}");
        }
        assert!(REGIONS.is_sorted());
    }
}
