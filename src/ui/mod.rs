//! All output: plans, results and errors as text and as JSON, progress, and prompts.
//!
//! Data goes to standard output, everything else to standard error. Nothing here calls AWS or decides anything.

mod calls;
mod canvas;
mod check_document;
mod check_text;
mod choice;
mod clean;
mod describe;
mod details;
mod diff;
mod echo_off;
mod error_document;
mod field;
mod finding;
mod glyphs;
mod list;
mod matrix;
mod menu;
mod numbered;
mod permissions;
mod plain;
mod plan_document;
mod plan_text;
mod policies;
mod preflight_text;
mod progress;
mod prompt;
mod reason;
mod refusal_text;
mod report;
mod result_document;
mod result_text;
mod run_summary;
mod scan;
#[cfg(test)]
mod schema;
mod sdk_trace;
mod search;
mod style;
mod talk;
mod text_prompt;
mod theme;
mod undo;
mod vended;
mod words;
mod wrap;

pub(crate) use calls::{call, credential_wait};
pub use choice::Choice;
pub use describe::line as step_line;
pub use finding::{Sentences, sentences};
pub(crate) use finding::{cause_text, unusable_key_text};
pub(crate) use plain::is_plain;
pub use plan_text::Depth;
pub(crate) use progress::hide_progress;
pub use progress::{Count, Looking, Progress};
pub use prompt::{Prompt, Unanswered};
pub(crate) use report::{Export, Failure, HealthEvent, InitEvent, OfflineEvent, ShownPolicy, UndoEvent, panicked};
pub use report::{Reporter, Talk};
pub use run_summary::{Preview, RunSummary};
pub(crate) use scan::page as scan_page;
pub(crate) use sdk_trace::{show_sdk_trace, withheld};
pub use search::{Found, Offer, Search, Select, Selected};
pub(crate) use talk::{agree_on_colors, output_was_begun, output_was_lost, something_was_changed};
pub use text_prompt::Start;
pub(crate) use words::command as command_line;
