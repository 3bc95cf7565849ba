//! Carries out an approved plan or an undo: runs the steps, retries during propagation, checks the result and proves
//! delivery.

pub mod apply;
mod attach;
pub mod evidence;
pub mod proof;
pub mod restore;
pub mod retry;
pub mod settle;
