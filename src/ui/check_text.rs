//! The report of `check` as text: each log with its root cause first, then the fix and other findings.

use crate::health::{Admission, Diagnosis, Health, LogReport, Report};
use crate::plan::{Finding, FindingId};
use crate::producer::encryption::EncryptionOutcome;

use super::clean::clean;
use super::finding::{Sentences, cause_text, sentences};
use super::style::{ASIDE, BAD, CAUTION, GOOD, HEADING, painted};
use super::wrap::Sheet;
use super::{explanation, vended, words};

/// The columns before the text of a log.
const INDENT: usize = 12;

/// Formats the whole report.
pub(super) fn check(report: &Report, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    if !report.suppressions.is_empty() {
        for (place, text) in &report.suppressions {
            sheet.paragraph("", 2, &painted(HEADING, &format!("# {place}")));
            text.lines().for_each(|line| sheet.line(line));
            sheet.line("");
        }
        return sheet.into_text();
    }
    for entry in &report.logs {
        log(&mut sheet, entry);
    }
    if report.logs.is_empty() {
        let account = &report.caller.account;
        sheet.paragraph("", 2, &format!("none of the logs that could be read in account {account} go to this bucket"));
    }
    if !report.admissions.is_empty() {
        sheet.line("");
        sheet.line(&painted(HEADING, "services that may write here"));
        for admission in &report.admissions {
            admission_line(&mut sheet, admission);
        }
    }
    for source in &report.vended {
        let word = painted(GOOD, vended::WORD);
        let rest = " ".repeat(INDENT.saturating_sub(vended::WORD.len()));
        sheet.paragraph(&format!("{word}{rest}"), INDENT, &clean(&vended::delivered_there(source)));
    }
    for unread in &report.unread {
        sheet.paragraph(&format!("{}  ", painted(CAUTION, "unknown  ")), INDENT, &clean(unread));
    }
    not_checked(&mut sheet, report);
    how_to_explain(&mut sheet, &report.logs.iter().collect::<Vec<_>>());
    sheet.into_text()
}

/// Adds how to read more, if one of these logs has findings.
pub(super) fn how_to_explain(sheet: &mut Sheet, shown: &[&LogReport]) {
    if shown.iter().any(|entry| !entry.diagnosis.findings.is_empty()) {
        sheet.line(explanation::HOW_TO);
    }
}

/// What can stop logs that every readable policy allows. Only the organization's administrators can read it.
const UNREADABLE: &str = "service control (SCP), resource control (RCP) and VPC endpoint policies, and the organization's settings: \
                          any of them can block a log that is permitted";

/// Adds what was not checked; no verdict depends on it.
pub(super) fn not_checked(sheet: &mut Sheet, report: &Report) {
    for what in all_not_checked(report) {
        sheet.paragraph(&format!("{} ", painted(ASIDE, "not checked")), INDENT, &clean(&what));
    }
}

/// Lists what was not checked.
pub(super) fn all_not_checked(report: &Report) -> Vec<String> {
    let is_permitted = |entry: &LogReport| matches!(entry.diagnosis.health, Health::Permitted | Health::Pending(_));
    let unreadable = report.logs.iter().any(is_permitted).then(|| UNREADABLE.to_owned());
    unreadable.into_iter().chain(vended::not_checked(report)).collect()
}

/// Returns the name of a health state, in text and JSON.
pub(super) fn word(health: &Health) -> &'static str {
    match health {
        Health::Delivering => "delivering",
        Health::Permitted => "permitted",
        Health::Pending(_) => "pending",
        Health::Off => "off",
        Health::Dead => "dead",
        Health::Unknown(_) => "unknown",
    }
}

/// Returns a log's state as text shows it.
pub(super) fn state(diagnosis: &Diagnosis) -> &'static str {
    if diagnosis.is_vended() { vended::WORD } else { word(&diagnosis.health) }
}

/// Returns the cause of a log's state as one sentence, or what is expected of it.
pub(super) fn cause(diagnosis: &Diagnosis) -> Option<String> {
    match &diagnosis.health {
        Health::Unknown(causes) => Some(causes.iter().map(cause_text).collect::<Vec<_>>().join("; ")),
        Health::Off => diagnosis.vended.as_deref().map(vended::sentence),
        Health::Pending(until) => Some(format!("permitted; expect the next log {until}")),
        Health::Dead | Health::Delivering | Health::Permitted => diagnosis.problem().map(|cause| sentences(cause).what),
    }
}

pub(super) fn log(sheet: &mut Sheet, entry: &LogReport) {
    let diagnosis = &entry.diagnosis;
    let style = match diagnosis.health {
        Health::Delivering | Health::Permitted => GOOD,
        Health::Dead => BAD,
        Health::Unknown(_) | Health::Pending(_) => CAUTION,
        Health::Off => ASIDE,
    };
    let word = state(diagnosis);
    let first = format!("{}{}", painted(style, word), " ".repeat(INDENT.saturating_sub(word.len())));
    let to =
        diagnosis.attachment.target.present().map(|target| format!(" to s3://{}/{}", target.bucket, target.prefix));
    let region = diagnosis.attachment.source.region();
    let title = format!("{}{} ({region})", diagnosis.attachment.title(), to.unwrap_or_default());
    sheet.paragraph(&first, INDENT, &painted(HEADING, &clean(&title)));
    let indent = " ".repeat(INDENT);
    let mut findings = diagnosis.findings.iter();
    match &diagnosis.health {
        Health::Unknown(_) | Health::Dead if !diagnosis.findings.is_empty() => {
            if let Some(cause) = findings.next() {
                finding(sheet, &indent, "", cause);
            }
        }
        Health::Unknown(unknown) => {
            for cause in unknown {
                sheet.paragraph(&indent, INDENT, &clean(&cause_text(cause)));
            }
        }
        Health::Pending(until) => {
            sheet.paragraph(&indent, INDENT, &format!("permitted; expect the next log {until}"));
        }
        Health::Off => {
            if let Some(source) = &diagnosis.vended {
                sheet.paragraph(&indent, INDENT, &clean(&vended::sentence(source)));
            }
        }
        Health::Dead | Health::Delivering | Health::Permitted => {}
    }
    if let Some(history) = &entry.history {
        sheet.paragraph(&indent, INDENT, &clean(history));
    }
    let is_hidden = diagnosis.findings.iter().any(|finding| finding.id() == FindingId::ObjectUnreadable);
    if let Some(newest) = &diagnosis.newest {
        sheet.paragraph(&indent, INDENT, &format!("newest object: {}", clean(newest)));
    } else if diagnosis.health == Health::Dead && entry.searched && !is_hidden {
        sheet.paragraph(&indent, INDENT, "newest object: none");
    }
    if let Some(fix) = &diagnosis.fix {
        match words::command(&fix.request) {
            Ok(command) => sheet.line(&format!("{indent}fix: {command}")),
            Err(why) => sheet.paragraph(&indent, INDENT, &format!("fix: {why}")),
        }
        for name in &fix.request.consent.exempts {
            let exception = format!(
                "it also exempts the log service from Deny statement `{}`; everyone else stays denied",
                clean(name)
            );
            sheet.paragraph(&indent, INDENT, &exception);
        }
        if !fix.beside.is_empty() {
            let beside = fix.beside.iter().map(|found| clean(&sentences(found).what)).collect::<Vec<_>>().join("; ");
            sheet.paragraph(&indent, INDENT, &format!("it also replaces other settings, so review its plan: {beside}"));
        }
    } else if let Some(hint) =
        diagnosis.findings.first().and_then(|cause| sentences(cause).hint).filter(|_| diagnosis.health == Health::Dead)
    {
        sheet.paragraph(&indent, INDENT, &format!("hint: {}", clean(&hint)));
    }
    for other in findings {
        finding(sheet, &indent, "also: ", other);
    }
}

fn finding(sheet: &mut Sheet, indent: &str, word: &str, finding: &Finding) {
    let Sentences { what, why, .. } = sentences(finding);
    sheet.paragraph(indent, INDENT, &format!("{word}{}", clean(&what)));
    sheet.paragraph(indent, INDENT, &clean(&why));
    sheet.paragraph(indent, INDENT, &painted(ASIDE, &format!("{} [{}]", finding.page(), finding.id().as_str())));
}

fn admission_line(sheet: &mut Sheet, admission: &Admission) {
    let producer = admission.producer;
    let encryption = match admission.outcome {
        Some(EncryptionOutcome::Works) => "it can write with the default encryption",
        Some(EncryptionOutcome::WorksWithKeyPolicy) => {
            "it can write with the default encryption if the key policy allows it"
        }
        Some(EncryptionOutcome::NotSupported) => "the default encryption is not supported",
        None => "the default encryption could not be read",
    };
    let by_acl = if admission.by_acl { "; the ACL names the log delivery group" } else { "" };
    let denies = if admission.denies.is_empty() {
        String::new()
    } else {
        format!("; denied or possibly denied by {}", quoted(&admission.denies))
    };
    let doubts: Vec<String> = admission.doubts.iter().map(|doubt| format!("; uncertain: {}", clean(doubt))).collect();
    let doubts = doubts.concat();
    let statements = match &admission.statements {
        Err(why) => format!("the bucket policy could not be evaluated: {}", clean(why)),
        Ok(names) if names.is_empty() => {
            format!("no statement of the bucket policy names `{}`", producer.facts().principal)
        }
        Ok(names) => {
            let (noun, verb) = if names.len() == 1 { ("statement", "names") } else { ("statements", "name") };
            format!("{noun} {} of the bucket policy {verb} its service", quoted(names))
        }
    };
    let is_not_allowed = matches!(&admission.statements, Ok(names) if names.is_empty()) && !admission.by_acl;
    // Nothing else matters if AWS delivers nothing to such a bucket, and encryption does not matter to a service that is
    // not allowed to write.
    let text = if !admission.refusals.is_empty() {
        format!("not possible: {}", admission.refusals.join("; "))
    } else if is_not_allowed {
        format!("not allowed: {statements}{denies}{doubts}")
    } else {
        format!("{statements}{by_acl}{denies}{doubts}; {encryption}")
    };
    sheet.paragraph(&format!("  {:<10}", producer.as_str()), INDENT, &text);
}

fn quoted(names: &[String]) -> String {
    words::listed(&names.iter().map(|name| format!("`{}`", clean(name))).collect::<Vec<_>>())
}
