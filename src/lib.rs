//! Sets up AWS log-delivery destinations and proves that logs arrive.
//!
//! ```text
//! argv -> cli -> request::Draft --complete--> Request
//!                        aws::observe(Request) -> state::Observed
//!                  plan::plan(Request, Observed) -> Plan --approve(consent)--> ApprovedPlan
//!                               run::apply(ApprovedPlan) -> AppliedPlan -> run::await_logs -> Delivery -> ui
//! ```
//!
//! Everything from `Draft` to `ApprovedPlan` is pure, sync and deterministic. ARCHITECTURE.md has the import table, which a
//! test enforces.

mod aws;
mod cli;
mod command;
mod exit;
mod files;
mod health;
mod iam;
mod model;
mod permission;
mod plan;
mod poll;
mod producer;
mod request;
mod run;
mod state;
mod ui;
mod undo;

mod guard;
mod program;

#[doc(hidden)]
pub mod internals;

pub use aws::Access;
pub use program::run;
