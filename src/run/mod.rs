//! Carries out an approved plan or an undo: runs the steps, retries during propagation, checks the result and proves
//! delivery.

pub(crate) mod apply;
mod attach;
pub(crate) mod evidence;
pub(crate) mod proof;
pub(crate) mod restore;
pub(crate) mod retry;
pub(crate) mod settle;
