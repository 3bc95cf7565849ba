//! Marks the dead logs of a list, so that they are seen before anything is chosen.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::aws::{Aws, AwsError};
use crate::health::{Health, LogReport};
use crate::producer::{Attachment, Log};
use crate::state::Identity;
use crate::ui::{Count, Reporter};

use super::check::{Inquiry, ObjectSearch, diagnosed};
use super::events::Events;

/// How many destinations are judged for a list. Each takes about ten requests.
const JUDGED: usize = 40;

/// The logs of a list that are dead by their settings. A doubtful log is not among them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct DeadLogs(BTreeSet<(String, Log)>);

impl DeadLogs {
    /// Judges the logs by the settings of their destinations; every destination is read once. A log that could not be
    /// judged is not marked.
    pub(super) async fn find(aws: &Aws, caller: &Identity, logs: Vec<Attachment>, reporter: Reporter) -> Self {
        let count: Count = reporter.counts("where the logs go");
        let events = Events::new(aws);
        let ends = |_: &AwsError| false;
        let inquiry = Inquiry { aws, events: &events, caller, searched: ObjectSearch::Nothing, ends, count: &count };
        let dead = RefCell::new(BTreeSet::new());
        let tell = |report: LogReport| {
            let is_doubtful = report.state.as_ref().is_some_and(|state| report.diagnosis.is_doubtful(state));
            if report.diagnosis.health == Health::Dead && !is_doubtful {
                dead.borrow_mut().insert(key(&report.diagnosis.attachment));
            }
        };
        // No error ends the reads.
        let _ = Box::pin(diagnosed(inquiry, first(logs, JUDGED), None, tell)).await;
        Self(dead.into_inner())
    }

    pub(super) fn contains(&self, log: &Attachment) -> bool {
        self.0.contains(&key(log))
    }
}

fn key(log: &Attachment) -> (String, Log) {
    (log.source.arn(), log.log.clone())
}

/// Returns the logs that are on and go to the first `limit` destinations.
fn first(logs: Vec<Attachment>, limit: usize) -> Vec<Arc<Attachment>> {
    let mut places: BTreeSet<String> = BTreeSet::new();
    let mut first = Vec::new();
    for log in logs {
        let Some(target) = log.target.present() else { continue };
        let is_new = !places.contains(&target.bucket);
        if is_new && places.len() == limit {
            continue;
        }
        places.insert(target.bucket.clone());
        first.push(Arc::new(log));
    }
    first
}
