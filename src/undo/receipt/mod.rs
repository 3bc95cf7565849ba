//! Receipts record the values that a run replaces. The receipt is made from the run's plan before the first write, and
//! `undo` decides from the receipt what to restore.
//!
//! This module contains only values and their text. It does not use files, the clock or AWS.

mod chain;
mod created_bucket;
mod current_state;
mod entry;
mod former;
mod from_plan;
mod lost_policy;
mod record;
mod run_id;
mod stored_change;
#[cfg(test)]
mod tests;
mod undo_plan;

pub(crate) use current_state::{Contents, CurrentState, FoundBucket, Likeness};
pub(crate) use entry::{ReceiptEntry, RecordedChange, StepOutcome};
pub(crate) use former::{Arrival, Former};
pub(crate) use from_plan::RunFacts;
pub use record::Receipt;
pub(crate) use record::ReceiptParseError;
pub(crate) use run_id::{RunId, RunIdError};
pub(crate) use undo_plan::{Undo, UndoItem, UndoVerdict};
