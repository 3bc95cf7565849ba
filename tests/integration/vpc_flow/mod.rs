//! VPC flow logs.

mod bucket_policy;
mod logs;
mod undo;

pub(crate) use logs::{INIT, VPC, account, attached, flow_log, theirs};
