//! `check` finds each planted cause among healthy logs, and the printed fix works.

mod buckets;
mod causes;
mod doubts;
mod history;
mod lookups;
mod matrix;
mod nlb_keys;
mod report;
mod states;

// `is` is the name in `vpc_flow.rs`.
pub(crate) use report::{WEB, assert_fixed, assert_health, log, with_web};
