//! The caller's permissions: each AWS call that logbucket makes, its IAM actions, and the policy for a job.
//!
//! This module makes no AWS calls. The permissions of a log service are in `producer`.

mod call;
mod policy;
mod scope;
mod table;

pub(crate) use call::{ApiCall, CallCondition, Job, Resource};
pub(crate) use policy::{calls, policy};
pub(crate) use scope::{KeyScope, PermissionScope};
pub use table::CALLS;
pub(crate) use table::{actions_of, actions_with};
