//! Findings about the log setting of a source.

use crate::model::Denial;
use crate::producer::{AttachedAs, Producer, Refusal};

use super::FindingId as Id;
use super::rule::Rule;

#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AttachmentFinding {
    Unreadable {
        producer: Producer,
        denial: Denial,
    },
    /// The log is off, goes elsewhere, or its configuration differs from the request.
    Differs {
        producer: Producer,
        /// The difference, in the producer's words.
        difference: String,
        /// The reason if AWS delivers nothing with the current setting.
        refusal: Option<Refusal>,
    },
}

impl AttachmentFinding {
    pub(super) fn rule(&self) -> Rule {
        match self {
            Self::Unreadable { producer, .. } => {
                Rule::error(Id::AttachmentUnreadable, producer.facts().attachment.page)
            }
            Self::Differs { producer, refusal, .. } => {
                let facts = producer.facts().attachment;
                let id = match facts.form {
                    AttachedAs::Log | AttachedAs::Resource => Id::AttachmentLogging,
                    AttachedAs::Configuration => Id::AttachmentInventory,
                };
                refusal.map_or(Rule::info(id, facts.page), |refusal| Rule::error(id, refusal.page))
            }
        }
    }
}
