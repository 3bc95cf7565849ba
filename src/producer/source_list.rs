//! The lists of sources that AWS has, by which everything that can log is found.

use super::{LoadBalancerType, Producer, SourceKind};

/// A list of sources.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SourceList {
    /// Each Region has its own.
    OfRegion(RegionList),
    /// The account has one, whatever the Region.
    OfAccount(AccountList),
}

/// A list that each Region has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RegionList {
    /// Load balancers of all types but one.
    LoadBalancers,
    /// Classic Load Balancers, which have an API of their own.
    ClassicLoadBalancers,
}

/// A list that the account has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AccountList {
    /// Buckets.
    Buckets,
}

impl SourceList {
    /// All of them, in the order of what is reported.
    pub const ALL: [Self; 3] = [
        Self::OfRegion(RegionList::LoadBalancers),
        Self::OfRegion(RegionList::ClassicLoadBalancers),
        Self::OfAccount(AccountList::Buckets),
    ];

    /// Whether it holds sources of this log service.
    pub fn holds(self, producer: Producer) -> bool {
        producer.facts().source.list() == self
    }
}

impl RegionList {
    /// What it lists.
    pub fn plural(self) -> &'static str {
        match self {
            Self::LoadBalancers => "load balancers",
            Self::ClassicLoadBalancers => "Classic Load Balancers",
        }
    }

    /// How many of its sources are read at once. AWS documents for load balancers a bucket of 200 reads that refills at 50 a second
    /// (and on the same page of 40 and 10 for all calls): a Region of some hundreds is throttled in the end, and then read at its
    /// pace (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
    pub fn at_once(self) -> usize {
        match self {
            Self::ClassicLoadBalancers | Self::LoadBalancers => 10,
        }
    }
}

impl AccountList {
    /// What it lists.
    pub fn plural(self) -> &'static str {
        match self {
            Self::Buckets => "buckets",
        }
    }

    /// What one of them is called.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Buckets => "bucket",
        }
    }

    /// How many of its sources are read at once: of buckets, with two requests each, as many as the pace of the run lets through.
    pub fn at_once(self) -> usize {
        match self {
            Self::Buckets => 32,
        }
    }
}

impl SourceKind {
    /// The list that has such sources.
    pub fn list(self) -> SourceList {
        match self {
            Self::LoadBalancer(LoadBalancerType::Classic) => SourceList::OfRegion(RegionList::ClassicLoadBalancers),
            Self::LoadBalancer(_) => SourceList::OfRegion(RegionList::LoadBalancers),
            Self::Bucket => SourceList::OfAccount(AccountList::Buckets),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_log_service_is_found_by_one_list() {
        for producer in Producer::ALL {
            assert_eq!(SourceList::ALL.iter().filter(|list| list.holds(producer)).count(), 1, "{producer}");
        }
    }
}
