//! Application Load Balancers.

mod facts;
mod requests;

pub use facts::FACTS;
pub use requests::{PRINCIPAL, legacy_account, legacy_probes, probes};
