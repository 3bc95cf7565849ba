//! The reporter for GitHub Actions: results and plans as annotations on standard output, everything else as the text
//! reporter.

use crate::ui::annotations;
use crate::ui::talk::data;

use super::event::{Event, HealthEvent, InitEvent};
use super::{Talk, notes, text};

pub(super) fn say(event: Event<'_>, talk: Talk) {
    match event {
        Event::Health(event @ (HealthEvent::Checked { report, .. } | HealthEvent::Scanned { report, .. })) => {
            data(&annotations::report(report));
            notes::health(event, talk);
        }
        Event::Init(
            event @ (InitEvent::Previewed { plan, request, .. } | InitEvent::Refused { plan, request, .. }),
        ) => {
            data(&annotations::plan(plan, request));
            notes::init(event, talk);
        }
        Event::Export(_)
        | Event::Failed(_)
        | Event::Health(_)
        | Event::Init(_)
        | Event::Offline(_)
        | Event::Remark(_)
        | Event::Undo(_) => text::say(event, talk),
    }
}
