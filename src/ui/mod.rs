//! All printing: plans, results and errors for people and as JSON, and progress.
//!
//! Standard output is data, standard error is talk. Nothing here asks AWS or decides anything.

mod canvas;
mod check_document;
mod check_text;
mod clean;
mod describe;
mod details;
mod diff;
mod document;
mod field;
mod glyphs;
mod list;
mod matrix;
mod menu;
mod numbered;
mod permissions;
mod plain;
mod plan_text;
mod policies;
mod preflight_text;
mod printer;
mod progress;
mod prompt;
mod reason;
mod refusal_text;
mod result_text;
mod scan;
mod sdk_trace;
mod silence;
mod style;
mod talk;
mod theme;
mod told;
mod undo;
mod vended;
mod words;
mod wrap;

pub use describe::line as step_line;
pub(crate) use plain::is_plain;
pub use plan_text::Depth;
pub use printer::Printer;
pub(crate) use printer::{call, credential_wait, panicked};
pub(crate) use progress::hide_progress;
pub use progress::{Count, Looking, Progress};
pub use prompt::{Choice, Prompt, Start, Unanswered};
pub(crate) use sdk_trace::{show_sdk_trace, withheld};
pub(crate) use talk::{agree_on_colors, output_was_begun, output_was_lost, something_was_changed};
pub use told::{Preview, Told};
pub(crate) use words::command as command_line;
