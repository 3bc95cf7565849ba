//! The report of `scan` as text.

use std::collections::BTreeMap;

use crate::health::{Health, LogReport, Report};
use crate::ui::check_text::{how_to_explain, log, not_checked, word};
use crate::ui::clean::clean;
use crate::ui::style::{CAUTION, HEADING, painted};
use crate::ui::words;
use crate::ui::wrap::Sheet;

/// Counts the logs by state.
pub(super) fn counts(report: &Report) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for entry in &report.logs {
        *counts.entry(word(&entry.diagnosis.health)).or_default() += 1;
    }
    counts
}

/// Describes how many sources were ignored, and why.
pub(in crate::ui) fn ignored(report: &Report) -> Option<String> {
    let causes: Vec<String> = report.ignored.counts().map(|(cause, count)| format!("{count} by `{cause}`")).collect();
    let sources = words::counted(u32::try_from(report.ignored.total()).unwrap_or(u32::MAX), "source");
    (!causes.is_empty()).then(|| format!("{sources}: {}", causes.join(", ")))
}

/// Formats the report. Logs that are off are only counted here; JSON and CSV list them.
pub(in crate::ui) fn text(report: &Report, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    let shown: Vec<&LogReport> = report.logs.iter().filter(|entry| is_shown(entry)).collect();
    for entry in &shown {
        log(&mut sheet, entry);
    }
    for unread in &report.unread {
        sheet.paragraph(&format!("{}   ", painted(CAUTION, "unknown  ")), 12, &clean(unread));
    }
    not_checked(&mut sheet, report);
    if let Some(ignored) = ignored(report) {
        sheet.paragraph("ignored     ", 12, &ignored);
    }
    sheet.paragraph("", 2, &painted(HEADING, &summary(report)));
    how_to_explain(&mut sheet, &shown);
    sheet.into_text()
}

/// Returns whether a report lists the log. Logs that are off are only counted, unless vended logs deliver them.
pub(in crate::ui) fn is_shown(entry: &LogReport) -> bool {
    entry.diagnosis.health != Health::Off || entry.diagnosis.vended.is_some()
}

/// Returns the counts by state, and where was searched, as one line.
pub(in crate::ui) fn summary(report: &Report) -> String {
    let vended = report.logs.iter().filter(|entry| entry.diagnosis.is_vended()).count();
    let beside = |name: &str| {
        let is_off = vended > 0 && name == word(&Health::Off);
        if is_off { format!(" ({vended} of them by CloudWatch vended logs)") } else { String::new() }
    };
    let counts: Vec<String> =
        counts(report).into_iter().map(|(name, count)| format!("{count} {name}{}", beside(name))).collect();
    let counts = match (counts.is_empty(), report.unread.is_empty()) {
        (true, true) => "no sources".to_owned(),
        (true, false) => "no sources found in what could be read".to_owned(),
        (false, _) => counts.join(", "),
    };
    let account = &report.caller.account;
    match u32::try_from(report.regions.len()).unwrap_or(u32::MAX) {
        0 => format!("account {account}: {counts}"),
        regions => format!("{} of account {account}: {counts}", words::counted(regions, "Region")),
    }
}
