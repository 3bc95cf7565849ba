//! Runs and undos, as text and JSON.

mod document;
mod line;
mod text;

pub(super) use document::{RunsDocument, UndoDocument};
pub(super) use line::subject;
pub(super) use text::{left, preview, result, runs, tell};
