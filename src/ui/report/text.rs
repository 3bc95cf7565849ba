//! The text reporter: prints text to standard output.

use crate::permission::policy;
use crate::ui::clean::clean;
use crate::ui::plan_text::{self, Depth};
use crate::ui::talk::{data, data_width, talk_lines, talk_width};
use crate::ui::{check_text, matrix, result_text, scan, undo, words};

use super::event::{HealthEvent, InitEvent, OfflineEvent, ReportEvent, ShownPolicy, UndoEvent};
use super::{Talk, export, json, notes};

pub(super) fn say(event: ReportEvent<'_>, talk: Talk) {
    match event {
        ReportEvent::Offline(event) => offline(event, talk),
        ReportEvent::Health(event) => health(event, talk),
        ReportEvent::Export(event) => export::say(event),
        ReportEvent::Init(event) => init(event, talk),
        ReportEvent::Undo(event) => undo(event, talk),
        ReportEvent::Failed(failure) => match failure.help {
            Some(help) => talk_lines(help.trim_end()),
            None => notes::failure(failure),
        },
        ReportEvent::Remark(text) => notes::remark(text, talk),
    }
}

fn offline(event: OfflineEvent<'_>, talk: Talk) {
    match event {
        OfflineEvent::Text(text) => data(text),
        OfflineEvent::Matrix(asked) => data(&matrix::text(asked, data_width())),
        OfflineEvent::Policies { policies: _, shown } => {
            data(&json::document(shown.policy().document().value()));
            notes::caution(shown, talk);
            if let ShownPolicy::First(_) = shown {
                notes::note("the key needs a policy of its own: `--for key` prints it", talk);
            }
        }
        OfflineEvent::Permissions(scope) => data(&json::document(policy(scope).value())),
        OfflineEvent::UnknownRegion { region, meant } => notes::unknown_region(region, meant),
    }
}

fn health(event: HealthEvent<'_>, talk: Talk) {
    match event {
        HealthEvent::Checked { report, exit: _ } => data(&check_text::check(report, data_width())),
        HealthEvent::Scanned { report, exit: _ } => data(&scan::text(report, data_width())),
        HealthEvent::Halted { .. } | HealthEvent::PageWritten(_) => {}
    }
    notes::health(event, talk);
}

fn init(event: InitEvent<'_>, talk: Talk) {
    let changes = |plan, request| data(&plan_text::plan(plan, request, Depth::Changes, data_width()));
    match event {
        InitEvent::Refused { plan, request, .. } | InitEvent::Previewed { plan, request, .. } => changes(plan, request),
        InitEvent::Begins { plan, request } => match talk {
            Talk::Quiet => {}
            // The result follows.
            Talk::Usual | Talk::Verbose => {
                data(&format!("{}\n", plan_text::plan(plan, request, Depth::Brief, data_width())));
            }
        },
        InitEvent::Asked { plan, request, depth } => asked(|width| plan_text::plan(plan, request, depth, width)),
        InitEvent::Command(request) => match words::command(request) {
            Ok(command) => data(&format!("{command}\n")),
            Err(why) => notes::note(&why.to_string(), talk),
        },
        InitEvent::Left(run) | InitEvent::Overwritten { run, .. } => {
            data(&result_text::next_commands(run, data_width()));
        }
        InitEvent::Done { run, test, delivery, .. } => data(&result_text::result(run, test, delivery, data_width())),
        InitEvent::Stopped { run, stopped, .. } => data(&result_text::stopped(run, stopped, data_width())),
        InitEvent::Abandoned(_)
        | InitEvent::NotPermitted { .. }
        | InitEvent::PreflightSilent(_)
        | InitEvent::PreflightUnsure(_)
        | InitEvent::ReceiptLost
        | InitEvent::ReceiptOutdated(_)
        | InitEvent::Replanned(_)
        | InitEvent::Stopping => {}
    }
    notes::init(event, talk);
}

fn undo(event: UndoEvent<'_>, talk: Talk) {
    match event {
        UndoEvent::Runs { folder, kept, exit: _ } => data(&undo::runs(folder, kept, data_width())),
        UndoEvent::NothingLeft { folder, .. } => {
            let folder = clean(&folder.display().to_string());
            data(&format!("nothing to restore: every run in {folder} is undone\n"));
        }
        // `--quiet` hides progress, but not the changes that undo leaves.
        UndoEvent::Begins { receipt, undo } => data(&match talk {
            Talk::Quiet => undo::left(undo, data_width()),
            Talk::Usual | Talk::Verbose => undo::preview(receipt, undo, data_width()),
        }),
        UndoEvent::Asked { receipt, undo } => asked(|width| undo::preview(receipt, undo, width)),
        UndoEvent::Previewed { receipt, undo, .. } | UndoEvent::Refused { receipt, undo, .. } => {
            data(&undo::preview(receipt, undo, data_width()));
        }
        UndoEvent::Done { undone, .. } => data(&undo::result(undone, data_width())),
        UndoEvent::Restored { .. } | UndoEvent::Reverted(_) => {}
    }
    notes::undo(event, talk);
}

/// Prints text before a question. If standard output is redirected, the text goes to standard error like the question,
/// because users must see the plan that they approve.
fn asked(text: impl Fn(Option<usize>) -> String) {
    match data_width() {
        Some(width) => data(&text(Some(width))),
        None => talk_lines(text(talk_width()).trim_end()),
    }
}
