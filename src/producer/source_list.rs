//! AWS's lists of sources. Together they contain everything that can log.

use super::{LoadBalancerType, Producer, SourceKind};

/// A list of sources.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SourceList {
    /// Each Region has its own list.
    OfRegion(RegionList),
    /// The account has one list for all Regions.
    OfAccount(AccountList),
}

/// A list that each Region has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RegionList {
    /// Load balancers of all types except Classic.
    LoadBalancers,
    /// Classic Load Balancers, which have their own API.
    ClassicLoadBalancers,
    /// VPCs and transit gateways, and the subnets and network interfaces that have flow logs.
    Networks,
}

/// A list that the account has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AccountList {
    /// Buckets.
    Buckets,
}

impl SourceList {
    /// All lists, in the order of reports.
    pub const ALL: [Self; 4] = [
        Self::OfRegion(RegionList::LoadBalancers),
        Self::OfRegion(RegionList::ClassicLoadBalancers),
        Self::OfRegion(RegionList::Networks),
        Self::OfAccount(AccountList::Buckets),
    ];

    /// Returns whether the list contains sources of this log service.
    pub fn holds(self, producer: Producer) -> bool {
        producer.facts().source.list() == self
    }
}

impl RegionList {
    /// The plural noun for the sources in the list.
    pub fn plural(self) -> &'static str {
        match self {
            Self::LoadBalancers => "load balancers",
            Self::ClassicLoadBalancers => "Classic Load Balancers",
            Self::Networks => "VPCs and transit gateways",
        }
    }

    /// Returns the number of sources to read at once. For load balancers, AWS documents a token bucket of 200 reads
    /// that refills at 50 a second. In a Region with a few hundred load balancers, AWS throttles the reads to that
    /// rate. For all calls, the same page documents a bucket of 40 that refills at 10 a second
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
    pub fn at_once(self) -> usize {
        match self {
            // One call reads the flow logs of all networks.
            Self::ClassicLoadBalancers | Self::LoadBalancers | Self::Networks => 10,
        }
    }
}

impl AccountList {
    /// The plural noun for the sources in the list.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Buckets => "buckets",
        }
    }

    /// The singular noun for the sources in the list.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Buckets => "bucket",
        }
    }

    /// Returns the number of sources to read at once. Reading a bucket takes two requests. The number is as high as the
    /// run's rate limit allows.
    pub fn at_once(self) -> usize {
        match self {
            Self::Buckets => 32,
        }
    }
}

impl SourceKind {
    /// Returns the list that contains sources of this type.
    pub fn list(self) -> SourceList {
        match self {
            Self::LoadBalancer(LoadBalancerType::Classic) => SourceList::OfRegion(RegionList::ClassicLoadBalancers),
            Self::LoadBalancer(_) => SourceList::OfRegion(RegionList::LoadBalancers),
            Self::Bucket => SourceList::OfAccount(AccountList::Buckets),
            Self::Network => SourceList::OfRegion(RegionList::Networks),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_log_service_is_found_with_one_list_call() {
        for producer in Producer::ALL {
            assert_eq!(SourceList::ALL.iter().filter(|list| list.holds(producer)).count(), 1, "{producer}");
        }
    }
}
