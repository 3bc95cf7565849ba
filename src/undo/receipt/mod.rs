//! Receipts: what a run replaces, recorded from its plan before the first write and judged by `undo`.
//!
//! Values and their text only. Files, the clock and AWS are elsewhere.

mod chain;
mod created_bucket;
mod entry;
mod former;
mod look;
mod of_plan;
mod record;
mod run_id;
#[cfg(test)]
mod tests;
mod undo;

pub use entry::{Change, Entry, Outcome};
pub use former::{Arrived, Former};
pub use look::{Contents, FoundBucket, Likeness, Look};
pub use of_plan::RunFacts;
pub use record::{Receipt, Unreadable};
pub use run_id::{RunId, RunIdError};
pub use undo::{Item, Undo, Verdict};
