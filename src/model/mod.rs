//! Names and values of the domain. They are parsed once, and their types exclude invalid values.
//!
//! This module is independent of AWS clients, clocks and the user interface.

mod account_id;
mod arn;
mod bucket_name;
mod encryption;
mod endpoint_url;
mod hidden;
mod key;
mod moment;
mod near;
mod partition;
mod region;
mod regions;
mod report_path;
mod run_token;
mod seen;
mod storage_class;
mod tag;
mod tag_filter;
mod text;

pub use account_id::{AccountId, AccountIdError};
pub use arn::{Arn, ArnError};
pub use bucket_name::{BucketName, BucketNameError, Namespace};
pub use encryption::{BucketEncryption, Encryption, EncryptionKind};
pub use endpoint_url::{EndpointUrlError, check_endpoint_url, without_user, without_users};
pub use hidden::is_hidden;
pub use key::{KeyArn, KeyChoice, KeyRef, KeyRefError, KeySlot};
pub use moment::{Moment, span};
pub use near::{either, listed, near, near_region};
pub use partition::{Partition, PartitionError};
pub use region::{Region, RegionError};
pub use regions::{REGIONS, regions};
pub use report_path::{Place, ReportPath, ReportPathError};
pub use run_token::{RunToken, RunTokenError};
pub use seen::{Denial, Seen, Unread};
pub use storage_class::{StorageClass, TransitionAfter};
pub use tag::{Tag, TagError};
pub use tag_filter::{TagFilter, TagFilterError};
