//! What the log services do: check a destination when they are attached, and write to it when hours pass.
//!
//! The rules are those that AWS documents, and where it does not, those seen in the field; the README says which.

pub mod access_log;
pub mod attach;
pub mod balancer_log;
pub mod inventory;
pub mod sealing;
pub mod sender;
pub mod vended;

use std::time::SystemTime;

use crate::sandbox::Sandbox;

/// A log that is on and would arrive now, where its source has anything to log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    /// The load balancer or bucket that logs, or the delivery source of vended logs, by name.
    pub source: String,
    /// `access_logs` and its like of a load balancer, `logging`, `vended`, or the id of an inventory.
    pub log: String,
    /// Where it arrives.
    pub bucket: String,
    /// Whether the owner of that bucket can read what arrives.
    pub readable: bool,
}

/// Every log that would arrive now; nothing is written.
pub async fn arrivals(sandbox: &Sandbox) -> Vec<Arrival> {
    let mut all = balancer_log::arrivals(sandbox).await;
    all.extend(access_log::arrivals(&sandbox.world()));
    all.extend(inventory::arrivals(&sandbox.world()));
    all.extend(vended::arrivals(&sandbox.world()));
    all.sort_unstable();
    all
}

/// At that time every attached producer delivers, silently does not, or delivers what nobody can read.
pub async fn deliver(sandbox: &Sandbox, time: SystemTime) {
    balancer_log::deliver(sandbox, time).await;
    access_log::deliver(sandbox, time).await;
    inventory::deliver(sandbox, time).await;
}
