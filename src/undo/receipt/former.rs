//! Records whether a log could arrive at its earlier destination before a run. This decides whether an undo may send
//! the log back there.

use serde::{Deserialize, Serialize};

use crate::producer::SourceSlot;

/// The earlier destination of a source's log, as it was when the run began.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Former {
    pub source: SourceSlot,
    pub arrived: Arrival,
}

/// Whether a log can arrive in a bucket.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arrival {
    /// Nothing is known to block it.
    Yes,
    /// The log certainly can't arrive.
    No,
    /// A setting could not be read, or AWS does not document the outcome.
    Unknown,
}

impl Arrival {
    /// Returns whether a log may be sent back to a bucket with this answer. The answer must not be worse than `before`,
    /// the answer before the run.
    pub fn is_as_good_as(self, before: Option<Self>) -> bool {
        match (self, before) {
            (Self::Yes, _) | (Self::No, Some(Self::No)) | (Self::Unknown, Some(Self::No | Self::Unknown) | None) => {
                true
            }
            (Self::No, Some(Self::Yes | Self::Unknown) | None) | (Self::Unknown, Some(Self::Yes)) => false,
        }
    }
}
