//! S3 server access logs.

mod attaching;
mod facts;
mod key_format;
mod logging;
mod requests;

pub(super) use attaching::{ATTACHMENT, attached, attaching, key_format};
pub use facts::FACTS;
pub use key_format::{KeyFormat, PartitionDate};
pub use logging::{Logging, TargetGrant, today};
pub use requests::{PRINCIPAL, folder, key_patterns, key_probes, literal, literal_of_2008, probes};
