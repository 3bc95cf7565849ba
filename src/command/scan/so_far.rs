//! What a scan knows while it goes on: that is what is told where it ends early.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::command::vended::Vended;
use crate::health::{Diagnosis, Evidence, Ignored, Report, Told, diagnose, mark_circles};
use crate::model::{Moment, Region, Seen};
use crate::producer::{Attachment, Source};
use crate::state::Identity;

/// The report as it stands, and the logs that were found and not diagnosed yet.
#[derive(Debug, Default)]
pub(super) struct SoFar {
    report: RefCell<Option<Report>>,
    open: RefCell<BTreeMap<String, Arc<Attachment>>>,
}

impl SoFar {
    /// It is known who looks.
    pub(super) fn begins(&self, caller: Identity, at: Moment) {
        self.report.replace(Some(Report::of(caller, at)));
    }

    /// The Regions that are looked into.
    pub(super) fn looks_into(&self, regions: Vec<Region>) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.regions = regions;
        }
    }

    /// What could not be looked at.
    pub(super) fn could_not(&self, unread: impl IntoIterator<Item = String>) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.unread.extend(unread);
        }
    }

    /// Sources were ignored.
    pub(super) fn ignored(&self, ignored: Ignored) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.ignored.add(ignored);
        }
    }

    /// The sources of the logs that were told to be in such a state, each once.
    pub(super) fn sources(&self, is_in: impl Fn(&Diagnosis) -> bool) -> Vec<Source> {
        let report = self.report.borrow();
        let logs = report.iter().flat_map(|report| &report.logs).filter(|told| is_in(&told.diagnosis));
        let sources = logs.map(|told| (told.diagnosis.attachment.source.arn(), &told.diagnosis.attachment.source));
        sources.collect::<BTreeMap<_, _>>().into_values().cloned().collect()
    }

    /// `CloudWatch` vended logs was asked.
    pub(super) fn vended(&self, vended: &Vended) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            vended.annotate(report);
        }
    }

    /// Every log was told: those that go round are marked.
    pub(super) fn marks_circles(&self) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            mark_circles(&mut report.logs, &[]);
        }
    }

    /// Nothing is told of the logs of these sources, by their ARNs.
    pub(super) fn forget(&self, arns: &BTreeSet<String>) {
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.logs.retain(|told| !arns.contains(&told.diagnosis.attachment.source.arn()));
        }
    }

    /// A log was found. It is held once: whoever diagnoses it shares it.
    pub(super) fn found(&self, attachment: Attachment) -> Arc<Attachment> {
        let attachment = Arc::new(attachment);
        self.open.borrow_mut().insert(key(&attachment), Arc::clone(&attachment));
        attachment
    }

    /// A log was diagnosed.
    pub(super) fn told(&self, told: Told) {
        self.open.borrow_mut().remove(&key(&told.diagnosis.attachment));
        if let Some(report) = self.report.borrow_mut().as_mut() {
            report.logs.push(told);
        }
    }

    /// All of it; nothing where it is not known who looks. A log that was not diagnosed is off by itself, or not known.
    pub(super) fn ends(self) -> Option<Report> {
        let mut report = self.report.into_inner()?;
        let at = report.at;
        let open = self.open.into_inner().into_values().map(|attachment| match attachment.target {
            Seen::Present(_) => Told::unknown(attachment, "its destination was not looked at by then".to_owned(), at),
            Seen::Absent | Seen::Denied(_) => {
                let diagnosis = diagnose(&attachment, None, &Evidence::NotSought, at);
                Told { diagnosis, ..Told::unknown(attachment, String::new(), at) }
            }
        });
        report.logs.extend(open);
        Some(report)
    }
}

fn key(attachment: &Attachment) -> String {
    format!("{} {} {}", attachment.source.region(), attachment.producer(), attachment.title())
}
