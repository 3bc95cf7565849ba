//! What the producer itself writes, and by when.

use crate::model::LogType;
use crate::request::Kind;

use super::Place;

/// What would prove delivery.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Proof {
    /// Files that the service writes as the attachment is made.
    AtOnce(Vec<ProofFile>),
    /// The first log under one of these prefixes, some time later.
    Later {
        /// Where it will lie.
        prefixes: Vec<String>,
        /// Within this many seconds, as AWS says or the field saw.
        within: u64,
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
    pub fn of(kind: &Kind, names: &[String], place: &Place) -> Self {
        match kind {
            Kind::Alb(types) => Self::AtOnce(
                types
                    .iter()
                    .map(|log| ProofFile {
                        log: *log,
                        key: format!("{}{}", place.load_balancer_folder(), log.test_file()),
                    })
                    .collect(),
            ),
            Kind::Nlb => Self::Later {
                prefixes: vec![format!("{}elasticloadbalancing/{}/", place.load_balancer_folder(), place.region)],
                within: 10 * 60,
                until: super::nlb::UNTIL,
            },
            Kind::S3Access(_) => Self::Later {
                prefixes: names.iter().map(|name| super::s3_access::folder(name, place)).collect(),
                within: 4 * 3600,
                until: super::s3_access::UNTIL,
            },
            Kind::Inventory(inventory) => Self::Later {
                prefixes: names
                    .iter()
                    .map(|name| format!("{}{name}/{}/", place.prefix.folder(), inventory.id))
                    .collect(),
                within: 48 * 3600,
                until: super::inventory::UNTIL,
            },
        }
    }
}
