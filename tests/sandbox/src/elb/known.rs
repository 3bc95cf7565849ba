//! What was read of an account's load balancers in a Region, until something changes them.
//!
//! A snapshot of the service behind copies everything in it, which is too much for every description of one of hundreds.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::elb::balancer::Balancer;

/// The load balancers that were read.
#[derive(Debug, Default)]
pub struct Known {
    read: BTreeMap<(String, String), Arc<Vec<Balancer>>>,
    /// Counts changes, so that what was read before one is not kept after it.
    changes: u64,
}

impl Known {
    /// What was read, and otherwise the number of changes so far.
    pub fn get(&self, account: &str, region: &str) -> Result<Arc<Vec<Balancer>>, u64> {
        self.read.get(&(account.to_owned(), region.to_owned())).map(Arc::clone).ok_or(self.changes)
    }

    /// Keeps what was read since so many changes, unless there was another one.
    pub fn keep(&mut self, account: &str, region: &str, changes: u64, read: &Arc<Vec<Balancer>>) {
        if self.changes == changes {
            self.read.insert((account.to_owned(), region.to_owned()), Arc::clone(read));
        }
    }

    /// Something changed.
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
    fn what_was_read_before_a_change_is_not_kept_after_it() {
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
