//! Receipts record the values that a run replaces. The receipt is made from the run's plan before the first write, and
//! `undo` decides from the receipt what to restore.
//!
//! This module contains only values and their text. It does not use files, the clock or AWS.

mod chain;
mod created_bucket;
mod entry;
mod former;
mod look;
mod of_plan;
mod record;
mod run_id;
mod stored_change;
#[cfg(test)]
mod tests;
mod undo;

pub(crate) use entry::{ReceiptEntry, RecordedChange, StepOutcome};
pub(crate) use former::{Arrival, Former};
pub(crate) use look::{Contents, CurrentState, FoundBucket, Likeness};
pub(crate) use of_plan::RunFacts;
pub use record::Receipt;
pub(crate) use record::ReceiptParseError;
pub(crate) use run_id::{RunId, RunIdError};
pub(crate) use undo::{Undo, UndoItem, UndoVerdict};
