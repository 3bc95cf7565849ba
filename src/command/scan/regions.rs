//! Chooses the Regions to scan.

use std::collections::BTreeSet;

use crate::aws::{Aws, ObserveError};
use crate::cli::ScanArgs;
use crate::model::{Region, Seen, regions};

/// The Regions to scan.
#[derive(Debug)]
pub(super) struct Regions {
    pub(super) all: Vec<Region>,
    /// How the Regions were chosen.
    pub(super) chosen: RegionChoice,
    /// What could not be read about the Regions.
    pub(super) unread: Option<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum RegionChoice {
    /// Named by flags; other Regions are out of scope.
    Named,
    /// All Regions that the account has enabled. If they can't be listed, all known Regions.
    Every,
}

/// Returns the Regions that the flags name, or else all enabled Regions. If the enabled Regions can't be listed,
/// returns all known Regions.
pub(super) async fn regions_to_scan(
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
        Err(error) if error.cause.is_credential_error() => return Err(error.into()),
        Err(error) => (None, Some(error.to_string())),
    };
    if named.is_empty() {
        let all = enabled.unwrap_or_else(|| regions(home.partition()));
        let unread = unread.map(|why| format!("could not list the enabled Regions: {why}; all known ones were tried"));
        return Ok(Regions { all, chosen: RegionChoice::Every, unread });
    }
    let known = enabled.clone().unwrap_or_else(|| regions(home.partition()));
    let unlisted = named.iter().find(|region| !known.contains(region));
    let unread = match (unlisted, enabled) {
        (Some(region), Some(_)) => return Err(ObserveError::RegionNotEnabled((*region).clone())),
        (Some(region), None) => Some(format!("could not check that the account has enabled Region `{region}`")),
        (None, _) => None,
    };
    Ok(Regions { all: named.into_iter().cloned().collect(), chosen: RegionChoice::Named, unread })
}
