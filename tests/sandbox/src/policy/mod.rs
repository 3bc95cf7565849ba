//! Who may do what: the sandbox's own judgement of bucket and key policies.
//!
//! The evaluator is `iam-rs`, on purpose: nothing here may share code with the tool under test.
//! [`plain`] makes a policy and a request such that `iam-rs` reads them as AWS does; [`evaluate`] asks it.

pub mod evaluate;
pub mod plain;
pub mod time;
pub mod variable;

pub use evaluate::{Asked, Verdict, judge};
