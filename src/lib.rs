//! Makes AWS log-delivery destinations work, and proves it.
//!
//! ```text
//! argv -> cli -> request::Draft --complete--> Request
//!                        aws::observe(Request) -> state::Observed
//!                  plan::plan(Request, Observed) -> Plan --approve(consent)--> Approved
//!                               apply(Approved) -> Applied -> evidence -> proof::Delivery -> ui
//! ```
//!
//! Everything from `Draft` to `Approved` is pure, sync and deterministic. ARCHITECTURE.md has the import table, which a test
//! holds the code to.

pub mod apply;
pub mod aws;
pub mod cli;
pub mod command;
pub mod evidence;
pub mod exit;
pub mod files;
pub mod health;
pub mod iam;
pub mod model;
pub mod patience;
pub mod permission;
pub mod plan;
pub mod preflight;
pub mod producer;
pub mod proof;
pub mod put_back;
pub mod receipt;
pub mod receipts;
pub mod request;
pub mod settle;
pub mod state;
pub mod ui;

mod guard;
mod run;

pub use run::run;
