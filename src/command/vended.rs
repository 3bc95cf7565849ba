//! Logs whose own setting is off, and that `CloudWatch` vended logs may deliver.
//!
//! It is only an addition to what is off: it is waited for a few seconds, and what keeps it from being read is said once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{self, StreamExt as _};

use tokio::time::Instant;

use crate::aws::Aws;
use crate::health::{NotChecked, Report};
use crate::model::{Region, Seen, Unread};
use crate::producer::{Attachment, VENDED_LOG_TYPES};
use crate::state::DeliverySource;

/// Regions asked at once: each has quotas of its own.
const AT_ONCE: usize = 8;

/// How long all Regions are waited for.
const BOUND: Duration = Duration::from_secs(5);

/// What `CloudWatch` vended logs tells.
#[derive(Debug, Default)]
pub(super) struct Vended {
    /// By the ARN of what logs and the type of its log.
    sources: BTreeMap<(String, String), DeliverySource>,
    not_checked: Vec<NotChecked>,
}

/// The Regions with a log that is off and could be vended.
pub(super) fn regions_to_ask(attachments: &[Arc<Attachment>]) -> BTreeSet<Region> {
    let is_open = |one: &&Arc<Attachment>| one.target == Seen::Absent && one.vended_log_type().is_some();
    attachments.iter().filter(is_open).map(|one| one.source.region().clone()).collect()
}

/// The delivery sources of these Regions, each asked once.
pub(super) async fn vended(aws: &Aws, regions: BTreeSet<Region>) -> Vended {
    let until = Instant::now() + BOUND;
    let reads: Vec<_> = regions
        .into_iter()
        .map(|region| async move {
            let read = Box::pin(aws.delivery_sources(&region, &VENDED_LOG_TYPES, until)).await;
            (region, read)
        })
        .collect();
    let read: Vec<_> = stream::iter(reads).buffered(AT_ONCE).collect().await;
    let mut vended = Vended::default();
    let mut unread: BTreeMap<(String, bool), Vec<String>> = BTreeMap::new();
    for (region, read) in read {
        let (why, is_refused) = match read {
            Ok(Seen::Present(sources)) => {
                vended.sources.extend(sources.iter().flat_map(by_resource));
                continue;
            }
            Ok(Seen::Absent) => continue,
            Ok(Seen::Denied(denial)) if denial.why == Unread::Denied => {
                (format!("`{}` was denied", denial.action), true)
            }
            Ok(Seen::Denied(denial)) => (denial.to_string(), false),
            Err(error) => (format!("`{}` failed: {}", error.action, error.code.unwrap_or(error.message)), false),
        };
        unread.entry((why, is_refused)).or_default().push(region.to_string());
    }
    vended.not_checked.extend(unread.into_iter().map(|((why, is_refused), regions)| {
        let place = match regions.as_slice() {
            [one] => one.clone(),
            several => format!("{} Regions ({})", several.len(), several.join(", ")),
        };
        NotChecked {
            what: format!("CloudWatch vended logs in {place}, which may deliver logs that are off: {why}"),
            is_refused,
        }
    }));
    vended
}

fn by_resource(source: &DeliverySource) -> Vec<((String, String), DeliverySource)> {
    source.resources.iter().map(|arn| ((arn.clone(), source.log_type.clone()), source.clone())).collect()
}

impl Vended {
    /// Adds it to the logs of a report.
    pub(super) fn annotate(&self, report: &mut Report) {
        let Self { sources, not_checked } = self;
        report.not_checked.extend_from_slice(not_checked);
        if sources.is_empty() {
            return;
        }
        for told in &mut report.logs {
            let attachment = &told.diagnosis.attachment;
            let Some(log) = attachment.vended_log_type().filter(|_| attachment.target == Seen::Absent) else {
                continue;
            };
            told.diagnosis.vended = sources.get(&(attachment.source.arn(), log.to_owned())).cloned().map(Box::new);
        }
    }
}
