//! What stands on standard error beside the data, in whichever form that is: notes, warnings and errors.

use crate::health::Report;
use crate::model::Region;
use crate::plan::{Plan, Refusal, Step};
use crate::request::Request;
use crate::run::put_back::Ended;
use crate::run::settle::Settled;
use crate::ui::clean::clean;
use crate::ui::policies::caution as caution_of;
use crate::ui::refusal_text::refusal;
use crate::ui::result_text::{BLOCKED_HINT, blocked};
use crate::ui::run_summary::Preview;
use crate::ui::style::{BAD, CAUTION, painted};
use crate::ui::talk::{note_change, talk_error, talk_hints, talk_list, talk_wrapped};
use crate::ui::{describe, preflight_text, undo as undo_text, words};

use super::Talk;
use super::event::{Failure, HealthEvent, InitEvent, ShownPolicy, UndoEvent};

/// Somebody has taken the folder of receipts away during the run.
const RECEIPT_LOST: &str = "the receipt of this run is gone: `logbucket undo` can't restore what it replaced";

/// Why a run that was left says no more.
pub(super) const LEFT: &str = "interrupted";

/// What to do about it.
pub(super) const AGAIN: &str = "run the same command again: it goes on where this one stopped";

/// What to do about somebody else who writes.
pub(super) const FIND_OUT: &str = "find out who writes there, and run the same command again";

/// What a reader of the data should know.
pub(super) fn note(text: &str, talk: Talk) {
    match talk {
        Talk::Quiet => {}
        Talk::Usual | Talk::Verbose => talk_wrapped("note: ", 2, text),
    }
}

/// The same of text that may hold what others named.
pub(super) fn remark(text: &str, talk: Talk) {
    note(&clean(text), talk);
}

pub(super) fn failure(failure: Failure<'_>) {
    let hints: Vec<String> = failure.hints.iter().map(|hint| clean(hint)).collect();
    talk_hints(&clean(failure.message), hints.iter().map(String::as_str));
}

pub(super) fn caution(shown: ShownPolicy<'_>, talk: Talk) {
    if let Some(caution) = caution_of(shown.policy()) {
        note(caution, talk);
    }
}

pub(super) fn unknown_region(region: &Region, meant: &str) {
    talk_wrapped("warning: ", 9, &format!("`{region}` is no Region that is known; did you mean `{meant}`?"));
}

pub(super) fn health(event: HealthEvent<'_>, talk: Talk) {
    match event {
        HealthEvent::Checked { report, .. } | HealthEvent::Scanned { report, .. } => unanswered(report, talk),
        HealthEvent::Halted { message, hint } => error(message, hint),
        HealthEvent::PageWritten(path) => remark(&format!("the report is in `{}`", path.display()), talk),
    }
}

/// Why something was not checked beside though AWS refused nothing.
fn unanswered(report: &Report, talk: Talk) {
    if talk == Talk::Verbose {
        for one in report.not_checked.iter().filter(|one| !one.is_refused) {
            remark(&format!("not checked: {}", one.what), talk);
        }
    }
}

pub(super) fn init(event: InitEvent<'_>, talk: Talk) {
    match event {
        InitEvent::Refused { plan, request, refusal, exit: _ } => refused(plan, request, refusal),
        InitEvent::Previewed { plan, request, preview, exit: _ } => previewed(plan, request, preview, talk),
        InitEvent::PreflightSilent(why) => {
            remark(&format!("whether you may make every change is not known beforehand: {why}"), talk);
        }
        InitEvent::PreflightUnsure(unknown) => {
            remark(&format!("{} is not known beforehand", preflight_text::unsure(unknown)), talk);
        }
        InitEvent::NotPermitted { plan, request, outcome, exit: _ } => {
            let lacking = preflight_text::lacking(plan, request, outcome);
            talk_list(&painted(BAD, "error:"), &lacking.refusal(), &lacking.permissions, &lacking.hints);
        }
        InitEvent::Stopping => {
            talk_wrapped("", 0, "interrupted: the step in flight is finished first; Ctrl-C again leaves at once");
        }
        InitEvent::Abandoned(under_way) => {
            for label in under_way {
                talk_wrapped("", 4, &format!("left: {label}: whether it was done is not known"));
            }
        }
        InitEvent::Left(_) => error(LEFT, Some(AGAIN)),
        InitEvent::Replanned(plan) => {
            let steps: Vec<String> = plan.steps.iter().map(|planned| describe::line(&planned.step)).collect();
            let what =
                format!("somebody else wrote at the same moment, so that this is made again: {}", steps.join("; "));
            remark(&what, talk);
        }
        InitEvent::ReceiptOutdated(error) => {
            note(
                &format!("the receipt does not say how the run ended, and `undo` goes by what it finds: {error}"),
                talk,
            );
        }
        InitEvent::ReceiptLost => {
            error(RECEIPT_LOST, Some("set things back by the plan that was shown, if you need to"));
        }
        InitEvent::Done { settled, .. } => stays(settled, talk),
        InitEvent::Stopped { stopped, hint, .. } => error(&stopped.why.to_string(), Some(hint)),
        InitEvent::Overwritten { steps, .. } => error(&overwritten(steps), Some(FIND_OUT)),
        InitEvent::Asked { .. } | InitEvent::Begins { .. } | InitEvent::Command(_) => {}
    }
}

fn refused(plan: &Plan, request: &Request, why: &Refusal<'_>) {
    let (message, hint) = refusal(plan, &request.consent, why);
    error(&message, Some(&hint));
}

fn previewed(plan: &Plan, request: &Request, preview: &Preview<'_>, talk: Talk) {
    if let Some(refusal) = preview.refused {
        refused(plan, request, refusal);
    }
    if let Some(lacking) = &preview.lacking {
        let lacking = preflight_text::lacking(plan, request, lacking);
        talk_list(&painted(CAUTION, "warning:"), &lacking.warning(), &lacking.permissions, &lacking.hints);
    }
    if preview.refused.is_none() && talk != Talk::Quiet && !plan.steps.is_empty() {
        let with = match preview.missing.as_slice() {
            [] => String::new(),
            missing => format!(" and with {}", words::approvals(missing)),
        };
        talk_wrapped("", 0, &format!("no changes made; to apply, run again without `--dry-run`{with}"));
    }
}

/// Whether what a run did stays as it was left.
fn stays(settled: &Settled, talk: Talk) {
    let fallen: Vec<String> = settled.fallen().into_iter().map(describe::line).collect();
    if !fallen.is_empty() {
        let what = format!("this did not stay as it was left: {}", fallen.join("; "));
        error(&what, Some("look with `--dry-run` at who changes it, and run the same command again"));
    }
    if !settled.blockers().is_empty() {
        error(&blocked(settled.blockers()), Some(BLOCKED_HINT));
    }
    if let Settled::Unseen(why) = settled {
        remark(&format!("whether it stays so was not looked at: {why}"), talk);
    }
}

/// What a run gave up that somebody else wrote over again and again.
pub(super) fn overwritten(steps: &[&Step]) -> String {
    let lines: Vec<String> = steps.iter().map(|step| describe::line(step)).collect();
    format!("somebody else writes over what this run writes; this is to be done: {}", lines.join("; "))
}

pub(super) fn undo(event: UndoEvent<'_>, talk: Talk) {
    match event {
        UndoEvent::Restored { item, ended } => {
            if *ended == Ended::Done {
                note_change();
            }
            if talk != Talk::Quiet {
                undo_text::tell(item, ended);
            }
        }
        UndoEvent::Reverted(items) => {
            let subjects: Vec<String> = items.iter().map(|item| undo_text::subject(&item.change)).collect();
            let what = format!("this did not stay as it was put back: {}", words::listed(&subjects));
            error(&what, Some("look with `--dry-run` at what is there, and run the same command again"));
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

/// An error that may hold what others named, and what to do about it.
fn error(message: &str, hint: Option<&str>) {
    talk_error(&clean(message), hint.map(clean).as_deref());
}
