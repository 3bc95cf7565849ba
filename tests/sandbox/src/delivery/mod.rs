//! What the log services do: check a destination when they are attached, and write to it when hours pass.
//!
//! The rules are those that AWS documents, and where it does not, those seen in the field; the README says which.

pub mod access_log;
pub mod attach;
pub mod balancer_log;
pub mod inventory;
pub mod sealing;
pub mod sender;

use std::time::SystemTime;

use crate::sandbox::Sandbox;

/// At that time every attached producer delivers, silently does not, or delivers what nobody can read.
pub async fn deliver(sandbox: &Sandbox, time: SystemTime) {
    balancer_log::deliver(sandbox, time).await;
    access_log::deliver(sandbox, time).await;
    inventory::deliver(sandbox, time).await;
}
