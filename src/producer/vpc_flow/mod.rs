//! VPC Flow Logs to S3, of VPCs, subnets, network interfaces and transit gateways.
//!
//! A flow log is a resource of its own: it can't be changed, only deleted and created again
//! (<https://docs.aws.amazon.com/vpc/latest/userguide/working-with-flow-logs.html>).

mod attaching;
mod facts;
mod flow_log;
mod flow_request;
mod iac;
mod keys;
mod network;
mod requests;
mod words;

use attaching::today_of;
pub(super) use attaching::{ATTACHMENT, DELETE, attached, attaching, failed_delivery, wanted};
pub(super) use facts::FACTS;
pub(crate) use flow_log::{FlowLog, FlowLogSettings};
pub use flow_request::{Aggregation, FlowFormat, FlowRequest, Traffic};
pub(super) use iac::{in_cloudformation, in_terraform};
pub(crate) use keys::FlowKeys;
pub(super) use keys::{by_folders, flow_keys, flow_logs, folder, grant_pattern};
pub use network::Network;
pub(crate) use network::{NetworkId, NetworkIdError, NetworkKind};
pub(super) use requests::{bucket_probes, key_probes};
pub(super) use words::{line, said, title, today};
