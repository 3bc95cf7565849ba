//! The facts about each producer, in its own folder: who writes, with which requests, where, and when.
//!
//! This module has only rules and facts, and makes no AWS calls. `plan` evaluates whether a bucket meets the rules.

pub(crate) mod encryption;
pub(crate) mod iac;
pub(crate) mod log_delivery;
pub(crate) mod weighing;

mod alb;
mod attaching;
mod attachment;
mod choices;
mod clb;
mod condition_keys;
mod delivery_status;
mod destination;
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

pub(crate) use attaching::{Attaching, Goal, Renewal, Write};
pub(crate) use attachment::Inventories;
pub use attachment::{Attachment, ConfiguredDestination, Log};
pub use choices::Choices;
pub(crate) use clb::{ClassicLog, EmitInterval};
pub(crate) use delivery_status::{DeliveryStatus, FailedDelivery, LogResource};
pub(crate) use destination::{Destination, LogSource, TEST_OBJECT};
pub use facts::Overdue;
pub(crate) use facts::{
    AclWay, AttachedAs, DeliveryRefusal, DestinationJudged, EncryptedBy, Facts, ListenerFacts, Loops, ObjectOwner,
    OtherRegion, PrefixRule, SourceKind,
};
pub(crate) use inventory::{
    InventoryConfiguration, InventoryEncryption, InventoryId, InventoryRequest, UnknownInventory,
};
pub use inventory::{InventoryField, InventoryFormat, InventoryFrequency, InventoryVersions};
pub use kind::Kind;
pub(crate) use layout::{Days, FileName, Layout, source_of_record};
pub use list::Producer;
pub use load_balancer::{LoadBalancer, LoadBalancerType, LogType};
pub(crate) use own_encryption::{OwnEncryption, OwnToday};
pub(crate) use prefix::{IllegalPrefix, Prefix, PrefixError};
pub use probe::{KeyContext, Probe, ProbedKey};
pub(crate) use probe::{ProbePurpose, ServiceRequest};
pub(crate) use proof::{Proof, ProofFile};
pub use s3_access::{KeyFormat, PartitionDate};
pub(crate) use s3_access::{Logging, TargetGrant, literal};
pub use source::{Source, SourceBucket};
pub(crate) use source_call::{SourceCall, Turned};
pub(crate) use source_list::{AccountList, RegionList, SourceList};
pub(crate) use source_name::{SourceName, SourceNameError};
pub(crate) use source_setting::SourceSetting;
pub(crate) use source_slot::SourceSlot;
pub(crate) use source_step::{NewFlowLog, NewInventory, NewSetting, ReportKey, SourceStep};
pub(crate) use template::{Template, Values};
pub(crate) use topic::Topic;
pub(crate) use vended::VENDED_LOG_TYPES;
pub use vpc_flow::{Aggregation, FlowFormat, FlowRequest, Network, Traffic};
pub(crate) use vpc_flow::{FlowKeys, FlowLog, FlowLogSettings, NetworkId, NetworkIdError, NetworkKind};

use crate::model::KeySlot;

use destination::destination_in_words;

/// Returns the service's requests to the bucket for one source. The policy must allow each request.
pub fn bucket_probes(kind: &Kind, log_source: &LogSource, destination: &Destination) -> Vec<Probe> {
    // A request's encryption headers are evaluated in the same way for every key.
    let asked =
        kind.report_key().map_or(OwnEncryption::SseS3, |_| OwnEncryption::SseKms(ReportKey::Slot(KeySlot::Created)));
    bucket_probes_encrypted(kind, &asked, log_source, destination)
}

/// Returns the service's requests to the bucket if the source's configuration names this encryption. A log service that
/// uses the bucket's default encryption sends no encryption header.
pub(crate) fn bucket_probes_encrypted(
    kind: &Kind,
    encryption: &OwnEncryption<ReportKey>,
    log_source: &LogSource,
    destination: &Destination,
) -> Vec<Probe> {
    match kind {
        Kind::Alb(types) => alb::probes(types, log_source, destination),
        Kind::Nlb => nlb::bucket_probes(log_source, destination),
        Kind::Clb(_) => clb::probes(log_source, destination),
        Kind::S3Access(_) => s3_access::probes(log_source, destination),
        Kind::Inventory(inventory) => inventory::bucket_probes(inventory, encryption, log_source, destination),
        Kind::VpcFlow(_) => vpc_flow::bucket_probes(log_source, destination),
    }
}

/// Returns the requests to the bucket, made by the legacy account. Empty if the Region has no such account.
pub fn legacy_probes(kind: &Kind, log_source: &LogSource, destination: &Destination) -> Vec<Probe> {
    match kind {
        Kind::Alb(types) => load_balancer::by_legacy_account(alb::probes(types, log_source, destination), destination),
        Kind::Clb(_) => load_balancer::by_legacy_account(clb::probes(log_source, destination), destination),
        Kind::Inventory(_) | Kind::Nlb | Kind::S3Access(_) | Kind::VpcFlow(_) => Vec::new(),
    }
}

/// Returns the service's requests to a key that encrypts its logs, for one source. Empty if the service certainly uses
/// no key.
pub fn key_probes(
    producer: Producer,
    log_source: &LogSource,
    destination: &Destination,
    key: &ProbedKey<'_>,
) -> Vec<Probe> {
    match producer {
        Producer::Nlb => log_delivery::key_probes(log_source, destination, key),
        Producer::Inventory => inventory::key_probes(log_source, destination, key),
        Producer::S3Access => s3_access::key_probes(log_source, destination, key),
        Producer::VpcFlow => vpc_flow::key_probes(log_source, destination, key),
        Producer::Alb | Producer::Clb => Vec::new(),
    }
}

/// Returns the folders that only this producer writes to. `--expire-days` only applies to these folders, since a
/// lifecycle rule deletes everything in a folder. Empty if the rule would need a prefix without `/`: a rule for `prod`
/// also deletes from `production/`.
pub(crate) fn own_folders(kind: &Kind, log_sources: &[LogSource], destination: &Destination) -> Vec<String> {
    let prefix = destination.prefix.as_str();
    match (kind, destination.key_format) {
        (Kind::Alb(_) | Kind::Clb(_) | Kind::Nlb, _) => vec![destination.load_balancer_logs()],
        (Kind::S3Access(_), KeyFormat::Partitioned(_)) => vec![format!("{prefix}{}/", destination.source_account)],
        (Kind::S3Access(_), KeyFormat::Simple) if prefix.ends_with('/') => vec![prefix.to_owned()],
        (Kind::S3Access(_), KeyFormat::Simple) => Vec::new(),
        (Kind::Inventory(_), _) => log_sources
            .iter()
            .map(|log_source| format!("{}{}/", destination.prefix.folder(), log_source.name))
            .collect(),
        (Kind::VpcFlow(_), _) => vec![vpc_flow::folder(destination)],
    }
}

/// Returns the folder that lifecycle rules of earlier versions used, if it differs from [`own_folders`]. Other services
/// also deliver to this folder.
pub(crate) fn former_folder(kind: &Kind, destination: &Destination) -> Option<String> {
    match kind {
        Kind::Alb(_) | Kind::Nlb => Some(destination.load_balancer_folder()),
        Kind::Clb(_) | Kind::Inventory(_) | Kind::S3Access(_) | Kind::VpcFlow(_) => None,
    }
}
