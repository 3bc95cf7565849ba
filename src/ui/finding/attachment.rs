//! Sentences about the log setting of a source.

use crate::plan::AttachmentFinding;

use super::Sentences;

pub(super) fn sentences(kind: &AttachmentFinding) -> Sentences {
    let usual = "a source logs only to where its own configuration points";
    match kind {
        AttachmentFinding::Unreadable { denial, .. } => Sentences::new(denial.to_string(), usual)
            .hinted(format!("allow `{}`: logbucket doesn't replace a log setting that it can't read", denial.action)),
        AttachmentFinding::Differs { difference, refusal, .. } => {
            Sentences::new(difference.as_str(), refusal.map_or(usual, |refusal| refusal.why))
        }
    }
}
