//! What Application and Network Load Balancers share.

mod attaching;
mod balancer;
mod log_type;
mod today;

pub(super) use attaching::{ATTACHMENT, attached, attaching, fresh};
pub use balancer::{LoadBalancer, LoadBalancerType, LogAttachment};
pub use log_type::LogType;
pub(super) use today::today;
