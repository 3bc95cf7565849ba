//! The report of `scan` as JSON.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::exit::Exit;
use crate::health::Report;
use crate::ui::check_document::LogBody;

use super::text::counts;

/// `logbucket.scan/1`.
#[derive(Debug, Serialize)]
pub(in crate::ui) struct ScanDocument<'a> {
    schema: &'static str,
    exit_code: u8,
    account: String,
    caller: String,
    regions: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
    ignored: BTreeMap<&'static str, usize>,
    logs: Logs<'a>,
    unknown: &'a [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_checked: Vec<&'a str>,
}

#[derive(Debug)]
struct Logs<'a>(&'a Report);

/// Serializes the logs one at a time, to save memory in large accounts.
impl Serialize for Logs<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(report) = self;
        serializer.collect_seq(report.logs.iter().map(|entry| LogBody::new(entry, &report.caller)))
    }
}

impl<'a> ScanDocument<'a> {
    pub(in crate::ui) fn new(report: &'a Report, exit: Exit) -> Self {
        Self {
            schema: "logbucket.scan/1",
            exit_code: exit.number(),
            account: report.caller.account.to_string(),
            caller: report.caller.arn.clone(),
            regions: report.regions.iter().map(ToString::to_string).collect(),
            counts: counts(report),
            ignored: report.ignored.counts().collect(),
            logs: Logs(report),
            unknown: &report.unread,
            not_checked: report.not_checked.iter().map(|one| one.what.as_str()).collect(),
        }
    }
}
