//! The Markdown reporter: results and plans as Markdown on standard output, everything else as the text reporter.

use crate::ui::talk::data;
use crate::ui::{markdown, matrix};

use super::event::{Event, HealthEvent, InitEvent, OfflineEvent};
use super::{Talk, notes, text};

pub(super) fn say(event: Event<'_>, talk: Talk) {
    match event {
        Event::Offline(OfflineEvent::Matrix(asked)) => data(&matrix::markdown(asked)),
        Event::Health(event @ (HealthEvent::Checked { report, .. } | HealthEvent::Scanned { report, .. })) => {
            data(&markdown::report(report));
            notes::health(event, talk);
        }
        Event::Init(
            event @ (InitEvent::Previewed { plan, request, .. } | InitEvent::Refused { plan, request, .. }),
        ) => {
            data(&markdown::plan(plan, request));
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
