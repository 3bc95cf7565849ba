//! The JSON reporter: prints one document to standard output.

use serde::Serialize;

use crate::exit::Exit;
use crate::permission::policy;
use crate::ui::check_document::CheckDocument;
use crate::ui::clean::clean_json;
use crate::ui::error_document::ErrorDocument;
use crate::ui::explanation;
use crate::ui::matrix::MatrixDocument;
use crate::ui::permissions::PermissionsDocument;
use crate::ui::plan_document::PlanDocument;
use crate::ui::policies::PolicyDocument;
use crate::ui::preflight_text;
use crate::ui::result_document::ResultDocument;
use crate::ui::run_summary::Preview;
use crate::ui::scan::ScanDocument;
use crate::ui::streams::{stdout, stdout_width};
use crate::ui::undo::{RunsDocument, UndoDocument};

use super::event::{HealthEvent, InitEvent, OfflineEvent, ReportEvent, UndoEvent};
use super::{Verbosity, export, notes};

pub(super) fn say(event: ReportEvent<'_>, verbosity: Verbosity) {
    match event {
        ReportEvent::Offline(event) => offline(event, verbosity),
        ReportEvent::Health(event) => health(event, verbosity),
        ReportEvent::Export(event) => export::say(event),
        ReportEvent::Init(event) => init(event, verbosity),
        ReportEvent::Undo(event) => undo(event, verbosity),
        ReportEvent::Failed(failure) => {
            print(&ErrorDocument::with_hints(failure.message, failure.hints, failure.exit));
            notes::failure(failure);
        }
        ReportEvent::Remark(text) => notes::remark(text, verbosity),
    }
}

fn offline(event: OfflineEvent<'_>, verbosity: Verbosity) {
    match event {
        // Completion scripts, manual pages and explanations have no JSON form.
        OfflineEvent::Text(text) => stdout(text),
        OfflineEvent::Explanation(id) => stdout(&explanation::text(id, stdout_width())),
        OfflineEvent::Matrix(asked) => print(&MatrixDocument::new(asked)),
        OfflineEvent::Policies { policies, shown } => {
            print(&PolicyDocument::new(policies));
            notes::caution(shown, verbosity);
        }
        OfflineEvent::Permissions(scope) => print(&PermissionsDocument::new(scope, &policy(scope))),
        OfflineEvent::UnknownRegion { region, meant } => notes::unknown_region(region, meant),
    }
}

fn health(event: HealthEvent<'_>, verbosity: Verbosity) {
    match event {
        HealthEvent::Checked { report, exit } => print(&CheckDocument::new(report, exit)),
        HealthEvent::Scanned { report, exit } => print(&ScanDocument::new(report, exit)),
        HealthEvent::Halted { .. } | HealthEvent::PageWritten(_) => {}
    }
    notes::health(event, verbosity);
}

fn init(event: InitEvent<'_>, verbosity: Verbosity) {
    match event {
        InitEvent::Refused { plan, request, refusal, exit } => {
            let preview = Preview::refused(plan, request, refusal);
            print(&PlanDocument::new(plan, request, &preview, exit));
        }
        InitEvent::Previewed { plan, request, preview, exit } => {
            print(&PlanDocument::new(plan, request, preview, exit));
        }
        InitEvent::NotPermitted { plan, request, outcome, exit } => {
            print(&ErrorDocument::with_missing_permissions(&preflight_text::lacking(plan, request, outcome), exit));
        }
        InitEvent::Left(_) => print(&ErrorDocument::new(notes::LEFT, Some(notes::AGAIN), Exit::Interrupted)),
        InitEvent::Done { run, test, delivery, settled, exit } => {
            print(&ResultDocument::done(run, test, delivery, settled, exit));
        }
        InitEvent::Stopped { run, stopped, hint, exit } => {
            print(&ResultDocument::stopped(run, stopped, Some(hint), exit));
        }
        InitEvent::Overwritten { steps, exit, .. } => {
            print(&ErrorDocument::new(&notes::overwritten(steps), Some(notes::FIND_OUT), exit));
        }
        // The result document contains all of this, and JSON output never asks.
        InitEvent::Abandoned(_)
        | InitEvent::Asked { .. }
        | InitEvent::Begins { .. }
        | InitEvent::Command(_)
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
        UndoEvent::Runs { folder, kept, exit } | UndoEvent::NothingLeft { folder, kept, exit } => {
            print(&RunsDocument::new(folder, kept, exit));
        }
        UndoEvent::Previewed { receipt, undo, exit } => print(&UndoDocument::new(receipt, undo, exit)),
        UndoEvent::Refused { receipt, undo, error, hint, exit } => {
            print(&UndoDocument::refused(receipt, undo, error, hint, exit));
        }
        UndoEvent::Done { receipt, undone, hint, exit } => {
            print(&UndoDocument::done(receipt, undone, hint, exit));
        }
        // The result document contains all of this, and JSON output never asks.
        UndoEvent::Asked { .. } | UndoEvent::Begins { .. } | UndoEvent::Restored { .. } | UndoEvent::Reverted(_) => {}
    }
    notes::undo(event, verbosity);
}

fn print(value: &impl Serialize) {
    stdout(&document(value));
}

/// Formats a document, with control characters escaped.
pub(super) fn document(value: &impl Serialize) -> String {
    let mut text = clean_json(&serde_json::to_string_pretty(value).unwrap_or_default());
    text.push('\n');
    text
}
