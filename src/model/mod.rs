//! Names and values of the field, parsed once: a value of these types cannot hold a bad one.
//!
//! Nothing here knows an AWS client, a clock or the user interface.

mod account_id;
mod arn;
mod bucket_name;
mod encryption;
mod endpoint_url;
mod hidden;
mod inventory;
mod key;
mod kind;
mod moment;
mod near;
mod partition;
mod prefix;
mod producer;
mod region;
mod regions;
mod report_path;
mod run_token;
mod source_name;
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
pub use inventory::{
    InventoryField, InventoryFormat, InventoryFrequency, InventoryId, InventoryIdError, InventoryVersions,
};
pub use key::{KeyArn, KeyChoice, KeyRef, KeyRefError};
pub use kind::{InventoryRequest, Kind};
pub use moment::{Moment, span};
pub use near::{either, near, near_region};
pub use partition::{Partition, PartitionError};
pub use prefix::{Prefix, PrefixError};
pub use producer::{KeyFormat, LogType, PartitionDate, Producer};
pub use region::{Region, RegionError};
pub use regions::regions;
pub use report_path::{Place, ReportPath, ReportPathError};
pub use run_token::{RunToken, RunTokenError};
pub use source_name::{SourceName, SourceNameError};
pub use storage_class::{StorageClass, TransitionAfter};
pub use tag::{Tag, TagError};
pub use tag_filter::{TagFilter, TagFilterError};
