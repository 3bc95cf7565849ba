//! The result of `check`: all requested logs and related facts.

use std::sync::Arc;

use crate::model::{Moment, Region};
use crate::plan::ProblemCause;
use crate::producer::Attachment;
use crate::state::{DeliverySource, DestinationState, Identity};

use super::{Admission, Diagnosis, Health};

#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub caller: Identity,
    /// When the check began.
    pub at: Moment,
    /// The logs, the worst first.
    pub logs: Vec<LogReport>,
    /// What the requested bucket allows each producer.
    pub admissions: Vec<Admission>,
    /// Scanner exceptions, each with the place to add it.
    pub suppressions: Vec<(String, String)>,
    /// The Regions that were searched, if requested.
    pub regions: Vec<Region>,
    /// What could not be listed.
    pub unread: Vec<String>,
    /// The delivery sources of `CloudWatch` vended logs that deliver to the requested bucket.
    pub vended: Vec<DeliverySource>,
    /// Optional checks that were not made.
    pub not_checked: Vec<NotChecked>,
    /// The sources that were ignored on request.
    pub ignored: Ignored,
}

/// An optional check that was not made. No verdict depends on it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct NotChecked {
    /// The question that the check would have answered.
    pub question: &'static str,
    /// What was not checked, and the reason.
    pub what: String,
    /// Whether AWS denied the check. The caller can then request access. Other failures need no action.
    pub is_refused: bool,
}

/// The number of ignored sources. Each source is counted once, under the first reason.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Ignored {
    /// Ignored because of a name given with a flag.
    pub name: usize,
    /// Ignored because of a tag given with a flag.
    pub tag: usize,
    /// Ignored because of the tag `logbucket=ignore`.
    pub own_tag: usize,
}

impl Ignored {
    /// Returns the reasons with a count above zero. Each reason is named by its flag or tag.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        [("--not-name", self.name), ("--not-tag", self.tag), (IGNORED_BY_TAG, self.own_tag)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
    }

    pub(crate) fn total(&self) -> usize {
        self.name + self.tag + self.own_tag
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.name += other.name;
        self.tag += other.tag;
        self.own_tag += other.own_tag;
    }
}

/// The tag that makes logbucket ignore a source.
pub(crate) const IGNORED_BY_TAG: &str = "logbucket=ignore";

/// A diagnosis and its context.
#[derive(Clone, Debug)]
pub(crate) struct LogReport {
    pub diagnosis: Diagnosis,
    /// When the newest object arrived.
    pub delivered: Option<Moment>,
    /// Whether objects were searched for.
    pub searched: bool,
    /// When the objects were searched for.
    pub now: Moment,
    /// The state of the log's destination, if it could be read.
    pub state: Option<Arc<DestinationState>>,
    /// Who changed what, as a sentence.
    pub history: Option<String>,
}

impl LogReport {
    /// Returns the report for a log that could not be read.
    pub(crate) fn unknown(attachment: Arc<Attachment>, why: String, now: Moment) -> Self {
        let health = Health::Unknown(vec![ProblemCause::Other(why)]);
        let (findings, inferred) = (Vec::new(), Vec::new());
        let diagnosis = Diagnosis { attachment, health, findings, inferred, newest: None, fix: None, vended: None };
        Self { diagnosis, delivered: None, searched: false, now, state: None, history: None }
    }
}

impl Report {
    /// Returns what was not checked because AWS denied it.
    pub(crate) fn refused_beside(&self) -> impl Iterator<Item = &str> {
        self.not_checked.iter().filter(|one| one.is_refused).map(|one| one.what.as_str())
    }

    /// Returns an empty report.
    pub(crate) fn new(caller: Identity, at: Moment) -> Self {
        let (logs, admissions, suppressions) = (Vec::new(), Vec::new(), Vec::new());
        let (regions, unread, ignored) = (Vec::new(), Vec::new(), Ignored::default());
        let (vended, not_checked) = (Vec::new(), Vec::new());
        Self { caller, at, logs, admissions, suppressions, regions, unread, vended, not_checked, ignored }
    }
}
