//! What a run wrote over, so that it can be put back: made of the plan before the first write, judged again by `undo`.
//!
//! A value that is read and written as text. Where the files are kept, the clock and AWS are elsewhere.

mod chain;
mod created_bucket;
mod entry;
mod look;
mod of_plan;
mod record;
mod run_id;
#[cfg(test)]
mod tests;
mod undo;

pub use entry::{Change, Entry, Outcome};
pub use look::{Contents, FoundBucket, Likeness, Look};
pub use of_plan::RunFacts;
pub use record::{Receipt, Unreadable};
pub use run_id::{RunId, RunIdError};
pub use undo::{Item, Undo, Verdict};
