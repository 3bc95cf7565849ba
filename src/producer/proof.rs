//! The files that prove a producer's delivery, and when to expect them.

use crate::producer::{KeyFormat, Kind, LogType};

use super::{Destination, Layout, Source, SourceSlot};

/// The proof of delivery.
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
        /// The layout of the logs, one for each source. Empty if the logs' names don't show the source.
        logs: Vec<Layout>,
        /// When to expect the first log, as text. The text names the condition, such as traffic.
        until: &'static str,
    },
    /// The first log of each source, later. The attachments are resources, and the names of their files contain the IDs.
    /// AWS also reports the result of each delivery.
    Reported {
        logs: Vec<SourceSlot>,
        /// When to expect the first log, as text. The text names the condition, such as traffic.
        until: &'static str,
    },
}

/// A file with a fixed key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProofFile {
    /// The log that the file belongs to.
    pub log: LogType,
    /// The file's key.
    pub key: String,
}

impl Proof {
    /// Returns the proof of a producer's delivery for the sources.
    pub fn for_kind(kind: &Kind, sources: &[Source], destination: &Destination) -> Self {
        let names = sources.iter().map(Source::name);
        match kind {
            Kind::Alb(_) | Kind::Clb(_) => Self::AtOnce {
                files: kind
                    .log_types()
                    .into_iter()
                    .map(|log| ProofFile {
                        log,
                        key: format!("{}{}", destination.load_balancer_folder(), log.test_file()),
                    })
                    .collect(),
                until: kind.producer().facts().until,
            },
            // All load balancers of an account and Region log to the same folder. A log's name shows its load balancer.
            Kind::Nlb => Self::Later {
                logs: names.map(|name| Layout::for_named_nlb(name, destination)).collect(),
                until: super::nlb::FACTS.until,
            },
            // Simple keys don't contain their source.
            Kind::S3Access(_) => Self::Later {
                logs: match destination.key_format {
                    KeyFormat::Simple => Vec::new(),
                    KeyFormat::Partitioned(_) => names.map(|name| Layout::for_access_log(name, destination)).collect(),
                },
                until: super::s3_access::FACTS.until,
            },
            Kind::Inventory(inventory) => Self::Later {
                logs: names.map(|name| Layout::for_inventory(name, inventory.id.as_str(), destination)).collect(),
                until: super::inventory::FACTS.until,
            },
            Kind::VpcFlow(_) => Self::Reported {
                logs: sources.iter().filter_map(|source| kind.resource_slot(source, destination)).collect(),
                until: super::vpc_flow::FACTS.until,
            },
        }
    }
}
