//! How a run of `check` or `scan` ends, by what it found.

use std::collections::BTreeSet;

use crate::cli::FailOn;
use crate::exit::Exit;
use crate::health::{Diagnosis, Health, Report, Told};

/// Whether a log in this state makes a run fail.
pub(super) fn fails_on(fail_on: &[FailOn], diagnosis: &Diagnosis) -> bool {
    let state = match diagnosis.health {
        Health::Dead => Some(FailOn::Dead),
        Health::CannotKnow(_) => Some(FailOn::Unknown),
        Health::Off if diagnosis.is_vended() => None,
        Health::Off => Some(FailOn::Off),
        Health::Delivering | Health::Pending(_) | Health::Permitted => None,
    };
    let is_loop = diagnosis.is_loop().then_some(FailOn::Loop);
    [state, is_loop].into_iter().flatten().any(|state| fail_on.contains(&state))
}

/// How the run ends, and what is to be said where that is no finding.
pub(super) fn verdict(fail_on: &[FailOn], report: &Report) -> (Exit, Option<&'static str>) {
    if report.logs.iter().any(|told| fails_on(fail_on, &told.diagnosis)) {
        return (Exit::Problems, None);
    }
    let unknown = |told: &&Told| matches!(told.diagnosis.health, Health::CannotKnow(_));
    let doubtful: BTreeSet<String> =
        report.logs.iter().filter(unknown).map(|told| told.diagnosis.attachment.source.arn()).collect();
    // What is off is no judgement of a source of which another log is on and can't be judged.
    let is_judged = |told: &Told| match told.diagnosis.health {
        Health::CannotKnow(_) => false,
        Health::Off => !doubtful.contains(&told.diagnosis.attachment.source.arn()),
        Health::Dead | Health::Delivering | Health::Pending(_) | Health::Permitted => true,
    };
    let unseen = report.logs.is_empty() && report.admissions.is_empty() && !report.unread.is_empty();
    if unseen || (!doubtful.is_empty() && !report.logs.iter().any(is_judged)) {
        (Exit::Failed, Some("no log that is on could be judged"))
    } else {
        (Exit::Done, None)
    }
}

/// What to do where nothing could be judged.
pub(super) const NOT_JUDGED: &str = "what was not known is listed above, with its reason; `logbucket permissions` prints the policy that the caller needs";
