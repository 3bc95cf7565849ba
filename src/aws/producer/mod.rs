//! AWS calls about sources: the reads of each log service, one file each, and `sources`, which selects them.

pub(super) mod bucket;
pub(super) mod call_record;
pub(super) mod clb;
pub(super) mod inventory;
pub(super) mod load_balancer;
pub(super) mod s3_access;

mod load_balancers;
mod setting;
mod sources;

pub use sources::{LogsOfRegion, SourceSide};
