//! Network Load Balancers.

mod requests;

pub use requests::{CERTAIN, PRINCIPAL, UNTIL, bucket_probes, key_probes, may_have_written, probe_of_folder};
