//! Who changed what, where that can explain a log that does not arrive.

use std::collections::{BTreeMap, BTreeSet};

use crate::aws::{Aws, Trail};
use crate::health::{Told, operations, story};
use crate::model::Region;
use crate::state::Seen;
use crate::ui::Progress;

/// What `CloudTrail` tells, where it can tell anything; it is only an addition, so that a refusal is no failure, but is said.
pub(super) async fn with_stories(aws: &Aws, logs: &mut [Told]) -> Vec<String> {
    let mut wanted: BTreeMap<Region, BTreeSet<&'static str>> = BTreeMap::new();
    for told in logs.iter() {
        let region = told.diagnosis.attachment.source.region().clone();
        wanted.entry(region).or_default().extend(operations(&told.diagnosis));
    }
    let mut unread = Vec::new();
    for (region, operations) in wanted.into_iter().filter(|(_, operations)| !operations.is_empty()) {
        let operations: Vec<&str> = operations.into_iter().collect();
        let _looking = Progress::looking(&format!("CloudTrail's events in {region}"));
        let Trail { events, cut } = match aws.trail(&region, &operations).await {
            Ok(Seen::Present(trail)) => trail,
            Ok(Seen::Absent) => continue,
            Ok(Seen::Denied(denial)) => {
                unread.push(format!("who changed what: {denial}"));
                continue;
            }
            Err(error) => {
                unread.push(format!("who changed what: {error}"));
                continue;
            }
        };
        if !cut.is_empty() {
            let cut = cut.join(", ");
            unread.push(format!("who changed what: only the newest events of {cut} in {region} were read"));
        }
        for told in logs.iter_mut().filter(|told| *told.diagnosis.attachment.source.region() == region) {
            told.history = story(&told.diagnosis, told.bucket.as_deref(), &events, told.delivered, told.now);
        }
    }
    unread
}
