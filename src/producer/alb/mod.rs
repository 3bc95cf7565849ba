//! Application Load Balancers.

mod requests;

pub use requests::{PRINCIPAL, UNTIL, legacy_account, legacy_probes, probes};
