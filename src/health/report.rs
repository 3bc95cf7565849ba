//! What `check` found: every log that was asked about, and what is to be known beside.

use std::sync::Arc;

use crate::model::{Moment, Region};
use crate::state::{Attachment, Bucket, Identity};

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
    pub suppressions: Vec<(&'static str, String)>,
    /// The Regions that were looked into, where that was asked.
    pub regions: Vec<Region>,
    /// What could not be looked through.
    pub unread: Vec<String>,
}

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
    /// The destination, where it could be looked at.
    pub bucket: Option<Arc<Bucket>>,
    /// Who changed what, in a sentence.
    pub history: Option<String>,
}

impl Told {
    /// A log that could not be looked at.
    pub fn unknown(attachment: Arc<Attachment>, why: String, now: Moment) -> Self {
        let health = Health::CannotKnow(vec![why]);
        let diagnosis = Diagnosis { attachment, health, findings: Vec::new(), newest: None, cure: None };
        Self { diagnosis, delivered: None, sought: false, now, bucket: None, history: None }
    }
}

impl Report {
    /// An empty one.
    pub fn of(caller: Identity, at: Moment) -> Self {
        let (logs, admissions, suppressions) = (Vec::new(), Vec::new(), Vec::new());
        Self { caller, at, logs, admissions, suppressions, regions: Vec::new(), unread: Vec::new() }
    }
}
