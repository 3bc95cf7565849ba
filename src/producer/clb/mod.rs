//! Classic Load Balancers: an access log, published every 5 or 60 minutes.

mod access_log;
mod attaching;
mod emit_interval;
mod facts;
mod iac;
mod requests;
mod words;

pub(crate) use access_log::ClassicLog;
pub(super) use attaching::{ATTACHMENT, attached, attaching, minutes};
pub(crate) use emit_interval::EmitInterval;
pub(super) use facts::FACTS;
pub(super) use iac::{in_cloudformation, in_terraform};
pub(super) use requests::probes;
pub(super) use words::{line, said};
