//! Carries out an approved plan or an undo: runs the steps, retries during propagation, checks the result and proves
//! delivery.

pub(crate) mod apply;
mod attach;
pub(crate) mod await_logs;
pub(crate) mod delivery_verdict;
pub(crate) mod restore;
pub(crate) mod retry;
pub(crate) mod verify;
