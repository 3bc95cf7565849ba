//! `logbucket.scan/1`: what `scan` found, as JSON.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::exit::Exit;
use crate::health::{Report, Told};
use crate::ui::check_document::LogBody;

use super::text::counts;

/// The document.
#[derive(Debug, Serialize)]
pub(in crate::ui) struct ScanDocument<'a> {
    schema: &'static str,
    exit_code: u8,
    account: String,
    caller: String,
    regions: Vec<String>,
    counts: BTreeMap<&'static str, usize>,
    #[serde(serialize_with = "one_by_one")]
    logs: &'a [Told],
    not_known: &'a [String],
}

/// The logs of a big account are never there as bodies all at once.
fn one_by_one<S: Serializer>(logs: &[Told], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(logs.iter().map(LogBody::new))
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
            logs: &report.logs,
            not_known: &report.unread,
        }
    }
}
