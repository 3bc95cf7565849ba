//! The report of `scan` as JSON.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::exit::Exit;
use crate::health::Report;
use crate::ui::check_document::LogBody;

use super::text::counts;

/// Every log of the account: `logbucket scan`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::ui) struct ScanDocument<'a> {
    /// The document and its version.
    #[cfg_attr(test, schemars(extend("const" = "logbucket.scan/1")))]
    schema: &'static str,
    /// The exit code of the process.
    exit_code: u8,
    /// The caller's account.
    account: String,
    /// The caller's ARN.
    caller: String,
    /// The Regions that were read.
    regions: Vec<String>,
    /// The number of logs of each `health`.
    counts: BTreeMap<&'static str, usize>,
    /// The number of ignored sources by reason: `--not-name`, `--not-tag`, or `logbucket=ignore` (the source's own
    /// tag).
    ignored: BTreeMap<&'static str, usize>,
    /// The logs, worst first.
    #[cfg_attr(test, schemars(with = "Vec<LogBody>"))]
    logs: LogReports<'a>,
    /// What could not be read, and why a scan ended early.
    unknown: &'a [String],
    /// What was not checked, and why. It does not affect any verdict.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_checked: Vec<&'a str>,
}

#[derive(Debug)]
struct LogReports<'a>(&'a Report);

/// Serializes the logs one at a time, to save memory in large accounts.
impl Serialize for LogReports<'_> {
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
            logs: LogReports(report),
            unknown: &report.unread,
            not_checked: report.not_checked.iter().map(|one| one.what.as_str()).collect(),
        }
    }
}
