//! The report of `scan` for spreadsheets: a row for each log.

use crate::health::{Health, LogReport, Report};
use crate::request::Request;
use crate::state::Identity;
use crate::ui::check_text::{cause as cause_of, word};
use crate::ui::clean::clean;
use crate::ui::finding::sentences;
use crate::ui::words;

const COLUMNS: [&str; 14] = [
    "health",
    "region",
    "producer",
    "source",
    "log",
    "bucket",
    "prefix",
    "cause",
    "what",
    "page",
    "newest",
    "fix",
    "account",
    "source_arn",
];

/// Formats the CSV.
pub(in crate::ui) fn csv(report: &Report) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    // Writing to a `Vec` cannot fail.
    let _ = writer.write_record(COLUMNS);
    for entry in &report.logs {
        let _ = writer.write_record(row(entry, &report.caller));
    }
    writer.into_inner().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

fn row(entry: &LogReport, caller: &Identity) -> [String; 14] {
    let diagnosis = &entry.diagnosis;
    let attachment = &diagnosis.attachment;
    let target = attachment.target.present();
    let cause = diagnosis.problem();
    let what = match &diagnosis.health {
        // The moment is in a column of its own.
        Health::Pending(_) => diagnosis.problem().map(|cause| sentences(cause).what),
        Health::Dead | Health::Delivering | Health::Off | Health::Permitted | Health::Unknown(_) => cause_of(diagnosis),
    };
    let what = what.unwrap_or_default();
    [
        word(&diagnosis.health).to_owned(),
        attachment.source.region().to_string(),
        attachment.producer().to_string(),
        attachment.source.name().to_owned(),
        attachment.log.name().to_owned(),
        target.map(|target| target.bucket.clone()).unwrap_or_default(),
        target.map(|target| target.prefix.clone()).unwrap_or_default(),
        cause.map(|cause| cause.id().as_str().to_owned()).unwrap_or_default(),
        what,
        cause.map(|cause| cause.page().to_owned()).unwrap_or_default(),
        diagnosis.newest.clone().unwrap_or_default(),
        diagnosis.fix.as_ref().map(|fix| fix_of(&fix.request)).unwrap_or_default(),
        attachment.source.account(&caller.account).to_string(),
        attachment.source.arn(),
    ]
    .map(|text| cell(&clean(&text)))
}

/// Returns the command, or the reason why there is none. A command that a spreadsheet could mistake for a formula is
/// left out, because escaping would change the command.
fn fix_of(request: &Request) -> String {
    match words::command(request) {
        Ok(command) if cell(command.as_str()) == command.as_str() => command.to_string(),
        Ok(_) => "no command printed: a spreadsheet could read part of it as a formula".to_owned(),
        Err(why) => why.to_string(),
    }
}

/// Escapes a cell that a spreadsheet could mistake for a formula, because anyone may have written its text
/// (<https://owasp.org/www-community/attacks/CSV_Injection>). Some locales separate cells by semicolons, so each part
/// is escaped.
fn cell(text: &str) -> String {
    let mark = |part: &str| if begins_a_formula(part) { format!("'{part}") } else { part.to_owned() };
    text.split_inclusive([';', '\u{ff1b}']).map(mark).collect()
}

/// Returns whether the text starts like a formula. Full-width signs count too; blanks and quotes at the start are
/// skipped.
fn begins_a_formula(text: &str) -> bool {
    let signs = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{2212}'];
    text.trim_start_matches(|c: char| c.is_whitespace() || c == '"').starts_with(signs)
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
        for sign in ["=", "+", "-", "@", "\u{ff1d}", "\u{ff0b}", "\u{ff0d}", "\u{ff20}"] {
            assert_eq!(cell(&format!("{sign}1")), format!("'{sign}1"));
            assert_eq!(cell(&format!("  \u{a0}{sign}1")), format!("'  \u{a0}{sign}1"));
            assert_eq!(cell(&format!("a;{sign}1;b")), format!("a;'{sign}1;b"));
            assert_eq!(cell(&format!("a; \"{sign}1")), format!("a;' \"{sign}1"));
        }
        assert_eq!(cell(&clean("\n=1\t=2")), "\\n=1\\t=2");
        assert_eq!(cell("a; b; c-d"), "a; b; c-d");
    }
}
