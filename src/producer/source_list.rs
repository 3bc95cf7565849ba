//! AWS's lists of sources, which contain everything that can log.

use super::{LoadBalancerType, Producer, SourceKind};

/// A list of sources.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SourceList {
    /// Each Region has its own.
    OfRegion(RegionList),
    /// The account has one for all Regions.
    OfAccount(AccountList),
}

/// A list that each Region has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RegionList {
    /// Load balancers of all types except Classic.
    LoadBalancers,
    /// Classic Load Balancers, which have their own API.
    ClassicLoadBalancers,
}

/// A list that the account has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AccountList {
    /// Buckets.
    Buckets,
}

impl SourceList {
    /// All of them, in the order of reports.
    pub const ALL: [Self; 3] = [
        Self::OfRegion(RegionList::LoadBalancers),
        Self::OfRegion(RegionList::ClassicLoadBalancers),
        Self::OfAccount(AccountList::Buckets),
    ];

    /// Returns whether it contains sources of this log service.
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

    /// Returns how many of its sources are read at once. For load balancers, AWS documents a token bucket of 200 reads
    /// that refills at 50 a second (the same page also gives 40 and 10 for all calls): a Region with a few hundred load
    /// balancers gets throttled and is then read at that rate
    /// (<https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/elb-api-throttling.html>).
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

    /// Returns how many of its sources are read at once: for buckets, with two requests each, as many as the run's rate
    /// limit allows.
    pub fn at_once(self) -> usize {
        match self {
            Self::Buckets => 32,
        }
    }
}

impl SourceKind {
    /// Returns the list with such sources.
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
    fn every_log_service_is_found_with_one_list_call() {
        for producer in Producer::ALL {
            assert_eq!(SourceList::ALL.iter().filter(|list| list.holds(producer)).count(), 1, "{producer}");
        }
    }
}
