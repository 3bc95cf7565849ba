//! Runs that can be undone, and what an undo does, for people and as JSON.

mod document;
mod line;
mod text;

pub(super) use document::{RunsDocument, UndoDocument};
pub(super) use line::subject;
pub(super) use text::{left, preview, result, runs, tell};
