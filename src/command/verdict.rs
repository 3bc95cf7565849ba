//! The exit code of `check` and `scan`.

use std::collections::BTreeSet;

use crate::cli::FailOn;
use crate::exit::Exit;
use crate::health::{Diagnosis, Health, LogReport, Report};

/// Returns whether a log in this state makes a run fail.
pub(super) fn fails_on(fail_on: &[FailOn], diagnosis: &Diagnosis) -> bool {
    let state = match diagnosis.health {
        Health::Dead => Some(FailOn::Dead),
        Health::Unknown(_) => Some(FailOn::Unknown),
        Health::Off if diagnosis.is_vended() => None,
        Health::Off => Some(FailOn::Off),
        Health::Delivering | Health::Pending(_) | Health::Permitted => None,
    };
    let is_loop = diagnosis.is_loop().then_some(FailOn::Loop);
    [state, is_loop].into_iter().flatten().any(|state| fail_on.contains(&state))
}

/// Returns the exit code, and an error if no log could be judged.
pub(super) fn verdict(fail_on: &[FailOn], report: &Report) -> (Exit, Option<&'static str>) {
    if report.logs.iter().any(|entry| fails_on(fail_on, &entry.diagnosis)) {
        return (Exit::Problems, None);
    }
    let unknown = |entry: &&LogReport| matches!(entry.diagnosis.health, Health::Unknown(_));
    let doubtful: BTreeSet<String> =
        report.logs.iter().filter(unknown).map(|entry| entry.diagnosis.attachment.source.arn()).collect();
    // A log that is off is judged only if no other log of its source is in doubt.
    let is_judged = |entry: &LogReport| match entry.diagnosis.health {
        Health::Unknown(_) => false,
        Health::Off => !doubtful.contains(&entry.diagnosis.attachment.source.arn()),
        Health::Dead | Health::Delivering | Health::Pending(_) | Health::Permitted => true,
    };
    let unseen = report.logs.is_empty() && report.admissions.is_empty() && !report.unread.is_empty();
    if unseen || (!doubtful.is_empty() && !report.logs.iter().any(is_judged)) {
        (Exit::Failed, Some("no enabled log could be judged"))
    } else {
        (Exit::Done, None)
    }
}

/// The hint if nothing could be judged.
pub(super) const NOT_JUDGED: &str =
    "the reasons are listed above; `logbucket permissions` prints the policy that the caller needs";
