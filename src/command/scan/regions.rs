//! Which Regions are looked into.

use std::collections::BTreeSet;

use crate::aws::{Aws, ObserveError};
use crate::cli::ScanArgs;
use crate::model::{Region, Seen, regions};

/// The Regions, and what is to be said of them.
#[derive(Debug)]
pub(super) struct Regions {
    /// The Regions.
    pub(super) all: Vec<Region>,
    /// Which they are.
    pub(super) chosen: Chosen,
    /// What is not known of them.
    pub(super) unread: Option<String>,
}

/// Which Regions they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Chosen {
    /// Those that the flags name: nothing of other Regions is asked about.
    Named,
    /// All that the account has enabled or, where nobody may say so, all that are known.
    Every,
}

/// Those that the flags name, or that the account has enabled; all that are known where that can't be asked.
pub(super) async fn of(
    aws: &Aws,
    args: &ScanArgs,
    flag: Option<&Region>,
    home: &Region,
) -> Result<Regions, ObserveError> {
    let named: BTreeSet<&Region> =
        if args.regions.is_empty() { flag.into_iter().collect() } else { args.regions.iter().collect() };
    let (enabled, unread) = match aws.enabled_regions(home).await {
        Ok(Seen::Present(enabled)) => (Some(enabled), None),
        Ok(Seen::Absent) => (None, None),
        Ok(Seen::Denied(denial)) => (None, Some(denial.to_string())),
        Err(error) if error.cause.is_of_the_caller() => return Err(error.into()),
        Err(error) => (None, Some(error.to_string())),
    };
    if named.is_empty() {
        let all = enabled.unwrap_or_else(|| regions(home.partition()));
        let unread = unread.map(|why| format!("which Regions are enabled: {why}; all that are known were tried"));
        return Ok(Regions { all, chosen: Chosen::Every, unread });
    }
    let known = enabled.clone().unwrap_or_else(|| regions(home.partition()));
    let odd = named.iter().find(|region| !known.contains(region));
    let unread = match (odd, enabled) {
        (Some(region), Some(_)) => return Err(ObserveError::RegionNotEnabled((*region).clone())),
        (Some(region), None) => Some(format!("whether there is a Region `{region}` that the account has enabled")),
        (None, _) => None,
    };
    Ok(Regions { all: named.into_iter().cloned().collect(), chosen: Chosen::Named, unread })
}
