//! Reads who changed a setting, if the change can explain why a log does not arrive.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::Trail;
use crate::command::events::{Events, Purpose};
use crate::health::{LogReport, operations, story};
use crate::model::Region;
use crate::ui::Progress;

/// Adds what `CloudTrail` reports about each log. Returns the reads that failed: a refusal is reported, but is not an
/// error.
pub(super) async fn with_stories(events: &Events<'_>, logs: &mut [LogReport]) -> Vec<String> {
    let mut wanted: BTreeMap<Region, BTreeSet<&'static str>> = BTreeMap::new();
    for entry in logs.iter() {
        let region = entry.diagnosis.attachment.source.region().clone();
        wanted.entry(region).or_default().extend(operations(&entry.diagnosis));
    }
    let mut unread = Vec::new();
    for (region, operations) in wanted.into_iter().filter(|(_, operations)| !operations.is_empty()) {
        let operations: Vec<&'static str> = operations.into_iter().collect();
        let _looking = Progress::looking(&format!("CloudTrail's events in {region}"));
        let Trail { events: of_region, cut } = match events.find(&region, &operations).await {
            Ok(trail) => trail,
            Err(why) => {
                events.misses(Purpose::Story, why);
                continue;
            }
        };
        if !cut.is_empty() {
            let cut = cut.join(", ");
            unread.push(format!("who changed what: only the newest events of {cut} in {region} were read"));
        }
        for entry in logs.iter_mut().filter(|entry| *entry.diagnosis.attachment.source.region() == region) {
            entry.history = story(&entry.diagnosis, entry.state.as_deref(), &of_region, entry.delivered, entry.now);
        }
    }
    unread.extend(events.unread());
    unread
}
