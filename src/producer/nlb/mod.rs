//! Network Load Balancers.

mod facts;
mod requests;

pub(super) use facts::FACTS;
pub(super) use requests::bucket_probes;
