//! What the producer itself writes, and by when.

use crate::producer::{KeyFormat, Kind, LogType};

use super::{Layout, Place};

/// What would prove delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Proof {
    /// Files that the service writes as the attachment is made.
    AtOnce {
        /// The files.
        files: Vec<ProofFile>,
        /// When the first log is there, in words.
        until: &'static str,
    },
    /// The first log of each source, some time later.
    Later {
        /// Where they will lie, one for each source; none where a name alone doesn't tell whose log it is.
        logs: Vec<Layout>,
        /// When that is, in words, with what it depends on.
        until: &'static str,
    },
}

/// A file with a fixed key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProofFile {
    /// The log it belongs to.
    pub log: LogType,
    /// Its key.
    pub key: String,
}

impl Proof {
    /// What proves a producer's delivery of the named sources.
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
            // Logs of every load balancer of the account and Region lie in one folder: the file's name tells whose it is.
            Kind::Nlb => Self::Later {
                logs: names.iter().map(|name| Layout::of_named_nlb(name, place)).collect(),
                until: super::nlb::FACTS.until,
            },
            // Simple keys say nothing of their source.
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
