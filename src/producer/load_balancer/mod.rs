//! What Application and Network Load Balancers share.

mod balancer;
mod log_type;

pub use balancer::{LoadBalancer, LoadBalancerType, LogAttachment};
pub use log_type::LogType;
