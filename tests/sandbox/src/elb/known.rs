//! A cache of an account's load balancers in a Region, valid until something changes them.
//!
//! A snapshot copies everything in the service. That is too slow if hundreds of load balancers are described one by
//! one.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::elb::balancer::Balancer;

/// The cached load balancers.
#[derive(Debug, Default)]
pub struct Known {
    read: BTreeMap<(String, String), Arc<Vec<Balancer>>>,
    /// Counts changes, so a snapshot from before a change is not kept.
    changes: u64,
}

impl Known {
    /// Returns the cached load balancers, or the number of changes so far if nothing is cached.
    pub fn get(&self, account: &str, region: &str) -> Result<Arc<Vec<Balancer>>, u64> {
        self.read.get(&(account.to_owned(), region.to_owned())).map(Arc::clone).ok_or(self.changes)
    }

    /// Stores a snapshot taken at this number of changes, unless there was another change.
    pub fn keep(&mut self, account: &str, region: &str, changes: u64, read: &Arc<Vec<Balancer>>) {
        if self.changes == changes {
            self.read.insert((account.to_owned(), region.to_owned()), Arc::clone(read));
        }
    }

    /// Records a change.
    pub fn forget(&mut self, account: &str, region: &str) {
        self.changes += 1;
        self.read.remove(&(account.to_owned(), region.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Known;

    #[test]
    fn a_snapshot_from_before_a_change_is_not_kept() {
        let mut known = Known::default();
        let none = Arc::new(Vec::new());
        let changes = known.get("a", "r").expect_err("nothing yet");
        known.forget("a", "r");
        known.keep("a", "r", changes, &none);
        let changes = known.get("a", "r").expect_err("stale");
        known.keep("a", "r", changes, &none);
        assert!(known.get("a", "r").is_ok() && known.get("a", "other").is_err());
        known.forget("a", "r");
        assert!(known.get("a", "r").is_err());
    }
}
