//! Application Load Balancers.

mod facts;
mod logs;
mod requests;

pub use facts::FACTS;
pub use logs::{flags, title};
pub use requests::{PRINCIPAL, legacy_account, legacy_probes, probes};
