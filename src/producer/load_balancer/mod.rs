//! What Application and Network Load Balancers share.

mod attaching;
mod balancer;
mod delivery;
mod iac;
mod log_type;
mod today;
mod words;

pub(super) use attaching::{ATTACHMENT, attached, attaching, fresh};
pub(crate) use balancer::LogAttachment;
pub use balancer::{LoadBalancer, LoadBalancerType};
pub(super) use delivery::{PRINCIPAL, by_legacy_account, legacy_account, request};
pub(super) use iac::{annotation, in_cloudformation, in_terraform};
pub use log_type::LogType;
pub(super) use today::today;
pub(super) use words::line;
