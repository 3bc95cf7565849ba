//! Who changed what, where that can explain a log that does not arrive.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::Trail;
use crate::command::events::{Events, Purpose};
use crate::health::{Told, operations, story};
use crate::model::Region;
use crate::ui::Progress;

/// What `CloudTrail` tells, where it can tell anything, and what it could not tell of the run: a refusal is no failure, but is said.
pub(super) async fn with_stories(events: &Events<'_>, logs: &mut [Told]) -> Vec<String> {
    let mut wanted: BTreeMap<Region, BTreeSet<&'static str>> = BTreeMap::new();
    for told in logs.iter() {
        let region = told.diagnosis.attachment.source.region().clone();
        wanted.entry(region).or_default().extend(operations(&told.diagnosis));
    }
    let mut unread = Vec::new();
    for (region, operations) in wanted.into_iter().filter(|(_, operations)| !operations.is_empty()) {
        let operations: Vec<&'static str> = operations.into_iter().collect();
        let _looking = Progress::looking(&format!("CloudTrail's events in {region}"));
        let Trail { events: of_region, cut } = match events.of(&region, &operations).await {
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
        for told in logs.iter_mut().filter(|told| *told.diagnosis.attachment.source.region() == region) {
            told.history = story(&told.diagnosis, told.looked.as_deref(), &of_region, told.delivered, told.now);
        }
    }
    unread.extend(events.unread());
    unread
}
