//! Command lines that repeat a request, and that check its result later.

use std::ffi::OsString;

use crate::model::{AccountId, Encryption, Region, StorageClass, TransitionAfter};

use super::command_line::Args;
use super::{Preflight, Request};

impl Request {
    /// Returns the arguments after `logbucket` for an equal request, without defaults.
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
        if let Some(prefix) = prefix {
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
        for (flag, value) in kind.flags() {
            match value {
                Some(value) => args.value(flag, value),
                None => args.flag(flag),
            }
        }
        if let Some(seconds) = wait {
            args.value("--wait", seconds.to_string());
        }
        connection_flags((region.as_ref(), profile.as_ref(), endpoint_url.as_ref()), &mut args);
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

    /// Returns the arguments after `logbucket` that undo the run with this id.
    pub fn to_undo_args(&self, run: &str) -> Vec<OsString> {
        let mut args = Args::new(&["undo", run]);
        connection_flags((None, self.profile.as_ref(), self.endpoint_url.as_ref()), &mut args);
        if let Some(folder) = &self.receipt_dir {
            args.value("--receipt-dir", folder);
        }
        args.into_words()
    }

    /// Returns the arguments after `logbucket` that print the permissions needed for this request.
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

    /// Returns the arguments after `logbucket` that check this request's sources, even if their destination has changed
    /// since.
    pub fn to_check_args(&self) -> Vec<OsString> {
        let mut args = Args::new(&["check", self.kind.producer().as_str()]);
        for source in &self.sources {
            args.value("--source", source.to_string());
        }
        connection_flags((self.region.as_ref(), self.profile.as_ref(), self.endpoint_url.as_ref()), &mut args);
        args.into_words()
    }
}

/// Adds the flags for Region, profile and endpoint.
fn connection_flags(
    (region, profile, endpoint_url): (Option<&Region>, Option<&String>, Option<&String>),
    args: &mut Args,
) {
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
