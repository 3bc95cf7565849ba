//! Waits for an object that the log service writes.
//!
//! Reads through `aws`, and leaves the verdict to `delivery_verdict`. A clock is used only to limit the wait.

use std::time::Duration;

use tokio::time::Instant;

use crate::aws::{Aws, AwsError, SharedSearches};
use crate::model::{Moment, Seen};
use crate::plan::{ExpectedKey, Plan};
use crate::poll::{Interruption, Pauses, PollEnd, PollResult, poll, silently};
use crate::producer::{DeliveryStatus, Layout, LogResource, Proof, ProofFile, SourceSlot};
use crate::run::delivery_verdict::{Delivery, TestVerdict, judge_file, judge_present};
use crate::state::{Newest, ObjectStamp};

/// How long to wait for a new test file, which AWS writes during the call that attaches.
const USUAL_WAIT: Duration = Duration::from_mins(1);

/// How long to wait for a rewritten test file: AWS does not document whether a second attachment rewrites the file.
const REWRITE_WAIT: Duration = Duration::from_secs(10);

/// The pauses between two checks.
const PAUSES: Pauses = Pauses::doubling(Duration::from_secs(2), Duration::from_secs(15));

/// The objects to look for, and the values to evaluate them with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EvidenceSearch<'a> {
    /// The plan that was carried out.
    pub plan: &'a Plan,
    /// The verdict of the test object.
    pub test: &'a TestVerdict,
    /// The key that the service's objects must use.
    pub expected: &'a ExpectedKey,
    /// When a run attached the last of the sources, according to a receipt.
    pub attached: Option<Moment>,
    /// Seconds to wait, from `--wait`.
    pub wait: Option<u64>,
}

struct EvidenceWatch<'a> {
    aws: &'a Aws,
    interruption: &'a Interruption,
    search: EvidenceSearch<'a>,
    /// The time of the test object by S3's clock.
    since: Option<i64>,
}

/// Returns the evidence of delivery since the attachment, or what to expect if there is no evidence yet.
pub(crate) async fn gather(
    aws: &Aws,
    interruption: &Interruption,
    search: EvidenceSearch<'_>,
) -> Result<Delivery, AwsError> {
    let since = match search.test {
        TestVerdict::Passed(object) => Some(object.written_at),
        TestVerdict::Inconclusive(_) | TestVerdict::Failed(_) => None,
    };
    let watch = EvidenceWatch { aws, interruption, search, since };
    match &search.plan.proof {
        Proof::AtOnce { files, until } => watch.at_once(files, until).await,
        Proof::Later { logs, until } => watch.later(Awaited { logs, resources: &[] }, until).await,
        Proof::Reported { logs, until } => watch.reported(logs, until).await,
    }
}

/// The logs to wait for.
#[derive(Clone, Copy)]
struct Awaited<'a> {
    logs: &'a [Layout],
    /// The slots of the logs that AWS reports on.
    resources: &'a [SourceSlot],
}

/// A file that AWS writes at once, and the file's version before the attachment.
type Missing<'a> = (&'a ProofFile, &'a Seen<ObjectStamp>);

impl<'a> EvidenceWatch<'a> {
    async fn at_once(&self, files: &'a [ProofFile], until: &str) -> Result<Delivery, AwsError> {
        let EvidenceSearch { plan, expected, attached, wait, .. } = self.search;
        if !plan.steps.iter().any(|step| step.step.attaches()) {
            let mut found = Vec::new();
            for file in files {
                found.extend(self.aws.find(&plan.destination, &file.key).await?.present().cloned());
            }
            let all = found.len() == files.len() && !self.changes_access();
            let verified = all.then(|| judge_present(&found, attached, expected)).flatten();
            return Ok(verified.unwrap_or_else(|| self.nothing_changed(files, until)));
        }
        let (fresh, renewed): (Vec<_>, Vec<_>) = files.iter().partition(|file| plan.fresh_logs.contains(&file.log));
        let searched = if fresh.is_empty() { &renewed } else { &fresh };
        let usual = if fresh.is_empty() { REWRITE_WAIT } else { USUAL_WAIT };
        let at_most = wait.map_or(usual, Duration::from_secs);
        let look = async || PollResult::or_failed(self.test_files(searched, until, at_most).await);
        match poll(self.interruption, PAUSES, look, silently).await {
            PollEnd::Over(delivery) => delivery,
            PollEnd::TimedOut(open) => Ok(missing(&open, until, !fresh.is_empty(), at_most)),
            PollEnd::Interrupted(_) => Ok(Delivery::interrupted()),
        }
    }

    /// Looks for the files that AWS writes at once, and returns the files that are still missing.
    async fn test_files(
        &self,
        searched: &[&'a ProofFile],
        until: &str,
        at_most: Duration,
    ) -> Result<PollResult<Delivery, Vec<Missing<'a>>>, AwsError> {
        let EvidenceSearch { plan, expected, .. } = self.search;
        let mut proven = Vec::new();
        let mut open = Vec::new();
        for file in searched {
            let before = plan.test_files.get(&file.log).unwrap_or(&Seen::Absent);
            match self.aws.find(&plan.destination, &file.key).await? {
                Seen::Denied(denial) => {
                    let note = format!("could not check AWS's test file: {denial}");
                    return Ok(PollResult::Over(permitted(until, &note)));
                }
                Seen::Absent => open.push((*file, before)),
                Seen::Present(found) => match judge_file(&found, before, self.since, expected) {
                    Some(Ok(key)) => proven.push(key),
                    Some(Err(cause)) => return Ok(PollResult::Over(Delivery::Failed(cause))),
                    None => open.push((*file, before)),
                },
            }
        }
        Ok(if open.is_empty() {
            PollResult::Over(Delivery::Proven(proven))
        } else {
            PollResult::NotYet { seen: open, at_most }
        })
    }

    /// Describes a log that was already on: existing files prove nothing new.
    fn nothing_changed(&self, files: &[ProofFile], until: &str) -> Delivery {
        let absent = files.iter().any(|file| self.search.plan.test_files.get(&file.log) == Some(&Seen::Absent));
        let note = if absent {
            "the log was already on and nothing was changed; AWS's test file is missing, so it was deleted or AWS never \
             wrote it: turn the log off, then run again"
        } else {
            "the log was already on and nothing was changed, so AWS wrote no new test file"
        };
        permitted(until, note)
    }

    /// Returns whether the run changed the service's permissions. If it did, older objects prove nothing.
    fn changes_access(&self) -> bool {
        self.search.plan.steps.iter().any(|step| step.step.affects_delivery())
    }

    /// Checks the newest object of each source in an unchanged setup. Returns `None` if a source has no object.
    async fn present(&self, logs: &[Layout]) -> Result<Option<Delivery>, AwsError> {
        let EvidenceSearch { plan, expected, attached, .. } = self.search;
        let Some(now) = self.since.filter(|_| !logs.is_empty()) else { return Ok(None) };
        let shared = SharedSearches::new(logs.len());
        let mut found = Vec::new();
        for layout in logs {
            let newest = self.aws.newest(&plan.destination, layout, &shared, Moment(now)).await?;
            let Some(newest) = newest.found().cloned() else { return Ok(None) };
            // Without a receipt, an object counts only if it is no older than the producer's interval.
            if attached.is_none() && now - newest.stamp.last_modified > rhythm(layout) {
                return Ok(None);
            }
            found.push(newest);
        }
        Ok(judge_present(&found, attached, expected))
    }

    /// Like [`Self::later`], for logs that are resources. Their layout is known only after they were created.
    async fn reported(&self, slots: &[SourceSlot], until: &str) -> Result<Delivery, AwsError> {
        let destination = &self.search.plan.destination;
        let mut layouts = Vec::new();
        for slot in slots {
            match self.aws.log_resource(slot, destination).await? {
                Seen::Present(log) => layouts.push(log.layout),
                Seen::Absent => return Ok(permitted(until, &format!("{} was not found", slot.title()))),
                Seen::Denied(denial) => return Ok(permitted(until, &denial.to_string())),
            }
        }
        self.later(Awaited { logs: &layouts, resources: slots }, until).await
    }

    /// Returns AWS's report that a delivery failed. Checks only logs that this run created: the report about any other log
    /// may be older than the run.
    async fn reported_failure(&self, resources: &[SourceSlot]) -> Result<Option<String>, AwsError> {
        let EvidenceSearch { plan, .. } = self.search;
        let is_new = |slot: &&SourceSlot| plan.steps.iter().any(|step| step.step.attaches_at(slot));
        for slot in resources.iter().filter(is_new) {
            let log = self.aws.log_resource(slot, &plan.destination).await?;
            if let Seen::Present(LogResource { status: Some(DeliveryStatus::Failed(message)), .. }) = log {
                return Ok(Some(format!("AWS reports that the delivery of {} failed: {message}", slot.title())));
            }
        }
        Ok(None)
    }

    async fn later(&self, of: Awaited<'_>, until: &str) -> Result<Delivery, AwsError> {
        let Awaited { logs, resources } = of;
        let EvidenceSearch { plan, expected, wait, .. } = self.search;
        let unchanged = !self.changes_access() && !plan.steps.iter().any(|step| step.step.attaches());
        if unchanged && let Some(verified) = self.present(logs).await? {
            return Ok(verified);
        }
        let Some(wait) = wait.filter(|seconds| *seconds > 0) else {
            return Ok(Delivery::Permitted { until: until.to_owned(), note: None });
        };
        let Some(since) = self.since else {
            return Ok(permitted(
                until,
                "without a test object, new logs can't be distinguished from old ones, so logbucket did not wait",
            ));
        };
        if logs.is_empty() {
            return Ok(permitted(until, "the keys of these logs don't name their source, so logbucket did not wait"));
        }
        let started = Instant::now();
        let at_most = Duration::from_secs(wait);
        let newest = async || {
            let mut proven = Vec::new();
            for layout in logs {
                let passed = i64::try_from(started.elapsed().as_secs()).unwrap_or_default();
                let now = Moment(since.saturating_add(passed));
                match self.aws.newest_since(&plan.destination, layout, Moment(since), now).await? {
                    Newest::Denied(_) | Newest::None | Newest::NotFurther(_) => {}
                    Newest::Found(found) => match judge_file(&found, &Seen::Absent, Some(since), expected) {
                        Some(Ok(key)) => proven.push(key),
                        Some(Err(cause)) => return Ok(PollResult::Over(Delivery::Failed(cause))),
                        None => {}
                    },
                }
            }
            if let Some(failure) = self.reported_failure(resources).await? {
                return Ok(PollResult::Over(Delivery::Failed(failure)));
            }
            let all = proven.len() == logs.len();
            Ok(if all {
                PollResult::Over(Delivery::Proven(proven))
            } else {
                PollResult::NotYet { seen: proven.len(), at_most }
            })
        };
        match poll(self.interruption, PAUSES, async || PollResult::or_failed(newest().await), silently).await {
            PollEnd::Over(delivery) => delivery,
            PollEnd::TimedOut(proven) => {
                let note = format!("{proven} of {} sources logged within {wait} s", logs.len());
                Ok(permitted(until, &note))
            }
            PollEnd::Interrupted(_) => Ok(Delivery::interrupted()),
        }
    }
}

/// Returns the seconds within which a working log has a new object. Reports arrive at least weekly, other logs at least
/// daily if there is traffic.
fn rhythm(layout: &Layout) -> i64 {
    const DAY: i64 = 24 * 60 * 60;
    match layout {
        Layout::Daily { .. } | Layout::Dated { .. } => DAY,
        Layout::Reports { .. } => 8 * DAY,
    }
}

fn permitted(until: &str, note: &str) -> Delivery {
    Delivery::Permitted { until: until.to_owned(), note: Some(note.to_owned()) }
}

/// Describes missing files. They are a failure only if the wait is over and the log was turned on or moved. AWS
/// documents the files only for such logs.
fn missing(open: &[Missing<'_>], until: &str, fresh: bool, wait: Duration) -> Delivery {
    if wait.is_zero() {
        return permitted(until, "did not wait for AWS's test file");
    }
    let never = open.iter().filter(|(_, before)| **before == Seen::Absent);
    let never: Vec<String> = never.map(|(file, _)| format!("`{}`", file.key)).collect();
    if !fresh || never.is_empty() {
        return permitted(
            until,
            "AWS accepted the destination but did not rewrite its test file; AWS does not document that it ever does",
        );
    }
    Delivery::Failed(format!("{} did not arrive within {} s", never.join(", "), wait.as_secs()))
}
