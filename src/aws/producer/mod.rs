//! AWS calls about sources. The reads of each log service have their own file, and `sources` selects the file.

pub(super) mod bucket;
pub(super) mod call_record;
pub(super) mod clb;
mod followed;
pub(super) mod inventory;
pub(super) mod load_balancer;
pub(super) mod s3_access;

mod load_balancers;
mod setting;
mod sources;

pub use sources::{LogsOfRegion, SourceSide};
