//! Turns the command line into a draft.

use std::path::PathBuf;

use crate::cli::{EncryptionWord, FormatWord, Global, InitArgs};
use crate::model::{EncryptionKind, TransitionAfter, without_user};
use crate::producer::{Choices, FlowRequest};
use crate::request::{Consent, Draft, Expiry, Preflight};

/// Makes a folder's path absolute, because printed commands contain the path and may be run in another folder.
fn absolute(folder: PathBuf) -> PathBuf {
    std::path::absolute(&folder).unwrap_or(folder)
}

/// Builds the draft from the flags.
pub fn draft(args: InitArgs, global: &Global) -> Draft {
    Draft {
        producer: args.producer,
        sources: args.source,
        bucket: args.bucket,
        prefix: args.prefix,
        encryption: args.encryption.map(|word| match word {
            EncryptionWord::SseS3 => EncryptionKind::SseS3,
            EncryptionWord::SseKms => EncryptionKind::SseKmsCustomer,
        }),
        kms_key: args.kms_key,
        expiry: Expiry::from_flag(args.expire_days),
        transition: args
            .transition_days
            .map(|days| TransitionAfter { days, class: args.storage_class.unwrap_or_default() }),
        tags: args.tag,
        consent: Consent { adds: args.yes, replaces: args.fix, exempts: args.exempt },
        wait: args.wait,
        region: global.region.clone(),
        profile: global.profile.clone(),
        endpoint_url: global.endpoint_url.as_deref().map(without_user),
        receipt_dir: args.receipt_dir.map(absolute),
        preflight: if args.no_preflight { Preflight::Skipped } else { Preflight::Asked },
        choices: Choices {
            log_types: args.log_type.into_iter().collect(),
            emit_interval: args.emit_interval,
            partition: args.partition,
            inventory_id: args.inventory_id,
            format: args.format.and_then(FormatWord::for_reports),
            frequency: args.frequency,
            versions: args.versions,
            fields: args.fields.map(|list| list.0.into_iter().collect()),
            report_kms_key: args.report_kms_key,
            flow: FlowRequest {
                traffic: args.traffic,
                format: args.format.and_then(FormatWord::for_flow_logs),
                aggregation: args.aggregation,
                hourly: args.hourly,
                hive: args.hive,
            },
        },
    }
}
