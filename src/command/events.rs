//! The event history of each Region, of which no operation is read twice.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use crate::aws::{Aws, Trail};
use crate::model::{Region, Seen};

/// What was read of it.
#[derive(Debug)]
pub(super) struct Events<'a> {
    aws: &'a Aws,
    regions: Mutex<BTreeMap<Region, Arc<tokio::sync::Mutex<Read>>>>,
}

/// What was read of a Region's.
#[derive(Debug, Default)]
struct Read {
    trail: Trail,
    asked: BTreeSet<&'static str>,
    /// Why nothing more of it can be read.
    refused: Option<String>,
}

impl<'a> Events<'a> {
    /// Nothing yet.
    pub(super) fn new(aws: &'a Aws) -> Self {
        Self { aws, regions: Mutex::default() }
    }

    /// The events of these operations in a Region, or why they can't be read.
    pub(super) async fn of(&self, region: &Region, operations: &[&'static str]) -> Result<Trail, String> {
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
            let why = match self.aws.trail(region, &new).await {
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
