//! S3 server access logs.

mod key_format;
mod logging;
mod requests;

pub use key_format::{KeyFormat, PartitionDate};
pub use logging::{Logging, TargetGrant};
pub use requests::{PRINCIPAL, UNTIL, folder, key_patterns, literal, literal_of_2008, probes};
