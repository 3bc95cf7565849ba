//! Decides whether logs arrive, and finds the cause if they don't. Pure and deterministic.
//!
//! `plan` finds the settings that block delivery, from the request that `init` would get for the current configuration.
//! This module decides which findings explain missing logs, whether the newest object contradicts them, and which
//! command fixes the log.

mod admission;
#[cfg(test)]
mod agreement;
mod circles;
mod configuration_request;
mod dependence;
mod diagnosis;
mod evidence;
mod fix;
mod last_change;
mod other_accounts;
mod relevance;
mod report;
mod story;
mod suppressions;

pub(crate) use admission::{Admission, admissions};
pub(crate) use circles::mark_circles;
pub(crate) use dependence::{
    ServiceFolder, Withdrawal, depends_on, folders_blocked_by, is_closed_to_vended, may_be_allowed,
    may_be_encrypted_with, may_use_key,
};
pub use diagnosis::{Diagnosis, Health};
pub(crate) use diagnosis::{diagnose, whereabouts};
pub(crate) use evidence::{Evidence, EvidenceResult, needs_history, shown};

pub(crate) use last_change::LastChange;
pub(crate) use other_accounts::{allowed_accounts, allowed_organizations};
pub(crate) use report::{IGNORED_BY_TAG, Ignored, LogReport, NotChecked, Report};
pub use story::{operations, story};
pub(crate) use suppressions::suppressions;
