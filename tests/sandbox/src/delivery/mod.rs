//! The log services: they check a destination when a source is attached to it, and write to it as hours pass.
//!
//! AWS documents most of the rules. The README lists the others, some of which were seen in the field.

pub mod access_log;
pub mod attach;
pub mod balancer_log;
pub mod flow_log;
pub mod inventory;
pub mod sealing;
pub mod sender;
pub mod vended;

use std::time::SystemTime;

use crate::sandbox::Sandbox;

/// An enabled log that would arrive now if its source had anything to log.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrival {
    /// The name of the load balancer, the bucket, or the delivery source of vended logs, or the ID of a VPC or another
    /// resource with a flow log.
    pub source: String,
    /// `access_logs` (or another log of a load balancer), `logging`, `vended`, an inventory's ID, or a flow log's ID.
    pub log: String,
    /// The destination.
    pub bucket: String,
    /// Whether the bucket's owner can read the objects.
    pub readable: bool,
}

/// Returns every log that would arrive now. Writes nothing.
pub async fn arrivals(sandbox: &Sandbox) -> Vec<Arrival> {
    let mut all = balancer_log::arrivals(sandbox).await;
    all.extend(access_log::arrivals(&sandbox.world()));
    all.extend(inventory::arrivals(&sandbox.world()));
    all.extend(flow_log::arrivals(&sandbox.world()));
    all.extend(vended::arrivals(&sandbox.world()));
    all.sort_unstable();
    all
}

/// Makes every attached source deliver, fail silently, or deliver objects that no one can read.
pub async fn deliver(sandbox: &Sandbox, time: SystemTime) {
    balancer_log::deliver(sandbox, time).await;
    access_log::deliver(sandbox, time).await;
    inventory::deliver(sandbox, time).await;
    flow_log::deliver(sandbox, time).await;
}
