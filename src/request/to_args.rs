//! The command line that repeats a request, and the one that looks later at what came of it.

use std::collections::BTreeSet;
use std::ffi::OsString;

use crate::model::{AccountId, Encryption, Region, StorageClass, TransitionAfter};
use crate::producer::{
    InventoryField, InventoryFormat, InventoryFrequency, InventoryId, InventoryRequest, InventoryVersions, Kind,
    LogType,
};

use super::command_line::Args;
use super::{Preflight, Request};

impl Request {
    /// The arguments after `logbucket` that complete to an equal request; what has its default is left out.
    pub fn to_args(&self) -> Vec<OsString> {
        let Self {
            kind,
            sources,
            bucket,
            prefix,
            encryption,
            expire_days,
            transition,
            tags,
            consent,
            wait,
            region,
            profile,
            endpoint_url,
            receipt_dir,
            preflight,
        } = self;
        let mut args = Args::new(&["init", kind.producer().as_str()]);
        for source in sources {
            args.value("--source", source.to_string());
        }
        args.value("--bucket", bucket.to_string());
        if !prefix.is_root() {
            args.value("--prefix", prefix.to_string());
        }
        match encryption {
            Encryption::Unstated => {}
            Encryption::SseS3 => args.value("--encryption", "sse-s3"),
            Encryption::SseKms(key) => args.value("--kms-key", key.to_string()),
        }
        if let Some(days) = expire_days {
            args.value("--expire-days", days.to_string());
        }
        if let Some(TransitionAfter { days, class }) = transition {
            args.value("--transition-days", days.to_string());
            if *class != StorageClass::default() {
                args.value("--storage-class", class.as_str());
            }
        }
        for (key, value) in tags {
            args.value("--tag", format!("{key}={value}"));
        }
        kind_flags(kind, &mut args);
        if let Some(seconds) = wait {
            args.value("--wait", seconds.to_string());
        }
        place_flags((region.as_ref(), profile.as_ref(), endpoint_url.as_ref()), &mut args);
        if let Some(folder) = receipt_dir {
            args.value("--receipt-dir", folder);
        }
        for sid in &consent.exempts {
            args.value("--exempt", sid);
        }
        if *preflight == Preflight::Skipped {
            args.flag("--no-preflight");
        }
        if consent.replaces {
            args.flag("--fix");
        }
        if consent.adds {
            args.flag("--yes");
        }
        args.into_words()
    }

    /// The arguments after `logbucket` that undo the run of this name.
    pub fn to_undo_args(&self, run: &str) -> Vec<OsString> {
        let mut args = Args::new(&["undo", run]);
        place_flags((None, self.profile.as_ref(), self.endpoint_url.as_ref()), &mut args);
        if let Some(folder) = &self.receipt_dir {
            args.value("--receipt-dir", folder);
        }
        args.into_words()
    }

    /// The arguments after `logbucket` that print the policy which a caller of this request needs.
    pub fn to_permissions_args(&self, account: &AccountId, region: &Region) -> Vec<OsString> {
        let mut args = Args::new(&["permissions", "init", "--producer", self.kind.producer().as_str()]);
        for source in &self.sources {
            args.value("--source", source.to_string());
        }
        args.value("--bucket", self.bucket.to_string());
        let key = match &self.encryption {
            Encryption::SseKms(key) => Some(key),
            Encryption::SseS3 | Encryption::Unstated => self.kind.report_key(),
        };
        if let Some(key) = key {
            args.value("--kms-key", key.to_string());
        }
        args.value("--account", account.to_string());
        args.value("--region", region.to_string());
        args.into_words()
    }

    /// The arguments after `logbucket` that check the sources of this request, wherever they log by then.
    pub fn to_check_args(&self) -> Vec<OsString> {
        let mut args = Args::new(&["check", self.kind.producer().as_str()]);
        for source in &self.sources {
            args.value("--source", source.to_string());
        }
        place_flags((self.region.as_ref(), self.profile.as_ref(), self.endpoint_url.as_ref()), &mut args);
        args.into_words()
    }
}

/// Where calls go: Region, profile and endpoint.
fn place_flags((region, profile, endpoint_url): (Option<&Region>, Option<&String>, Option<&String>), args: &mut Args) {
    if let Some(region) = region {
        args.value("--region", region.to_string());
    }
    if let Some(profile) = profile {
        args.value("--profile", profile);
    }
    if let Some(url) = endpoint_url {
        args.value("--endpoint-url", url);
    }
}

fn kind_flags(kind: &Kind, args: &mut Args) {
    match kind {
        Kind::Alb(types) if *types == BTreeSet::from([LogType::Access]) => {}
        Kind::Alb(types) => types.iter().for_each(|log| args.value("--log-type", log.as_str())),
        Kind::Nlb | Kind::S3Access(None) => {}
        Kind::S3Access(Some(date)) => args.value("--partition", date.as_str()),
        Kind::Inventory(inventory) => inventory_flags(inventory, args),
    }
}

fn inventory_flags(inventory: &InventoryRequest, args: &mut Args) {
    let InventoryRequest { id, format, frequency, versions, fields, report_key } = inventory;
    if *id != InventoryId::usual() {
        args.value("--inventory-id", id.to_string());
    }
    if *format != InventoryFormat::Csv {
        args.value("--format", format.as_str());
    }
    if *frequency != InventoryFrequency::Daily {
        args.value("--frequency", frequency.as_str());
    }
    if *versions != InventoryVersions::Current {
        args.value("--versions", versions.as_str());
    }
    if *fields != InventoryField::USUAL.into_iter().collect::<BTreeSet<_>>() {
        let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        args.value("--fields", if names.is_empty() { "none".to_owned() } else { names.join(",") });
    }
    if let Some(key) = report_key {
        args.value("--report-kms-key", key.to_string());
    }
}
