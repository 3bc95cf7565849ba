//! Findings about the log setting of a source.

use crate::model::Denial;
use crate::producer::{AttachedAs, DeliveryRefusal, Producer};
use crate::request::Request;

use super::FindingId as Id;
use super::rule::FindingRule;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AttachmentFinding {
    Unreadable {
        producer: Producer,
        denial: Denial,
    },
    /// The logs of the sources have different kinds of folders, and a run allows only one. Contains one request for each.
    DifferentFolders {
        producer: Producer,
        requests: Box<[Request; 2]>,
    },
    /// The log is off, goes elsewhere, or its configuration differs from the request.
    Differs {
        producer: Producer,
        /// The difference, in the producer's words.
        difference: String,
        /// The reason if AWS delivers nothing with the current setting.
        refusal: Option<DeliveryRefusal>,
    },
}

impl AttachmentFinding {
    pub(super) fn rule(&self) -> FindingRule {
        match self {
            Self::Unreadable { producer, .. } => {
                FindingRule::error(Id::AttachmentUnreadable, producer.facts().attachment.page)
            }
            Self::DifferentFolders { producer, .. } => {
                FindingRule::error(Id::AttachmentLogging, producer.facts().attachment.page)
            }
            Self::Differs { producer, refusal, .. } => {
                let facts = producer.facts().attachment;
                let id = match facts.form {
                    AttachedAs::Log | AttachedAs::Resource => Id::AttachmentLogging,
                    AttachedAs::Configuration => Id::AttachmentInventory,
                };
                refusal.map_or(FindingRule::info(id, facts.page), |refusal| FindingRule::error(id, refusal.page))
            }
        }
    }
}
