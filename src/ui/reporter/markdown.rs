//! The Markdown reporter: results and plans as Markdown on standard output, everything else as the text reporter.

use crate::ui::streams::stdout;
use crate::ui::{markdown, matrix};

use super::event::{HealthEvent, InitEvent, OfflineEvent, ReportEvent};
use super::{Verbosity, notes, text};

pub(super) fn say(event: ReportEvent<'_>, verbosity: Verbosity) {
    match event {
        ReportEvent::Offline(OfflineEvent::Matrix(asked)) => stdout(&matrix::markdown(asked)),
        ReportEvent::Health(event @ (HealthEvent::Checked { report, .. } | HealthEvent::Scanned { report, .. })) => {
            stdout(&markdown::report(report));
            notes::health(event, verbosity);
        }
        ReportEvent::Init(
            event @ (InitEvent::Previewed { plan, request, .. } | InitEvent::Refused { plan, request, .. }),
        ) => {
            stdout(&markdown::plan(plan, request));
            notes::init(event, verbosity);
        }
        ReportEvent::Export(_)
        | ReportEvent::Failed(_)
        | ReportEvent::Health(_)
        | ReportEvent::Init(_)
        | ReportEvent::Offline(_)
        | ReportEvent::Remark(_)
        | ReportEvent::Undo(_) => text::say(event, verbosity),
    }
}
