//! The facts about each producer, in its own folder: who writes, with which requests, where, and when.
//!
//! This module has only rules and facts, and makes no AWS calls. `plan` evaluates whether a bucket meets the rules.

pub mod encryption;
pub mod iac;
pub mod log_delivery;
pub mod weighing;

mod alb;
mod attaching;
mod attachment;
mod choices;
mod clb;
mod condition_keys;
mod delivery_status;
mod facts;
mod groups;
mod inventory;
mod keys;
mod kind;
mod layout;
mod list;
mod load_balancer;
mod nlb;
mod own_encryption;
mod place;
mod prefix;
mod probe;
mod proof;
mod s3_access;
mod source;
mod source_call;
mod source_list;
mod source_name;
mod source_setting;
mod source_slot;
mod source_step;
mod source_words;
mod template;
mod topic;
mod vended;
mod vpc_flow;

pub use attaching::{Attaching, Goal, Renewal, Write};
pub use attachment::{Attachment, Inventories, Log, Target};
pub use choices::Choices;
pub use clb::{ClassicLog, EmitInterval};
pub use delivery_status::{DeliveryStatus, FailedDelivery, LogResource};
pub use facts::{
    AclWay, AttachedAs, AttachmentFacts, DestinationJudged, EncryptedBy, Facts, ListenerFacts, Loops, ObjectOwner,
    OtherRegion, Overdue, PrefixRule, Refusal, SourceKind,
};
pub use inventory::{
    InventoryConfiguration, InventoryEncryption, InventoryField, InventoryFormat, InventoryFrequency, InventoryId,
    InventoryIdError, InventoryRequest, InventoryVersions, UnknownInventory,
};
pub use kind::Kind;
pub use layout::{Days, FileName, Layout, source_of_record};
pub use list::Producer;
pub use load_balancer::{LoadBalancer, LoadBalancerType, LogAttachment, LogType};
pub use own_encryption::{OwnEncryption, OwnToday};
pub use place::{Place, TEST_OBJECT, Writer};
pub use prefix::{IllegalPrefix, Prefix, PrefixError};
pub use probe::{KeyContext, Need, Probe, ProbedKey, ServiceRequest};
pub use proof::{Proof, ProofFile};
pub use s3_access::{KeyFormat, Logging, PartitionDate, TargetGrant, literal};
pub use source::{Source, SourceBucket};
pub use source_call::{SourceCall, Turned};
pub use source_list::{AccountList, RegionList, SourceList};
pub use source_name::{SourceName, SourceNameError};
pub use source_setting::SourceSetting;
pub use source_slot::SourceSlot;
pub use source_step::{NewFlowLog, NewInventory, NewSetting, ReportKey, SourceStep};
pub use template::{Template, Values};
pub use topic::Topic;
pub use vended::VENDED_LOG_TYPES;
pub use vpc_flow::{
    Aggregation, FlowFormat, FlowKeys, FlowLog, FlowLogSettings, FlowRequest, Network, NetworkId, NetworkIdError,
    NetworkKind, Traffic,
};

use crate::model::KeySlot;

use place::place_in_words;

/// Returns the service's requests to the bucket for one source. The policy must allow each request.
pub fn bucket_probes(kind: &Kind, writer: &Writer, place: &Place) -> Vec<Probe> {
    // A request's encryption headers are evaluated in the same way for every key.
    let asked =
        kind.report_key().map_or(OwnEncryption::SseS3, |_| OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Created)));
    bucket_probes_encrypted(kind, &asked, writer, place)
}

/// Returns the service's requests to the bucket if the source's configuration names this encryption. A log service that
/// uses the bucket's default encryption sends no encryption header.
pub fn bucket_probes_encrypted(
    kind: &Kind,
    encryption: &OwnEncryption<ReportKey>,
    writer: &Writer,
    place: &Place,
) -> Vec<Probe> {
    match kind {
        Kind::Alb(types) => alb::probes(types, writer, place),
        Kind::Nlb => nlb::bucket_probes(writer, place),
        Kind::Clb(_) => clb::probes(writer, place),
        Kind::S3Access(_) => s3_access::probes(writer, place),
        Kind::Inventory(inventory) => inventory::bucket_probes(inventory, encryption, writer, place),
        Kind::VpcFlow(_) => vpc_flow::bucket_probes(writer, place),
    }
}

/// Returns the requests to the bucket, made by the legacy account. Empty if the Region has no such account.
pub fn legacy_probes(kind: &Kind, writer: &Writer, place: &Place) -> Vec<Probe> {
    match kind {
        Kind::Alb(types) => load_balancer::by_legacy_account(alb::probes(types, writer, place), place),
        Kind::Clb(_) => load_balancer::by_legacy_account(clb::probes(writer, place), place),
        Kind::Inventory(_) | Kind::Nlb | Kind::S3Access(_) | Kind::VpcFlow(_) => Vec::new(),
    }
}

/// Returns the service's requests to a key that encrypts its logs, for one source. Empty if the service certainly uses
/// no key.
pub fn key_probes(producer: Producer, writer: &Writer, place: &Place, key: &ProbedKey<'_>) -> Vec<Probe> {
    match producer {
        Producer::Nlb => log_delivery::key_probes(writer, place, key),
        Producer::Inventory => inventory::key_probes(writer, place, key),
        Producer::S3Access => s3_access::key_probes(writer, place, key),
        Producer::VpcFlow => vpc_flow::key_probes(writer, place, key),
        Producer::Alb | Producer::Clb => Vec::new(),
    }
}

/// Returns the folders that only this producer writes to. `--expire-days` only applies to these folders, since a
/// lifecycle rule deletes everything in a folder. Empty if the rule would need a prefix without `/`: a rule for `prod`
/// also deletes from `production/`.
pub fn own_folders(kind: &Kind, writers: &[Writer], place: &Place) -> Vec<String> {
    let prefix = place.prefix.as_str();
    match (kind, place.key_format) {
        (Kind::Alb(_) | Kind::Clb(_) | Kind::Nlb, _) => vec![place.load_balancer_logs()],
        (Kind::S3Access(_), KeyFormat::Partitioned(_)) => vec![format!("{prefix}{}/", place.source_account)],
        (Kind::S3Access(_), KeyFormat::Simple) if prefix.ends_with('/') => vec![prefix.to_owned()],
        (Kind::S3Access(_), KeyFormat::Simple) => Vec::new(),
        (Kind::Inventory(_), _) => {
            writers.iter().map(|writer| format!("{}{}/", place.prefix.folder(), writer.name)).collect()
        }
        (Kind::VpcFlow(_), _) => vec![vpc_flow::folder(place)],
    }
}

/// Returns the folder that lifecycle rules of earlier versions used, if it differs from [`own_folders`]. Other services
/// also deliver to this folder.
pub fn former_folder(kind: &Kind, place: &Place) -> Option<String> {
    match kind {
        Kind::Alb(_) | Kind::Nlb => Some(place.load_balancer_folder()),
        Kind::Clb(_) | Kind::Inventory(_) | Kind::S3Access(_) | Kind::VpcFlow(_) => None,
    }
}
