//! `logbucket.scan/1`: what `scan` found, as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::exit::Exit;
use crate::health::Report;
use crate::ui::check_document::LogBody;

use super::text::counts;

/// The document.
#[derive(Debug, Serialize)]
pub(in crate::ui) struct ScanDocument {
    schema: &'static str,
    exit_code: u8,
    account: String,
    caller: String,
    regions: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
    logs: Vec<LogBody>,
    not_known: Vec<String>,
}

impl ScanDocument {
    pub(in crate::ui) fn new(report: &Report, exit: Exit) -> Self {
        Self {
            schema: "logbucket.scan/1",
            exit_code: exit.number(),
            account: report.caller.account.to_string(),
            caller: report.caller.arn.clone(),
            regions: report.regions.iter().map(ToString::to_string).collect(),
            counts: counts(report),
            logs: report.logs.iter().map(LogBody::new).collect(),
            not_known: report.unread.clone(),
        }
    }
}
