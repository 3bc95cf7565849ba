//! The reporter for GitHub Actions: results and plans as annotations on standard output, everything else as the text
//! reporter.

use crate::ui::annotations;
use crate::ui::streams::stdout;

use super::event::{HealthEvent, InitEvent, ReportEvent};
use super::{Verbosity, notes, text};

pub(super) fn say(event: ReportEvent<'_>, verbosity: Verbosity) {
    match event {
        ReportEvent::Health(event @ (HealthEvent::Checked { report, .. } | HealthEvent::Scanned { report, .. })) => {
            stdout(&annotations::report(report));
            notes::health(event, verbosity);
        }
        ReportEvent::Init(
            event @ (InitEvent::Previewed { plan, request, .. } | InitEvent::Refused { plan, request, .. }),
        ) => {
            stdout(&annotations::plan(plan, request));
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
