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

pub(crate) use report::{WEB, is, is_fixed, log, with_web};
