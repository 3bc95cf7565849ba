//! The command line that repeats a request, and the one that looks later at what came of it.

use std::collections::BTreeSet;

use crate::model::{
    Encryption, InventoryField, InventoryFormat, InventoryFrequency, InventoryId, InventoryRequest, InventoryVersions,
    Kind, LogType, Region,
};

use super::{Preflight, Request};

impl Request {
    /// The arguments after `logbucket` that complete to an equal request; what has its default is left out.
    pub fn to_args(&self) -> Vec<String> {
        let Self {
            kind,
            sources,
            bucket,
            prefix,
            encryption,
            expire_days,
            tags,
            consent,
            wait,
            region,
            profile,
            endpoint_url,
            receipt_dir,
            preflight,
        } = self;
        let mut args = vec!["init".to_owned(), kind.producer().as_str().to_owned()];
        let mut flag = |name: &str, value: String| push_flag(&mut args, name, value);
        for source in sources {
            flag("--source", source.to_string());
        }
        flag("--bucket", bucket.to_string());
        if !prefix.is_root() {
            flag("--prefix", prefix.to_string());
        }
        match encryption {
            Encryption::Unstated => {}
            Encryption::SseS3 => flag("--encryption", "sse-s3".to_owned()),
            Encryption::SseKms(key) => flag("--kms-key", key.to_string()),
        }
        if let Some(days) = expire_days {
            flag("--expire-days", days.to_string());
        }
        for (key, value) in tags {
            flag("--tag", format!("{key}={value}"));
        }
        kind_flags(kind, &mut flag);
        if let Some(seconds) = wait {
            flag("--wait", seconds.to_string());
        }
        place_flags((region.as_ref(), profile.as_ref(), endpoint_url.as_ref()), &mut flag);
        if let Some(folder) = receipt_dir {
            flag("--receipt-dir", folder.display().to_string());
        }
        for sid in &consent.exempts {
            flag("--exempt", sid.clone());
        }
        if *preflight == Preflight::Skipped {
            args.push("--no-preflight".to_owned());
        }
        if consent.replaces {
            args.push("--fix".to_owned());
        }
        if consent.adds {
            args.push("--yes".to_owned());
        }
        args
    }

    /// The arguments after `logbucket` that check the sources of this request, wherever they log by then.
    pub fn to_check_args(&self) -> Vec<String> {
        let mut args = vec!["check".to_owned(), self.kind.producer().as_str().to_owned()];
        let mut flag = |name: &str, value: String| push_flag(&mut args, name, value);
        for source in &self.sources {
            flag("--source", source.to_string());
        }
        place_flags((self.region.as_ref(), self.profile.as_ref(), self.endpoint_url.as_ref()), &mut flag);
        args
    }
}

/// A flag and its value; a value that begins like a flag must be bound to its own.
fn push_flag(args: &mut Vec<String>, name: &str, value: String) {
    if value.starts_with('-') {
        args.push(format!("{name}={value}"));
    } else {
        args.extend([name.to_owned(), value]);
    }
}

/// Where calls go: Region, profile and endpoint.
fn place_flags(
    (region, profile, endpoint_url): (Option<&Region>, Option<&String>, Option<&String>),
    flag: &mut impl FnMut(&str, String),
) {
    if let Some(region) = region {
        flag("--region", region.to_string());
    }
    if let Some(profile) = profile {
        flag("--profile", profile.clone());
    }
    if let Some(url) = endpoint_url {
        flag("--endpoint-url", url.clone());
    }
}

fn kind_flags(kind: &Kind, flag: &mut impl FnMut(&str, String)) {
    match kind {
        Kind::Alb(types) if *types == BTreeSet::from([LogType::Access]) => {}
        Kind::Alb(types) => types.iter().for_each(|log| flag("--log-type", log.as_str().to_owned())),
        Kind::Nlb | Kind::S3Access(None) => {}
        Kind::S3Access(Some(date)) => flag("--partition", date.as_str().to_owned()),
        Kind::Inventory(inventory) => inventory_flags(inventory, flag),
    }
}

fn inventory_flags(inventory: &InventoryRequest, flag: &mut impl FnMut(&str, String)) {
    let InventoryRequest { id, format, frequency, versions, fields, report_key } = inventory;
    if *id != InventoryId::usual() {
        flag("--inventory-id", id.to_string());
    }
    if *format != InventoryFormat::Csv {
        flag("--format", format.as_str().to_owned());
    }
    if *frequency != InventoryFrequency::Daily {
        flag("--frequency", frequency.as_str().to_owned());
    }
    if *versions != InventoryVersions::Current {
        flag("--versions", versions.as_str().to_owned());
    }
    if *fields != InventoryField::USUAL.into_iter().collect::<BTreeSet<_>>() {
        let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
        flag("--fields", if names.is_empty() { "none".to_owned() } else { names.join(",") });
    }
    if let Some(key) = report_key {
        flag("--report-kms-key", key.to_string());
    }
}
