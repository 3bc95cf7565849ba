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
mod partition;
mod region;
mod regions;
mod report_path;
mod run_token;
mod seen;
mod storage_class;
mod suggest;
mod tag;
mod tag_filter;
mod text;

pub use account_id::AccountId;
pub(crate) use arn::{Arn, ArnError};
pub use bucket_name::BucketName;
pub(crate) use bucket_name::{BucketNameError, Namespace};
pub(crate) use encryption::Encryption;
pub use encryption::{BucketEncryption, EncryptionKind};
pub(crate) use endpoint_url::{EndpointUrlError, check_endpoint_url, without_user, without_users};
pub use hidden::is_hidden;
pub use key::{KeyArn, KeyChoice};
pub(crate) use key::{KeyRef, KeyRefError, KeySlot};
pub use moment::Moment;
pub(crate) use moment::span;
pub use partition::Partition;
pub(crate) use partition::PartitionError;
pub use region::Region;
pub(crate) use region::RegionError;
pub(crate) use regions::{REGIONS, regions};
pub(crate) use report_path::{PathParts, ReportPath};
pub(crate) use run_token::RunToken;
pub use seen::Seen;
pub(crate) use seen::{Denial, Unread};
pub use storage_class::{StorageClass, TransitionAfter};
pub(crate) use suggest::{either, listed, suggest, suggest_region};
pub use tag::Tag;
pub(crate) use tag_filter::TagFilter;
