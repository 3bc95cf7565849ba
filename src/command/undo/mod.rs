//! `undo`: restores what a run replaced, where that is still as the run left it and nobody needs it.

mod command;
mod dependents;
mod job;

pub use command::undo;
