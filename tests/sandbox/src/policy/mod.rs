//! The sandbox's own evaluation of bucket and key policies.
//!
//! It uses `iam-rs` on purpose, to share no code with the tool under test. [`plain`] rewrites policies and requests
//! into a form that `iam-rs` reads like AWS does; [`evaluate`] calls it.

pub mod evaluate;
pub mod plain;
pub mod time;
pub mod variable;

pub use evaluate::{Asked, Verdict, judge};
