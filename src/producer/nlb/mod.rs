//! Network Load Balancers.

mod facts;
mod requests;

pub use facts::FACTS;
pub use requests::{CERTAIN, PRINCIPAL, bucket_probes, key_probes, may_have_written, probe_of_folder};
