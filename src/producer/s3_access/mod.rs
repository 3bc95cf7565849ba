//! S3 server access logs.

mod facts;
mod key_format;
mod logging;
mod requests;

pub use facts::FACTS;
pub use key_format::{KeyFormat, PartitionDate};
pub use logging::{Logging, TargetGrant, today};
pub use requests::{PRINCIPAL, folder, key_patterns, literal, literal_of_2008, probes};
