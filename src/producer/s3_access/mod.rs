//! S3 server access logs.

mod attaching;
mod facts;
mod iac;
mod key_format;
mod logging;
mod requests;
mod words;

pub(super) use attaching::{ATTACHMENT, attached, attaching, key_format};
pub(super) use facts::FACTS;
pub(super) use iac::{in_cloudformation, in_terraform};
pub use key_format::{KeyFormat, PartitionDate};
pub(super) use logging::today;
pub(crate) use logging::{Logging, TargetGrant};
pub(crate) use requests::literal;
pub(super) use requests::{PRINCIPAL, folder, key_patterns, key_probes, literal_of_2008, probes};
pub(super) use words::{line, said};
