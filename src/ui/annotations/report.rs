//! The report of `check` and `scan`: dead logs are errors, endless logs and doubts are warnings.

use crate::health::{Health, LogReport, Report};
use crate::ui::check_text::{cause, state};
use crate::ui::finding::sentences;
use crate::ui::{scan, words};

use super::command::{Annotation, Level, lines, plain};

/// Formats the whole report. The last line has the counts.
pub(in crate::ui) fn report(report: &Report) -> String {
    let mut annotations: Vec<Annotation> = report.logs.iter().filter_map(log).collect();
    annotations.extend(report.unread.iter().map(|unread| Annotation {
        level: Level::Warning,
        title: "unknown: could not read".to_owned(),
        message: unread.clone(),
    }));
    format!("{}{}", lines(&annotations), plain(&scan::summary(report)))
}

fn log(entry: &LogReport) -> Option<Annotation> {
    let diagnosis = &entry.diagnosis;
    let level = match &diagnosis.health {
        Health::Dead => Level::Error,
        Health::Unknown(_) => Level::Warning,
        _ if diagnosis.is_loop() => Level::Warning,
        Health::Delivering | Health::Off | Health::Pending(_) | Health::Permitted => return None,
    };
    let attachment = &diagnosis.attachment;
    let to = attachment.target.present().map(|target| format!(" to s3://{}/{}", target.bucket, target.prefix));
    let title = format!(
        "{}: {}{} ({})",
        state(diagnosis),
        attachment.title(),
        to.unwrap_or_default(),
        attachment.source.region()
    );
    let fix = diagnosis.fix.as_ref().map(|fix| match words::command(&fix.request) {
        Ok(command) => format!("fix: {command}"),
        Err(why) => format!("fix: {why}"),
    });
    let hint =
        || diagnosis.findings.first().and_then(|cause| sentences(cause).hint).map(|hint| format!("hint: {hint}"));
    let page = diagnosis.problem().map(|cause| format!("{} [{}]", cause.page(), cause.id().as_str()));
    let parts = [cause(diagnosis), entry.history.clone(), fix.or_else(hint), page];
    Some(Annotation { level, title, message: parts.into_iter().flatten().collect::<Vec<_>>().join("; ") })
}
