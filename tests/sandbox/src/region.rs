//! Regions: which exist, and which an account has enabled.
//!
//! [`crate::management`] lists them. [`crate::common`] has the errors of a Region that is not enabled.

use std::collections::BTreeMap;

use crate::sandbox::Sandbox;
use crate::world::World;

/// "Regions launched before March 20, 2019 are enabled by default" (AWS Account Management, "Enable or disable Regions").
const DEFAULT: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Regions that are disabled until an account opts in ("AWS Regions").
const OPT_IN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
];

/// Returns whether an account must opt in to a Region.
#[must_use]
pub fn opt_in(region: &str) -> bool {
    OPT_IN.contains(&region)
}

/// Returns an account's Regions with their status, such as `ENABLED_BY_DEFAULT`, by name.
#[must_use]
pub fn statuses(world: &World, account: &str) -> BTreeMap<String, String> {
    let of = |regions: &[&str], status: &str| -> Vec<(String, String)> {
        regions.iter().map(|region| ((*region).to_owned(), status.to_owned())).collect()
    };
    let mut all: BTreeMap<String, String> =
        of(DEFAULT, "ENABLED_BY_DEFAULT").into_iter().chain(of(OPT_IN, "DISABLED")).collect();
    let set = world.regions.iter().filter(|((owner, _), _)| owner == account);
    all.extend(set.map(|((_, region), status)| (region.clone(), status.clone())));
    all
}

/// Returns whether an account can use a Region. A Region can't be used while it is being enabled or disabled.
///
/// Unknown Regions count as enabled, so tests can invent Regions.
#[must_use]
pub fn enabled(world: &World, account: &str, region: &str) -> bool {
    let set = world.regions.get(&(account.to_owned(), region.to_owned()));
    set.map_or_else(|| !opt_in(region), |status| status.starts_with("ENABLED"))
}

impl Sandbox {
    /// Sets an account's Region status: `ENABLED`, `ENABLING`, `DISABLING`, `DISABLED` or `ENABLED_BY_DEFAULT`.
    ///
    /// Account Management API, `Region`. Resources remain in a disabled Region.
    pub fn set_region(&self, account: &str, region: &str, status: &str) {
        self.world().regions.insert((account.to_owned(), region.to_owned()), status.to_owned());
    }
}
