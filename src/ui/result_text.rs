//! The result of a run as text: applied, or stopped part way.

use crate::aws::WriteError;
use crate::plan::{ProblemCause, Step};
use crate::request::{CommandLine, Unprintable};
use crate::run::apply::{RunStopReason, StoppedPlan};
use crate::run::delivery_verdict::{Delivery, TestVerdict};
use crate::state::TestObject;

use super::clean::clean;
use super::details::moved;
use super::finding::{cause_text, sentences};
use super::plan_text::subject;
use super::run_summary::RunSummary;
use super::style::{ASIDE, BAD, CAUTION, GOOD, painted};
use super::wrap::Sheet;
use super::{describe, words};

/// Formats the result of a run that was applied.
pub(super) fn result(run: &RunSummary<'_>, test: &TestVerdict, delivery: &Delivery, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    let url = |key: &str| format!("s3://{}/{}", run.plan.destination.bucket, clean(key));
    let doubt = run.plan.findings.iter().find(|found| found.is_doubt());
    let (style, now) = match (delivery, doubt) {
        (Delivery::Proven(_) | Delivery::Verified { .. }, _) => (GOOD, "delivery verified"),
        (Delivery::Permitted { .. }, None) => (CAUTION, "nothing known blocks it; no log seen yet"),
        (Delivery::Permitted { .. }, Some(_)) => (CAUTION, "delivery is uncertain"),
        (Delivery::Failed(_), _) => (BAD, "delivery failed"),
    };
    sheet.paragraph("", 2, &format!("{} - {}", subject(run.plan, run.request), painted(style, now)));
    let tested = match test {
        TestVerdict::Passed(object) if object.removed => {
            format!("written, read back and removed; encrypted with {}", encryption(object))
        }
        TestVerdict::Passed(object) => format!(
            "written and read back; encrypted with {}; could not be removed: {} is left",
            encryption(object),
            url(&object.key)
        ),
        TestVerdict::Inconclusive(why) | TestVerdict::Failed(why) => clean(why),
    };
    sheet.paragraph("test object: ", 2, &tested);
    let (word, sentence) = match delivery {
        Delivery::Proven(keys) => {
            let urls: Vec<String> = keys.iter().map(|key| url(key)).collect();
            (painted(GOOD, "proven"), format!("the service itself wrote {}", words::listed(&urls)))
        }
        Delivery::Verified { at, objects } => {
            let urls: Vec<String> = objects.iter().map(|key| url(key)).collect();
            (painted(GOOD, "unchanged"), format!("verified at {at}: the service itself wrote {}", words::listed(&urls)))
        }
        Delivery::Permitted { until, note } => {
            let note = note.as_ref().map(|note| format!("; {}", clean(note))).unwrap_or_default();
            // If the plan has a doubt, it is not certain that logs are permitted.
            let permitted =
                doubt.map_or("permitted".to_owned(), |found| format!("uncertain: {}", clean(&sentences(found).what)));
            (painted(CAUTION, "pending"), format!("{permitted}; expect the first log {}{note}", clean(until)))
        }
        Delivery::Failed(cause) => (painted(BAD, "failed"), clean(cause)),
    };
    sheet.paragraph("delivery: ", 2, &format!("{word} - {sentence}"));
    command(&mut sheet, "check later: ", &words::check_command(run.request));
    add_next_commands(&mut sheet, run, Some(delivery));
    sheet.into_text()
}

/// The hint if someone else changed a setting during the run.
pub(super) const BLOCKED_HINT: &str = "use `--dry-run` to see the current state; `undo` reverts what this run changed";

/// Formats the changes by someone else during the run that block logs, or may block them.
pub(super) fn blocked(causes: &[ProblemCause]) -> String {
    let causes: Vec<String> = causes.iter().map(cause_text).collect();
    format!("logs might not arrive, because someone changed this during the run: {}", causes.join("; "))
}

/// Formats the commands to repeat the run and to undo it.
pub(super) fn next_commands(run: &RunSummary<'_>, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    add_next_commands(&mut sheet, run, None);
    sheet.into_text()
}

fn add_next_commands(sheet: &mut Sheet, run: &RunSummary<'_>, delivery: Option<&Delivery>) {
    command(sheet, "repeat: ", &run.command(delivery));
    for name in run.offers(delivery) {
        sheet.paragraph(
            "        ",
            7,
            &format!(
                "it also exempts the log service from Deny statement `{}`; everyone else stays denied",
                clean(&name)
            ),
        );
    }
    if let Some(undo) = run.undo_command() {
        command(sheet, "undo: ", &undo);
    }
}

/// Adds a command on its own line, or the reason why there is none.
fn command(sheet: &mut Sheet, first: &str, command: &Result<CommandLine, Unprintable>) {
    match command {
        Ok(command) => sheet.line(&format!("{first}{command}")),
        Err(why) => sheet.paragraph(first, 7, &why.to_string()),
    }
}

/// Formats the encryption that S3 reported.
fn encryption(object: &TestObject) -> String {
    let key = object.kms_key.as_deref().map(|key| format!(" and the key `{}`", clean(key))).unwrap_or_default();
    match object.algorithm.as_deref() {
        Some("AES256") => "SSE-S3 (AES256)".to_owned(),
        Some("aws:kms") => format!("SSE-KMS (aws:kms){key}"),
        Some("aws:kms:dsse") => format!("DSSE-KMS (aws:kms:dsse){key}"),
        Some(other) => format!("`{}`{key}", clean(other)),
        None => "an encryption that S3 did not name".to_owned(),
    }
}

/// Formats the steps that a stopped run did and did not do, and the command that continues the run.
pub(super) fn stopped(run: &RunSummary<'_>, stopped: &StoppedPlan<'_>, width: Option<usize>) -> String {
    let mut sheet = Sheet::new(width);
    let lists =
        [(GOOD, "done    ", &stopped.done), (BAD, "failed  ", &stopped.failed), (ASIDE, "not done", &stopped.left)];
    for (style, word, steps) in lists {
        for step in steps {
            let step: &Step = step;
            sheet.paragraph(&format!("  {} ", painted(style, word)), 11, &clean(&describe::line(step)));
        }
    }
    if let Some(lines) = difference(stopped) {
        sheet.line("  changed meanwhile (`-` when planned, `+` now):");
        for line in lines {
            sheet.line(&format!("    {}", clean(&line)));
        }
    }
    add_next_commands(&mut sheet, run, None);
    sheet.into_text()
}

/// Returns the change by someone else that stopped the run, if there is one.
pub(super) fn difference(stopped: &StoppedPlan<'_>) -> Option<Vec<String>> {
    let RunStopReason::Write(error) = &stopped.why else { return None };
    match error.last() {
        WriteError::Moved { values, .. }
        | WriteError::Overwritten { values, .. }
        | WriteError::PolicyLost { values, .. } => Some(moved(&values.0, values.1.as_ref())),
        WriteError::Appeared { .. }
        | WriteError::Aws(_)
        | WriteError::NoKeyYet
        | WriteError::Open { .. }
        | WriteError::Unseen(_) => None,
    }
}
