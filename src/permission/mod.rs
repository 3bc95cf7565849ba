//! What the caller must be allowed: each AWS call that logbucket makes, the IAM actions it takes, and the policy of a job.
//!
//! A table and what follows from it. No call is made here, and what a log service must be allowed stands in `producer`.

mod call;
mod policy;
mod scope;
mod table;

pub use call::{Call, Job, Need, Resource};
pub use policy::{calls, policy};
pub use scope::{Keys, Scope};
pub use table::{CALLS, actions_of, actions_with};
