//! Reads what `CloudWatch` vended logs deliver: logs whose own setting is off, and logs that go to a bucket.
//!
//! Vended logs only supplement a report. Reading them takes a few seconds at most, and a failure is reported once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt as _};

use tokio::time::Instant;

use crate::aws::{Aws, AwsError, DeliveryFilter};
use crate::health::{NotChecked, Report};
use crate::model::{Region, Seen, Unread};
use crate::producer::{Attachment, VENDED_LOG_TYPES};
use crate::state::DeliverySource;

/// The number of Regions read at once. Each Region has its own quotas.
const AT_ONCE: usize = 8;

/// How long to wait for all Regions.
const BOUND: Duration = Duration::from_secs(5);

/// The open question about logs that are off.
const QUESTION_LOGS: &str = "whether CloudWatch vended logs deliver logs that are off";

/// The open question about a bucket.
const QUESTION_BUCKET: &str = "what CloudWatch vended logs deliver to this bucket";

#[derive(Debug, Default)]
pub(super) struct Vended {
    /// The delivery sources, by the ARN of the resource that logs and by log type.
    sources: BTreeMap<(String, String), DeliverySource>,
    not_checked: Vec<NotChecked>,
}

/// Returns the Regions with a log that is off and could be vended.
pub(super) fn regions_to_ask(attachments: &[Arc<Attachment>]) -> BTreeSet<Region> {
    let is_open = |one: &&Arc<Attachment>| one.target == Seen::Absent && one.vended_log_type().is_some();
    attachments.iter().filter(is_open).map(|one| one.source.region().clone()).collect()
}

/// Reads the delivery sources of these Regions, each once.
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
    let mut missed = Missed::default();
    for (region, read) in read {
        let sources = missed.sources_or_note(&region, read);
        vended.sources.extend(sources.iter().flat_map(by_resource));
    }
    vended.not_checked = missed.into_lines(QUESTION_LOGS, "which may deliver logs that are off");
    vended
}

/// Regions that could not be read, grouped by the reason and by whether AWS refused.
#[derive(Debug, Default)]
struct Missed(BTreeMap<(String, bool), Vec<String>>);

impl Missed {
    /// Returns the delivery sources that were read. If the read failed, notes why.
    fn sources_or_note(
        &mut self,
        region: &Region,
        read: Result<Seen<Vec<DeliverySource>>, AwsError>,
    ) -> Vec<DeliverySource> {
        let (why, is_refused) = match read {
            Ok(Seen::Present(sources)) => return sources,
            Ok(Seen::Absent) => return Vec::new(),
            Ok(Seen::Denied(denial)) if denial.why == Unread::Denied => {
                (format!("`{}` was denied", denial.action), true)
            }
            Ok(Seen::Denied(denial)) => (denial.to_string(), false),
            Err(error) => (format!("`{}` failed: {}", error.action, error.code.unwrap_or(error.message)), false),
        };
        self.0.entry((why, is_refused)).or_default().push(region.to_string());
        Vec::new()
    }

    /// Returns one line per reason.
    fn into_lines(self, question: &'static str, which: &str) -> Vec<NotChecked> {
        let line = |((why, is_refused), regions): ((String, bool), Vec<String>)| {
            let place = match regions.as_slice() {
                [one] => one.clone(),
                several => format!("{} Regions ({})", several.len(), several.join(", ")),
            };
            NotChecked { question, what: format!("CloudWatch vended logs in {place}, {which}: {why}"), is_refused }
        };
        self.0.into_iter().map(line).collect()
    }
}

/// The Region of global services: `CloudFront`'s delivery sources are only there, wherever their buckets are
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html>).
const GLOBAL_REGION: &str = "us-east-1";

/// Reads which delivery sources deliver to the wanted buckets. Reads the sources of the Region and those of global
/// services.
pub(super) async fn vended_into(aws: &Aws, wanted: DeliveryFilter<'_>, region: &Region) -> VendedInto {
    let until = Instant::now() + BOUND;
    let global: Option<Region> = GLOBAL_REGION.parse().ok();
    let global = global.filter(|global| global != region && global.partition() == region.partition());
    let reads = [Some(region.clone()), global].into_iter().flatten().map(|region| async move {
        let read = Box::pin(aws.deliveries_into(wanted, &region, until)).await;
        (region, read)
    });
    let mut missed = Missed::default();
    let mut into = VendedInto::default();
    for (region, read) in join_all(reads).await {
        into.sources.extend(missed.sources_or_note(&region, read));
    }
    into.not_checked = missed.into_lines(QUESTION_BUCKET, "which may deliver to this bucket");
    into
}

#[derive(Debug, Default)]
pub(super) struct VendedInto {
    sources: Vec<DeliverySource>,
    not_checked: Vec<NotChecked>,
}

impl VendedInto {
    /// Adds the delivery sources to a report about the bucket.
    pub(super) fn annotate(&self, report: &mut Report) {
        report.vended.clone_from(&self.sources);
        report.not_checked.extend_from_slice(&self.not_checked);
    }

    pub(super) fn sources(&self) -> &[DeliverySource] {
        &self.sources
    }

    /// Lists what AWS refused to show.
    pub(super) fn doubts(&self) -> impl Iterator<Item = String> {
        let refused = self.not_checked.iter().filter(|not| not.is_refused);
        refused.map(|not| format!("could not read {}", not.what))
    }

    /// Returns the first question that could not be answered now, but may be answered later.
    pub(super) fn unanswered(&self) -> Option<&str> {
        self.not_checked.iter().find(|not| !not.is_refused).map(|not| not.what.as_str())
    }
}

fn by_resource(source: &DeliverySource) -> Vec<((String, String), DeliverySource)> {
    source.resources.iter().map(|arn| ((arn.clone(), source.log_type.clone()), source.clone())).collect()
}

impl Vended {
    /// Adds the delivery sources to the logs of a report.
    pub(super) fn annotate(&self, report: &mut Report) {
        let Self { sources, not_checked } = self;
        report.not_checked.extend_from_slice(not_checked);
        if sources.is_empty() {
            return;
        }
        for entry in &mut report.logs {
            let attachment = &entry.diagnosis.attachment;
            let Some(log) = attachment.vended_log_type().filter(|_| attachment.target == Seen::Absent) else {
                continue;
            };
            entry.diagnosis.vended = sources.get(&(attachment.source.arn(), log.to_owned())).cloned().map(Box::new);
        }
    }
}
