//! What each producer needs, a file each: who writes, what it asks for, where it writes, and when.
//!
//! Rules and facts only. Whether a bucket fulfils them is judged in `plan`; nothing here asks AWS.

pub mod alb;
mod condition_keys;
pub mod encryption;
pub mod inventory;
pub mod nlb;
pub mod s3_access;
pub mod weighing;

mod keys;
mod layout;
mod place;
mod probe;
mod proof;
mod template;
mod vended;

pub use keys::TEST_FILE;
pub use layout::{FileName, Layout, source_of_record};
pub use place::{Place, TEST_OBJECT, Writer};
pub use probe::{KeyContext, Probe, ProbedKey, ServiceRequest};
pub use proof::{Proof, ProofFile};
pub use template::{Template, Values};
pub use vended::{VENDED_LOG_TYPES, vended_log_type};

use crate::model::Kind;
use crate::model::{KeyFormat, Producer};

/// The service principal that writes a producer's logs.
pub fn principal(producer: Producer) -> &'static str {
    match producer {
        Producer::Alb => alb::PRINCIPAL,
        Producer::Nlb => nlb::PRINCIPAL,
        Producer::S3Access => s3_access::PRINCIPAL,
        Producer::Inventory => inventory::PRINCIPAL,
    }
}

/// When the first log is there, in words.
pub fn until(producer: Producer) -> &'static str {
    match producer {
        Producer::Alb => alb::UNTIL,
        Producer::Nlb => nlb::UNTIL,
        Producer::S3Access => s3_access::UNTIL,
        Producer::Inventory => inventory::UNTIL,
    }
}

/// After what the first log is to be expected, and how many minutes later, where AWS gives a number; AWS says so as what is usual, and promises
/// nothing. The words of [`until`] have the pages.
pub fn expected_after(producer: Producer) -> (&'static str, Option<u32>) {
    match producer {
        Producer::Alb => ("traffic", Some(5)),
        Producer::Nlb => ("tls-connection", Some(5)),
        Producer::S3Access => ("request", None),
        Producer::Inventory => ("attachment", Some(48 * 60)),
    }
}

/// The requests that the service makes of the bucket for one source: each must be allowed.
pub fn bucket_probes(kind: &Kind, writer: &Writer, place: &Place) -> Vec<Probe> {
    match kind {
        Kind::Alb(types) => alb::probes(types, writer, place),
        Kind::Nlb => nlb::bucket_probes(writer, place),
        Kind::S3Access(_) => s3_access::probes(writer, place),
        Kind::Inventory(inventory) => inventory::bucket_probes(inventory, writer, place),
    }
}

/// Whether the service certainly makes a request of a key, or only by some of AWS's pages.
pub fn certainly_asks(producer: Producer, action: &str) -> bool {
    match producer {
        Producer::Nlb => nlb::CERTAIN == action,
        Producer::Alb | Producer::Inventory | Producer::S3Access => true,
    }
}

/// The requests that the service makes of a key that encrypts its logs, for one source.
pub fn key_probes(producer: Producer, writer: &Writer, place: &Place, key: &ProbedKey<'_>) -> Vec<Probe> {
    match producer {
        Producer::Nlb => nlb::key_probes(writer, place, key),
        Producer::Inventory => inventory::key_probes(writer, place, key),
        Producer::Alb | Producer::S3Access => Vec::new(),
    }
}

/// The statements that let the service in, as few as it needs.
pub fn bucket_grants(producer: Producer) -> &'static [Template] {
    match producer {
        Producer::Alb => &[Template::Alb],
        Producer::Nlb => &[Template::NlbBucket, Template::NlbObjects],
        Producer::S3Access => &[Template::S3Access],
        Producer::Inventory => &[Template::Inventory],
    }
}

/// The statement of a key policy that lets the service in, where it can use a key at all.
pub fn key_grant(producer: Producer) -> Option<Template> {
    match producer {
        Producer::Nlb => Some(Template::KeyNlb),
        Producer::Inventory => Some(Template::KeyInventory),
        Producer::Alb | Producer::S3Access => None,
    }
}

/// The folders that only this producer writes to: all that `--expire-days` may empty, since a
/// lifecycle rule deletes whatever lies there. None where nothing less than a bare prefix would do: a rule on `prod` deletes
/// from `production/`, too.
pub fn own_folders(kind: &Kind, writers: &[Writer], place: &Place) -> Vec<String> {
    let prefix = place.prefix.as_str();
    match (kind, place.key_format) {
        (Kind::Alb(_) | Kind::Nlb, _) => vec![place.load_balancer_folder()],
        (Kind::S3Access(_), KeyFormat::Partitioned(_)) => vec![format!("{prefix}{}/", place.source_account)],
        (Kind::S3Access(_), KeyFormat::Simple) if prefix.ends_with('/') => vec![prefix.to_owned()],
        (Kind::S3Access(_), KeyFormat::Simple) => Vec::new(),
        (Kind::Inventory(_), _) => {
            writers.iter().map(|writer| format!("{}{}/", place.prefix.folder(), writer.name)).collect()
        }
    }
}
