//! The partial report of a running scan, which is printed if the scan ends early.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::command::vended::Vended;
use crate::health::{Diagnosis, Evidence, Ignored, LogReport, Report, diagnose, mark_circles};
use crate::model::{Moment, Region, Seen};
use crate::producer::{Attachment, Source};
use crate::state::Identity;

/// The report so far, and the logs that were found but not diagnosed yet.
#[derive(Debug, Default)]
pub(super) struct PartialReport {
    report: RefCell<Option<Report>>,
    open: RefCell<BTreeMap<String, Arc<Attachment>>>,
}

impl PartialReport {
    /// Begins the report once the caller is known.
    pub(super) fn begins(&self, caller: Identity, at: Moment) {
        self.report.replace(Some(Report::new(caller, at)));
    }

    /// Sets the Regions being scanned.
    pub(super) fn looks_into(&self, regions: Vec<Region>) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.regions = regions;
        }
    }

    /// Adds what could not be read.
    pub(super) fn could_not(&self, unread: impl IntoIterator<Item = String>) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.unread.extend(unread);
        }
    }

    /// Counts ignored sources.
    pub(super) fn ignored(&self, ignored: Ignored) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.ignored.add(ignored);
        }
    }

    /// Returns the sources of the reported logs that `is_in` accepts, each source once.
    pub(super) fn sources(&self, is_in: impl Fn(&Diagnosis) -> bool) -> Vec<Source> {
        let report = self.report.borrow();
        let logs = report.iter().flat_map(|report| &report.logs).filter(|entry| is_in(&entry.diagnosis));
        let sources = logs.map(|entry| (entry.diagnosis.attachment.source.arn(), &entry.diagnosis.attachment.source));
        sources.collect::<BTreeMap<_, _>>().into_values().cloned().collect()
    }

    /// Adds what `CloudWatch` vended logs deliver.
    pub(super) fn vended(&self, vended: &Vended) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            vended.annotate(report);
        }
    }

    /// Returns the reported logs.
    pub(super) fn attachments(&self) -> Vec<Arc<Attachment>> {
        let report = self.report.borrow();
        report.iter().flat_map(|report| &report.logs).map(|entry| Arc::clone(&entry.diagnosis.attachment)).collect()
    }

    /// Marks logs that form a loop. Every log must be reported first. `others` are known logs that are not reported.
    pub(super) fn marks_circles(&self, others: &[Attachment]) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            mark_circles(&mut report.logs, others);
        }
    }

    /// Removes the logs of these sources, given by ARN.
    pub(super) fn forget(&self, arns: &BTreeSet<String>) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.logs.retain(|entry| !arns.contains(&entry.diagnosis.attachment.source.arn()));
        }
    }

    /// Adds a log that was found. The log is kept in memory once and shared.
    pub(super) fn found(&self, attachment: Attachment) -> Arc<Attachment> {
        let attachment = Arc::new(attachment);
        self.open.borrow_mut().insert(key(&attachment), Arc::clone(&attachment));
        attachment
    }

    /// Adds the diagnosis of a log.
    pub(super) fn diagnosed(&self, entry: LogReport) {
        self.open.borrow_mut().remove(&key(&entry.diagnosis.attachment));
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.logs.push(entry);
        }
    }

    /// Returns the report, or `None` if the caller is unknown. A log that was not diagnosed is reported as off or
    /// unknown.
    pub(super) fn ends(self) -> Option<Report> {
        let mut report = self.report.into_inner()?;
        let at = report.at;
        let open = self.open.into_inner().into_values().map(|attachment| match attachment.target {
            Seen::Present(_) => {
                LogReport::unknown(attachment, "its destination had not been read by then".to_owned(), at)
            }
            Seen::Absent | Seen::Denied(_) => {
                let diagnosis = diagnose(&attachment, None, &Evidence::NotSearched, at);
                LogReport { diagnosis, ..LogReport::unknown(attachment, String::new(), at) }
            }
        });
        report.logs.extend(open);
        Some(report)
    }
}

fn key(attachment: &Attachment) -> String {
    format!("{} {} {}", attachment.source.region(), attachment.producer(), attachment.title())
}
