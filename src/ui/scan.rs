//! What `scan` found: for people what is wrong in full and the rest in a line each, as JSON everything, as CSV a line for each log.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::exit::Exit;
use crate::health::{Health, Report, Told};
use crate::state::Log;

use super::check_document::LogBody;
use super::check_text::{log, word};
use super::clean::clean;
use super::style::{CAUTION, HEADING, painted};
use super::words;
use super::wrap::Sheet;

/// `logbucket.scan/1`.
#[derive(Debug, Serialize)]
pub(super) struct ScanDocument {
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
    pub(super) fn new(report: &Report, exit: Exit) -> Self {
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

/// How many logs there are of each state.
fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for told in &report.logs {
        *counts.entry(word(&told.diagnosis.health)).or_default() += 1;
    }
    counts
}

/// The text: what is off is counted, and in JSON and CSV by name.
pub(super) fn text(report: &Report, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    for told in report.logs.iter().filter(|told| told.diagnosis.health != Health::Off) {
        log(&mut sheet, told);
    }
    for unread in &report.unread {
        sheet.paragraph(&format!("{}   ", painted(CAUTION, "not known")), 12, &clean(unread));
    }
    let counts: Vec<String> = counts(report).into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    let counts = match (counts.is_empty(), report.unread.is_empty()) {
        (true, true) => "nothing that could log".to_owned(),
        (true, false) => "nothing that could log, as far as could be looked at".to_owned(),
        (false, _) => counts.join(", "),
    };
    let regions = words::counted(u32::try_from(report.regions.len()).unwrap_or(u32::MAX), "Region");
    sheet.paragraph("", 2, &painted(HEADING, &format!("{regions} of account {}: {counts}", report.caller.account)));
    sheet.into_text()
}

/// The columns of the CSV.
const COLUMNS: [&str; 12] =
    ["health", "region", "producer", "source", "log", "bucket", "prefix", "cause", "what", "page", "newest", "cure"];

/// The CSV, one line a log.
pub(super) fn csv(report: &Report) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Memory takes what it is given.
    let _ = writer.write_record(COLUMNS);
    for told in &report.logs {
        let _ = writer.write_record(row(told));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn row(told: &Told) -> [String; 12] {
    let diagnosis = &told.diagnosis;
    let attachment = &diagnosis.attachment;
    let target = attachment.target.present();
    let explains = matches!(diagnosis.health, Health::Dead | Health::CannotKnow(_));
    let cause = diagnosis.findings.first().filter(|_| explains);
    let log = match &attachment.log {
        Log::LoadBalancer(log) => log.as_str().to_owned(),
        Log::Requests => "access".to_owned(),
        Log::Inventory(id) => id.clone().unwrap_or_default(),
    };
    let what = match &diagnosis.health {
        Health::CannotKnow(unknown) => unknown.join("; "),
        Health::Dead | Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => {
            cause.map(|cause| cause.what.clone()).unwrap_or_default()
        }
    };
    [
        word(&diagnosis.health).to_owned(),
        attachment.source.region().to_string(),
        attachment.producer().to_string(),
        attachment.source.name().to_owned(),
        log,
        target.map(|target| target.bucket.clone()).unwrap_or_default(),
        target.map(|target| target.prefix.clone()).unwrap_or_default(),
        cause.map(|cause| cause.id.as_str().to_owned()).unwrap_or_default(),
        what,
        cause.map(|cause| cause.page.to_owned()).unwrap_or_default(),
        diagnosis.newest.clone().unwrap_or_default(),
        diagnosis.cure.as_ref().map(|cure| words::command(&cure.request)).unwrap_or_default(),
    ]
    .map(|text| cell(&clean(&text)))
}

/// A cell as a spreadsheet takes for text: what begins like a formula may be anybody's
/// (<https://owasp.org/www-community/attacks/CSV_Injection>).
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        assert_eq!(cell("=HYPERLINK(\"x\")"), "'=HYPERLINK(\"x\")");
        assert_eq!(cell("@x"), "'@x");
        assert_eq!(cell("logs/-x"), "logs/-x");
        assert_eq!(cell(""), "");
    }
}
