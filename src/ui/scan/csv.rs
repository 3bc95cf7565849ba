//! What `scan` found, for spreadsheets: a line for each log.

use crate::health::{Health, Report, Told};
use crate::request::Request;
use crate::state::Log;
use crate::ui::check_text::word;
use crate::ui::clean::clean;
use crate::ui::words;

/// The columns of the CSV.
const COLUMNS: [&str; 12] =
    ["health", "region", "producer", "source", "log", "bucket", "prefix", "cause", "what", "page", "newest", "cure"];

/// The CSV, one line a log.
pub(in crate::ui) fn csv(report: &Report) -> String {
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
        diagnosis.cure.as_ref().map(|cure| cure_of(&cure.request)).unwrap_or_default(),
    ]
    .map(|text| cell(&clean(&text)))
}

/// The command, or why there is none.
fn cure_of(request: &Request) -> String {
    words::command(request).map_or_else(|why| why.to_string(), |command| command.to_string())
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
