//! Application Load Balancers.

mod facts;
mod logs;
mod requests;

pub(super) use facts::FACTS;
pub(super) use logs::{flags, title};
pub(super) use requests::probes;
