//! From the words of the command line to a draft.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::cli::{
    EncryptionWord, FormatWord, FrequencyWord, Global, InitArgs, LogTypeWord, PartitionWord, ProducerWord, VersionsWord,
};
use crate::model::{EncryptionKind, TransitionAfter, without_user};
use crate::producer::{InventoryFormat, InventoryFrequency, InventoryVersions, LogType, PartitionDate, Producer};
use crate::request::{Consent, Draft, Preflight};

/// A folder's path from the root: the commands that name it are run elsewhere, too.
fn whole(folder: PathBuf) -> PathBuf {
    std::path::absolute(&folder).unwrap_or(folder)
}

/// The draft that the flags make.
pub fn draft(args: InitArgs, global: &Global) -> Draft {
    Draft {
        producer: args.producer.map(producer),
        sources: args.source,
        log_types: args.log_type.into_iter().map(log_type).collect(),
        bucket: args.bucket,
        prefix: args.prefix,
        encryption: args.encryption.map(|word| match word {
            EncryptionWord::SseS3 => EncryptionKind::SseS3,
            EncryptionWord::SseKms => EncryptionKind::SseKmsCustomer,
        }),
        kms_key: args.kms_key,
        expire_days: args.expire_days,
        transition: args
            .transition_days
            .map(|days| TransitionAfter { days, class: args.storage_class.unwrap_or_default() }),
        tags: args.tag,
        consent: Consent { adds: args.yes, replaces: args.fix, exempts: args.exempt },
        wait: args.wait,
        region: global.region.clone(),
        profile: global.profile.clone(),
        endpoint_url: global.endpoint_url.as_deref().map(without_user),
        receipt_dir: args.receipt_dir.map(whole),
        preflight: if args.no_preflight { Preflight::Skipped } else { Preflight::Asked },
        partition: args.partition.map(|word| match word {
            PartitionWord::Event => PartitionDate::Event,
            PartitionWord::Delivery => PartitionDate::Delivery,
        }),
        inventory_id: args.inventory_id,
        format: args.format.map(|word| match word {
            FormatWord::Csv => InventoryFormat::Csv,
            FormatWord::Orc => InventoryFormat::Orc,
            FormatWord::Parquet => InventoryFormat::Parquet,
        }),
        frequency: args.frequency.map(|word| match word {
            FrequencyWord::Daily => InventoryFrequency::Daily,
            FrequencyWord::Weekly => InventoryFrequency::Weekly,
        }),
        versions: args.versions.map(|word| match word {
            VersionsWord::All => InventoryVersions::All,
            VersionsWord::Current => InventoryVersions::Current,
        }),
        fields: args.fields.map(|list| list.0.into_iter().collect::<BTreeSet<_>>()),
        report_kms_key: args.report_kms_key,
    }
}

/// The producer that a word names.
pub(super) fn producer(word: ProducerWord) -> Producer {
    match word {
        ProducerWord::Alb => Producer::Alb,
        ProducerWord::Nlb => Producer::Nlb,
        ProducerWord::S3Access => Producer::S3Access,
        ProducerWord::Inventory => Producer::Inventory,
    }
}

/// The log of a word.
pub(super) fn log_type(word: LogTypeWord) -> LogType {
    match word {
        LogTypeWord::Access => LogType::Access,
        LogTypeWord::Connection => LogType::Connection,
        LogTypeWord::HealthCheck => LogType::HealthCheck,
    }
}
