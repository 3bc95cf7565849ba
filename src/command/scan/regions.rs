//! Which Regions are looked into.

use crate::aws::{Aws, AwsError};
use crate::cli::ScanArgs;
use crate::model::{Region, regions};
use crate::state::Seen;

/// The Regions, and what is to be said of them.
#[derive(Debug)]
pub(super) struct Regions {
    /// The Regions.
    pub(super) all: Vec<Region>,
    /// Whether one that refuses everything may just not be enabled: nobody could say which are.
    pub(super) guessed: bool,
    /// Why they were guessed.
    pub(super) unread: Option<String>,
}

/// Those that the flags name, or that the account has enabled; all that are known where that may not be asked.
pub(super) async fn of(aws: &Aws, args: &ScanArgs, home: &Region) -> Result<Regions, AwsError> {
    if !args.regions.is_empty() {
        return Ok(Regions { all: args.regions.clone(), guessed: false, unread: None });
    }
    Ok(match aws.enabled_regions(home).await? {
        Seen::Present(all) => Regions { all, guessed: false, unread: None },
        Seen::Absent => Regions { all: regions(home.partition()), guessed: true, unread: None },
        Seen::Denied(denial) => {
            let unread = format!("which Regions are enabled: {denial}; all that are known were tried");
            Regions { all: regions(home.partition()), guessed: true, unread: Some(unread) }
        }
    })
}
