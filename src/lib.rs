//! Sets up AWS log-delivery destinations and proves that logs arrive.
//!
//! ```text
//! argv -> cli -> request::Draft --complete--> Request
//!                        aws::observe(Request) -> state::Observed
//!                  plan::plan(Request, Observed) -> Plan --approve(consent)--> Approved
//!                               run::apply(Approved) -> Applied -> run::evidence -> Delivery -> ui
//! ```
//!
//! Everything from `Draft` to `Approved` is pure, sync and deterministic. ARCHITECTURE.md has the import table, which a
//! test enforces.

pub mod aws;
pub mod cli;
pub mod command;
pub mod exit;
pub mod files;
pub mod health;
pub mod iam;
pub mod model;
pub mod permission;
pub mod plan;
pub mod poll;
pub mod producer;
pub mod request;
pub mod run;
pub mod state;
pub mod ui;
pub mod undo;

mod guard;
mod program;

pub use program::run;
