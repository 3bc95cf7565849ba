//! The text reporter: prints text to standard output.

use crate::permission::policy;
use crate::ui::audience::Audience;
use crate::ui::clean::clean;
use crate::ui::plan_text::{self, Depth, View};
use crate::ui::streams::{stderr_lines, stderr_width, stdout, stdout_width};
use crate::ui::{check_text, explanation, matrix, result_text, scan, undo, words};

use super::event::{HealthEvent, InitEvent, OfflineEvent, ReportEvent, ShownPolicy, UndoEvent};
use super::{Verbosity, export, json, notes};

pub(super) fn say(event: ReportEvent<'_>, verbosity: Verbosity) {
    match event {
        ReportEvent::Offline(event) => offline(event, verbosity),
        ReportEvent::Health(event) => health(event, verbosity),
        ReportEvent::Export(event) => export::say(event),
        ReportEvent::Init(event) => init(event, verbosity),
        ReportEvent::Undo(event) => undo(event, verbosity),
        ReportEvent::Failed(failure) => match failure.help {
            Some(help) => stderr_lines(help.trim_end()),
            None => notes::failure(failure),
        },
        ReportEvent::Remark(text) => notes::remark(text, verbosity),
    }
}

fn offline(event: OfflineEvent<'_>, verbosity: Verbosity) {
    match event {
        OfflineEvent::Text(text) => stdout(text),
        OfflineEvent::Explanation(id) => stdout(&explanation::text(id, stdout_width())),
        OfflineEvent::Matrix(asked) => stdout(&matrix::text(asked, stdout_width())),
        OfflineEvent::Policies { policies: _, shown } => {
            stdout(&json::document(shown.policy().document().value()));
            notes::caution(shown, verbosity);
            if let ShownPolicy::First(_) = shown {
                notes::note("the key needs a policy of its own: `--for key` prints it", verbosity);
            }
        }
        OfflineEvent::Permissions(scope) => stdout(&json::document(policy(scope).value())),
        OfflineEvent::UnknownRegion { region, meant } => notes::unknown_region(region, meant),
    }
}

fn health(event: HealthEvent<'_>, verbosity: Verbosity) {
    match event {
        HealthEvent::Checked { report, exit: _ } => stdout(&check_text::check(report, stdout_width())),
        HealthEvent::Scanned { report, exit: _ } => stdout(&scan::text(report, stdout_width())),
        HealthEvent::Halted { .. } | HealthEvent::PageWritten(_) => {}
    }
    notes::health(event, verbosity);
}

fn init(event: InitEvent<'_>, verbosity: Verbosity) {
    let view = |depth, audience| View { depth, audience };
    let changes = |plan, request| {
        stdout(&plan_text::plan(plan, request, view(Depth::Changes, Audience::CommandLine), stdout_width()));
    };
    match event {
        InitEvent::Refused { plan, request, .. } | InitEvent::Previewed { plan, request, .. } => changes(plan, request),
        InitEvent::Begins { plan, request } => match verbosity {
            Verbosity::Quiet => {}
            // The result follows.
            Verbosity::Usual | Verbosity::Verbose => {
                stdout(&format!(
                    "{}\n",
                    plan_text::plan(plan, request, view(Depth::Brief, Audience::CommandLine), stdout_width())
                ));
            }
        },
        InitEvent::Asked { plan, request, depth } => {
            asked(|width| plan_text::plan(plan, request, view(depth, Audience::Wizard), width));
        }
        InitEvent::Command(request) => match words::command(request) {
            Ok(command) => stdout(&format!("{command}\n")),
            Err(why) => notes::note(&why.to_string(), verbosity),
        },
        InitEvent::Left(run) | InitEvent::Overwritten { run, .. } => {
            stdout(&result_text::next_commands(run, stdout_width()));
        }
        InitEvent::Done { run, test, delivery, .. } => {
            stdout(&result_text::result(run, test, delivery, stdout_width()));
        }
        InitEvent::Stopped { run, stopped, .. } => stdout(&result_text::stopped(run, stopped, stdout_width())),
        InitEvent::Abandoned(_)
        | InitEvent::NotPermitted { .. }
        | InitEvent::PreflightSilent(_)
        | InitEvent::PreflightUnsure(_)
        | InitEvent::ReceiptLost
        | InitEvent::ReceiptOutdated(_)
        | InitEvent::Replanned(_)
        | InitEvent::Stopping => {}
    }
    notes::init(event, verbosity);
}

fn undo(event: UndoEvent<'_>, verbosity: Verbosity) {
    match event {
        UndoEvent::Runs { folder, kept, exit: _ } => stdout(&undo::runs(folder, kept, stdout_width())),
        UndoEvent::NothingLeft { folder, .. } => {
            let folder = clean(&folder.display().to_string());
            stdout(&format!("nothing to restore: every run in {folder} is undone\n"));
        }
        // `--quiet` hides progress, but not the changes that undo leaves.
        UndoEvent::Begins { receipt, undo } => stdout(&match verbosity {
            Verbosity::Quiet => undo::left(undo, stdout_width()),
            Verbosity::Usual | Verbosity::Verbose => undo::preview(receipt, undo, stdout_width()),
        }),
        UndoEvent::Asked { receipt, undo } => asked(|width| undo::preview(receipt, undo, width)),
        UndoEvent::Previewed { receipt, undo, .. } | UndoEvent::Refused { receipt, undo, .. } => {
            stdout(&undo::preview(receipt, undo, stdout_width()));
        }
        UndoEvent::Done { undone, .. } => stdout(&undo::result(undone, stdout_width())),
        UndoEvent::Restored { .. } | UndoEvent::Reverted(_) => {}
    }
    notes::undo(event, verbosity);
}

/// Prints text before a question. If standard output is redirected, the text goes to standard error like the question,
/// because users must see the plan that they approve.
fn asked(text: impl Fn(Option<usize>) -> String) {
    match stdout_width() {
        Some(width) => stdout(&text(Some(width))),
        None => stderr_lines(text(stderr_width()).trim_end()),
    }
}
