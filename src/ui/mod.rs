//! All printing: plans, results and errors for people and as JSON, and progress.
//!
//! Standard output is data, standard error is talk. Nothing here asks AWS or decides anything.

mod clean;
mod describe;
mod diff;
mod document;
mod human;
mod printer;
mod sdk_trace;

pub use printer::Printer;
pub(crate) use printer::{call, output_was_lost};
pub(crate) use sdk_trace::show_sdk_trace;
