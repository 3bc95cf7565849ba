//! Notes, warnings and errors on standard error, for every output format.

use crate::health::Report;
use crate::model::Region;
use crate::plan::{Plan, Refusal, Step};
use crate::request::Request;
use crate::run::restore::RestoreOutcome;
use crate::run::verify::Verification;
use crate::ui::clean::clean;
use crate::ui::finding::cause_text;
use crate::ui::policies::caution as caution_of;
use crate::ui::refusal_text::refusal;
use crate::ui::result_text::{BLOCKED_HINT, blocked};
use crate::ui::run_summary::Preview;
use crate::ui::streams::{note_change, stderr_error, stderr_hints, stderr_list, stderr_wrapped};
use crate::ui::style::{BAD, CAUTION, painted};
use crate::ui::{describe, preflight_text, undo as undo_text, words};

use super::Verbosity;
use super::event::{Failure, HealthEvent, InitEvent, ShownPolicy, UndoEvent};

/// Someone removed the folder of receipts during the run.
const RECEIPT_LOST: &str = "the receipt of this run is gone: `logbucket undo` can't restore what the run replaced";

/// The error of an abandoned run.
pub(super) const LEFT: &str = "interrupted";

/// The hint for an abandoned run.
pub(super) const AGAIN: &str = "run the same command again; it continues where this one stopped";

/// The hint if someone else keeps changing the same settings.
pub(super) const FIND_OUT: &str = "find out who changes these settings, then run the same command again";

/// Prints a note.
pub(super) fn note(text: &str, verbosity: Verbosity) {
    match verbosity {
        Verbosity::Quiet => {}
        Verbosity::Usual | Verbosity::Verbose => stderr_wrapped("note: ", 2, text),
    }
}

/// Prints a note that may contain untrusted text.
pub(super) fn remark(text: &str, verbosity: Verbosity) {
    note(&clean(text), verbosity);
}

pub(super) fn failure(failure: Failure<'_>) {
    let hints: Vec<String> = failure.hints.iter().map(|hint| clean(hint)).collect();
    stderr_hints(&clean(failure.message), hints.iter().map(String::as_str));
}

pub(super) fn caution(shown: ShownPolicy<'_>, verbosity: Verbosity) {
    if let Some(caution) = caution_of(shown.policy()) {
        note(caution, verbosity);
    }
}

pub(super) fn unknown_region(region: &Region, meant: &str) {
    stderr_wrapped("warning: ", 9, &format!("unknown Region `{region}`; did you mean `{meant}`?"));
}

pub(super) fn health(event: HealthEvent<'_>, verbosity: Verbosity) {
    match event {
        HealthEvent::Checked { report, .. } | HealthEvent::Scanned { report, .. } => not_checked(report, verbosity),
        HealthEvent::Halted { message, hint } => error(message, hint),
        HealthEvent::PageWritten(path) => remark(&format!("report written to `{}`", path.display()), verbosity),
    }
}

/// Lists the checks that were not made, except the checks that AWS refused.
fn not_checked(report: &Report, verbosity: Verbosity) {
    if verbosity == Verbosity::Verbose {
        for one in report.not_checked.iter().filter(|one| !one.is_refused) {
            remark(&format!("not checked: {}", one.what), verbosity);
        }
    }
}

pub(super) fn init(event: InitEvent<'_>, verbosity: Verbosity) {
    match event {
        InitEvent::Refused { plan, request, refusal, exit: _ } => refused(plan, request, refusal),
        InitEvent::Previewed { plan, request, preview, exit: _ } => previewed(plan, request, preview, verbosity),
        InitEvent::PreflightSilent(why) => {
            remark(&format!("permissions couldn't be checked in advance: {why}"), verbosity);
        }
        InitEvent::PreflightUnsure(unknown) => {
            remark(&format!("couldn't check in advance {}", preflight_text::unsure(unknown)), verbosity);
        }
        InitEvent::NotPermitted { plan, request, outcome, exit: _ } => {
            let lacking = preflight_text::lacking(plan, request, outcome);
            stderr_list(&painted(BAD, "error:"), &lacking.refusal(), &lacking.permissions, &lacking.hints);
        }
        InitEvent::Stopping => {
            stderr_wrapped("", 0, "interrupted: finishing the current step first; press Ctrl-C again to quit at once");
        }
        InitEvent::Abandoned(under_way) => {
            for label in under_way {
                stderr_wrapped("", 4, &format!("stopped during {label}; it may or may not have been applied"));
            }
        }
        InitEvent::Left(_) => error(LEFT, Some(AGAIN)),
        InitEvent::Replanned(plan) => {
            let steps: Vec<String> = plan.steps.iter().map(|planned| describe::line(&planned.step)).collect();
            let what = format!("a concurrent change overwrote these settings; reapplying: {}", steps.join("; "));
            remark(&what, verbosity);
        }
        InitEvent::ReceiptOutdated(error) => {
            note(
                &format!(
                    "the receipt doesn't record how the run ended, so `undo` will rely on the current settings: {error}"
                ),
                verbosity,
            );
        }
        InitEvent::ReceiptLost => {
            error(RECEIPT_LOST, Some("if you need to restore settings, use the plan above"));
        }
        InitEvent::Done { settled, .. } => report_settled(settled, verbosity),
        InitEvent::Stopped { stopped, hint, .. } => error(&stopped.why.to_string(), Some(hint)),
        InitEvent::Overwritten { steps, .. } => error(&overwritten(steps), Some(FIND_OUT)),
        InitEvent::Asked { .. } | InitEvent::Begins { .. } | InitEvent::Command(_) => {}
    }
}

fn refused(plan: &Plan, request: &Request, why: &Refusal<'_>) {
    let (message, hint) = refusal(plan, &request.consent, why);
    error(&message, Some(&hint));
}

fn previewed(plan: &Plan, request: &Request, preview: &Preview<'_>, verbosity: Verbosity) {
    if let Some(refusal) = preview.refused {
        refused(plan, request, refusal);
    }
    if let Some(lacking) = &preview.lacking {
        let lacking = preflight_text::lacking(plan, request, lacking);
        stderr_list(&painted(CAUTION, "warning:"), &lacking.warning(), &lacking.permissions, &lacking.hints);
    }
    if preview.refused.is_none() && verbosity != Verbosity::Quiet && !plan.steps.is_empty() {
        let with = match preview.missing.as_slice() {
            [] => String::new(),
            missing => format!(" and with {}", words::approvals(missing)),
        };
        stderr_wrapped("", 0, &format!("no changes made; to apply, run again without `--dry-run`{with}"));
    }
}

/// Reports changes that did not last.
fn report_settled(settled: &Verification, verbosity: Verbosity) {
    let fallen: Vec<String> = settled.fallen().into_iter().map(describe::line).collect();
    if !fallen.is_empty() {
        let what = format!("these changes did not last: {}", fallen.join("; "));
        error(&what, Some("use `--dry-run` to see what changed, then run the same command again"));
    }
    if !settled.blockers().is_empty() {
        error(&blocked(settled.blockers()), Some(BLOCKED_HINT));
    }
    if let Verification::Unverified(cause) = settled {
        remark(&format!("couldn't check whether the changes last: {}", cause_text(cause)), verbosity);
    }
}

/// Formats the error of a run that gave up because its changes were overwritten repeatedly.
pub(super) fn overwritten(steps: &[&Step]) -> String {
    let lines: Vec<String> = steps.iter().map(|step| describe::line(step)).collect();
    format!("someone keeps overwriting what this run writes; still to do: {}", lines.join("; "))
}

pub(super) fn undo(event: UndoEvent<'_>, verbosity: Verbosity) {
    match event {
        UndoEvent::Restored { item, ended } => {
            if *ended == RestoreOutcome::Done {
                note_change();
            }
            if verbosity != Verbosity::Quiet {
                undo_text::tell(item, ended);
            }
        }
        UndoEvent::Reverted(items) => {
            let subjects: Vec<String> = items.iter().map(|item| undo_text::subject(&item.change)).collect();
            let what = format!("restored, but changed again since: {}", words::listed(&subjects));
            error(&what, Some("use `--dry-run` to see the current state, then run the same command again"));
        }
        UndoEvent::Refused { error: why, hint, .. } => error(why, Some(hint)),
        UndoEvent::Done { undone, hint, .. } => {
            if let Some(why) = &undone.why {
                error(&why.to_string(), hint);
            }
        }
        UndoEvent::Asked { .. }
        | UndoEvent::Begins { .. }
        | UndoEvent::NothingLeft { .. }
        | UndoEvent::Previewed { .. }
        | UndoEvent::Runs { .. } => {}
    }
}

/// Prints an error and a hint that may contain untrusted text.
fn error(message: &str, hint: Option<&str>) {
    stderr_error(&clean(message), hint.map(clean).as_deref());
}
