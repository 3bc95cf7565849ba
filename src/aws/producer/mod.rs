//! AWS calls about sources. The reads of each log service have their own file, and `sources` selects the file.

pub(super) mod bucket;
pub(super) mod call_record;
pub(super) mod clb;
mod followed;
pub(super) mod inventory;
pub(super) mod load_balancer;
pub(super) mod s3_access;

mod flow_logs;
mod load_balancers;
mod networks;
mod put_flow_log;
mod setting;
mod sources;

pub(crate) use sources::{LogsOfRegion, SourceSide};
