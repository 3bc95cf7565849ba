//! What `check` found: every log that was asked about, and what is to be known beside.

use std::sync::Arc;

use crate::model::{Moment, Region};
use crate::producer::Attachment;
use crate::state::{DeliverySource, Identity, Looked};

use super::{Admission, Diagnosis, Health};

/// What was found.
#[derive(Clone, Debug)]
pub struct Report {
    /// Who looked.
    pub caller: Identity,
    /// When the look began.
    pub at: Moment,
    /// The logs, the worst first.
    pub logs: Vec<Told>,
    /// What a bucket that was asked about says to each producer.
    pub admissions: Vec<Admission>,
    /// Exceptions for scanners, each with where it is to be put.
    pub suppressions: Vec<(String, String)>,
    /// The Regions that were looked into, where that was asked.
    pub regions: Vec<Region>,
    /// What could not be looked through.
    pub unread: Vec<String>,
    /// What `CloudWatch` vended logs delivers to a bucket that was asked about.
    pub vended: Vec<DeliverySource>,
    /// What was not checked beside.
    pub not_checked: Vec<NotChecked>,
    /// The sources that were to be ignored.
    pub ignored: Ignored,
}

/// Something that was not checked, and that no verdict depends on.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotChecked {
    /// What is open without it.
    pub question: &'static str,
    /// What, and why.
    pub what: String,
    /// Whether AWS refused it: the caller can have it allowed. Whatever else failed, nobody is to be kept busy by it.
    pub is_refused: bool,
}

/// How many sources were ignored, each counted once, by what was first to say so.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Ignored {
    /// By a pattern of names.
    pub by_name: usize,
    /// By a tag that a flag names.
    pub by_tag: usize,
    /// By a tag that is there for this.
    pub by_own_tag: usize,
}

impl Ignored {
    /// Each cause that ignored any, in the words of the command line, and how many.
    pub fn counts(&self) -> impl Iterator<Item = (&'static str, usize)> {
        [("--not-name", self.by_name), ("--not-tag", self.by_tag), (IGNORED_BY_TAG, self.by_own_tag)]
            .into_iter()
            .filter(|(_, count)| *count > 0)
    }

    /// All of them.
    pub fn total(&self) -> usize {
        self.by_name + self.by_tag + self.by_own_tag
    }

    /// Counts others, too.
    pub fn add(&mut self, other: Self) {
        self.by_name += other.by_name;
        self.by_tag += other.by_tag;
        self.by_own_tag += other.by_own_tag;
    }
}

/// The tag of a source that is to be ignored.
pub const IGNORED_BY_TAG: &str = "logbucket=ignore";

/// A diagnosis with what surrounds it.
#[derive(Clone, Debug)]
pub struct Told {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// When the newest object came.
    pub delivered: Option<Moment>,
    /// Whether the newest object was looked for.
    pub sought: bool,
    /// When that was looked at.
    pub now: Moment,
    /// The place that it names, where that could be looked at.
    pub looked: Option<Arc<Looked>>,
    /// Who changed what, in a sentence.
    pub history: Option<String>,
}

impl Told {
    /// A log that could not be looked at.
    pub fn unknown(attachment: Arc<Attachment>, why: String, now: Moment) -> Self {
        let health = Health::CannotKnow(vec![why]);
        let diagnosis = Diagnosis { attachment, health, findings: Vec::new(), newest: None, cure: None, vended: None };
        Self { diagnosis, delivered: None, sought: false, now, looked: None, history: None }
    }
}

impl Report {
    /// What was not checked beside since AWS refused it.
    pub fn refused_beside(&self) -> impl Iterator<Item = &str> {
        self.not_checked.iter().filter(|one| one.is_refused).map(|one| one.what.as_str())
    }

    /// An empty one.
    pub fn of(caller: Identity, at: Moment) -> Self {
        let (logs, admissions, suppressions) = (Vec::new(), Vec::new(), Vec::new());
        let (regions, unread, ignored) = (Vec::new(), Vec::new(), Ignored::default());
        let (vended, not_checked) = (Vec::new(), Vec::new());
        Self { caller, at, logs, admissions, suppressions, regions, unread, vended, not_checked, ignored }
    }
}
