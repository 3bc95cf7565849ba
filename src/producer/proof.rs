//! What the producer itself writes, and when.

use crate::producer::{KeyFormat, Kind, LogType};

use super::{Layout, Place};

/// What proves delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Proof {
    /// Files that the service writes during the attachment.
    AtOnce {
        /// The files.
        files: Vec<ProofFile>,
        /// When to expect the first log, as text.
        until: &'static str,
    },
    /// The first log of each source, later.
    Later {
        /// Where they will be, one for each source. Empty if names don't show whose log it is.
        logs: Vec<Layout>,
        /// When to expect it, as text, with what it depends on.
        until: &'static str,
    },
}

/// A file with a fixed key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProofFile {
    /// Its log.
    pub log: LogType,
    /// Its key.
    pub key: String,
}

impl Proof {
    /// Returns what proves a producer's delivery for the named sources.
    pub fn for_kind(kind: &Kind, names: &[String], place: &Place) -> Self {
        match kind {
            Kind::Alb(_) | Kind::Clb(_) => Self::AtOnce {
                files: kind
                    .log_types()
                    .into_iter()
                    .map(|log| ProofFile { log, key: format!("{}{}", place.load_balancer_folder(), log.test_file()) })
                    .collect(),
                until: kind.producer().facts().until,
            },
            // Logs of all load balancers of the account and Region share a folder; the file's name shows whose it is.
            Kind::Nlb => Self::Later {
                logs: names.iter().map(|name| Layout::of_named_nlb(name, place)).collect(),
                until: super::nlb::FACTS.until,
            },
            // Simple keys don't contain their source.
            Kind::S3Access(_) => Self::Later {
                logs: match place.key_format {
                    KeyFormat::Simple => Vec::new(),
                    KeyFormat::Partitioned(_) => names.iter().map(|name| Layout::of_access_log(name, place)).collect(),
                },
                until: super::s3_access::FACTS.until,
            },
            Kind::Inventory(inventory) => Self::Later {
                logs: names.iter().map(|name| Layout::of_inventory(name, inventory.id.as_str(), place)).collect(),
                until: super::inventory::FACTS.until,
            },
        }
    }
}
