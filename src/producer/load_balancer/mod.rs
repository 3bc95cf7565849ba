//! What Application and Network Load Balancers share.

mod balancer;
mod log_type;
mod today;

pub use balancer::{LoadBalancer, LoadBalancerType, LogAttachment};
pub use log_type::LogType;
pub(super) use today::today;
