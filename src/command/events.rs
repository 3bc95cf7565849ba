//! The `CloudTrail` event history of each Region; no operation is read twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::aws::{Aws, Trail};
use crate::model::{Region, Seen};

#[derive(Debug)]
pub(super) struct Events<'a> {
    aws: &'a Aws,
    unread: Mutex<BTreeMap<String, BTreeSet<Purpose>>>,
    regions: Mutex<BTreeMap<Region, Arc<tokio::sync::Mutex<Read>>>>,
}

/// The question that the events answer.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Purpose {
    /// When uncertain settings last changed.
    LastChange,
    /// Who changed a setting.
    Story,
}

/// The part of a Region's history that was read.
#[derive(Debug, Default)]
struct Read {
    trail: Trail,
    asked: BTreeSet<&'static str>,
    /// The total delay of the responses.
    late: Duration,
    /// The reason why nothing more can be read.
    refused: Option<String>,
}

impl<'a> Events<'a> {
    pub(super) fn new(aws: &'a Aws) -> Self {
        Self { aws, unread: Mutex::default(), regions: Mutex::default() }
    }

    /// Records that the history matters but can't be read.
    pub(super) fn misses(&self, purpose: Purpose, why: String) {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).entry(why).or_default().insert(purpose);
    }

    /// Lists what could not be read, each cause once.
    pub(super) fn unread(&self) -> Vec<String> {
        let text = |purpose: &Purpose| match purpose {
            Purpose::LastChange => "when the settings of uncertain logs last changed",
            Purpose::Story => "who changed what",
        };
        let unread = self.unread.lock().unwrap_or_else(PoisonError::into_inner);
        let line = |(why, purposes): (&String, &BTreeSet<Purpose>)| {
            let purposes: Vec<&str> = purposes.iter().map(text).collect();
            format!("{}: {why}", purposes.join(", and "))
        };
        unread.iter().map(line).collect()
    }

    /// Returns the events of these operations in a Region, or the reason why they can't be read.
    pub(super) async fn find(&self, region: &Region, operations: &[&'static str]) -> Result<Trail, String> {
        let read = {
            let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(regions.entry(region.clone()).or_default())
        };
        let mut read = read.lock().await;
        let new: Vec<&'static str> = operations.iter().copied().filter(|name| !read.asked.contains(name)).collect();
        if !new.is_empty() {
            if let Some(why) = &read.refused {
                return Err(why.clone());
            }
            let why = match self.aws.trail(region, &new, &mut read.late).await {
                Ok(Seen::Present(Trail { events, cut })) => {
                    read.trail.events.extend(events);
                    read.trail.cut.extend(cut);
                    read.asked.extend(new);
                    None
                }
                Ok(Seen::Absent) => None,
                Ok(Seen::Denied(denial)) => Some(denial.to_string()),
                Err(error) => Some(error.to_string()),
            };
            if let Some(why) = why {
                read.refused = Some(why.clone());
                return Err(why);
            }
        }
        let is_asked = |name: &str| operations.contains(&name);
        Ok(Trail {
            events: read.trail.events.iter().filter(|event| is_asked(&event.name)).cloned().collect(),
            cut: read.trail.cut.iter().filter(|name| is_asked(name)).cloned().collect(),
        })
    }
}
