//! The report of `check` and `scan` as Markdown: the counts, then a table of the logs. Logs that are off are only
//! counted, as in text.

use crate::health::{Health, LogReport, Report};
use crate::ui::check_text::{all_not_checked, cause, state};
use crate::ui::finding::sentences;
use crate::ui::{scan, words};

use super::inline::{code, inline, row};

/// Formats the whole report.
pub(in crate::ui) fn report(report: &Report) -> String {
    let mut text = format!("**{}**\n", inline(&scan::summary(report)));
    let shown: Vec<&LogReport> = report.logs.iter().filter(|entry| scan::is_shown(entry)).collect();
    if !shown.is_empty() {
        text.push('\n');
        text.push_str(&row(&["state", "log", "destination", "why", "fix"].map(str::to_owned)));
        text.push_str("|---|---|---|---|---|\n");
        text.extend(shown.into_iter().map(log));
    }
    let mut notes: Vec<String> = report.unread.iter().map(|unread| format!("unknown: {unread}")).collect();
    notes.extend(scan::ignored(report).map(|ignored| format!("ignored: {ignored}")));
    notes.extend(all_not_checked(report).into_iter().map(|what| format!("not checked: {what}")));
    if !notes.is_empty() {
        text.push('\n');
        text.extend(notes.iter().map(|note| format!("* {}\n", inline(note))));
    }
    text
}

fn log(entry: &LogReport) -> String {
    let diagnosis = &entry.diagnosis;
    let attachment = &diagnosis.attachment;
    let target = attachment.target.present();
    let to = target.map(|target| code(&format!("s3://{}/{}", target.bucket, target.prefix)));
    row(&[
        state(diagnosis).to_owned(),
        format!("{} ({})", inline(&attachment.title()), attachment.source.region()),
        to.unwrap_or_default(),
        why(entry),
        fix(entry),
    ])
}

/// Returns the cause with its AWS page, and who changed the destination.
fn why(entry: &LogReport) -> String {
    let diagnosis = &entry.diagnosis;
    let cause = cause(diagnosis).map(|what| inline(&what));
    let page = diagnosis.problem().filter(|_| cause.is_some());
    let page = page.map(|cause| format!("[{}]({})", cause.id().as_str(), cause.page()));
    let history = entry.history.as_deref().map(inline);
    let parts: Vec<String> = [cause, page, history].into_iter().flatten().collect();
    parts.join("<br>")
}

fn fix(entry: &LogReport) -> String {
    let diagnosis = &entry.diagnosis;
    match &diagnosis.fix {
        Some(fix) => words::command(&fix.request).map_or_else(|why| inline(&why.to_string()), |it| code(it.as_str())),
        None if diagnosis.health == Health::Dead => diagnosis
            .findings
            .first()
            .and_then(|cause| sentences(cause).hint)
            .as_deref()
            .map(inline)
            .unwrap_or_default(),
        None => String::new(),
    }
}
