//! Whether logs arrive, and if not, why: what is configured, seen and delivered, judged. Pure, sync and deterministic.
//!
//! What stops a delivery is found by `plan`, from the request that `init` would be given for what is configured today; here is
//! decided what of it explains silence, what the newest object says against it, and which command cures it.

mod admission;
#[cfg(test)]
mod agreement;
mod circles;
mod cure;
mod dependence;
mod diagnosis;
mod evidence;
mod last_change;
mod other_accounts;
mod question;
mod relevance;
mod report;
mod story;
mod suppressions;

pub use admission::{Admission, admissions};
pub use circles::mark_circles;
pub use cure::Cured;
pub use dependence::{ServiceFolder, Withdrawal, closed_to, depends_on, is_closed_to_vended, may_be_let_in};
pub use diagnosis::{Diagnosis, Health, diagnose, whereabouts};
pub use evidence::{Evidence, Sought, needs_history, shown};
pub use last_change::LastChange;
pub use other_accounts::{accounts_let_in, organizations_let_in};
pub use report::{IGNORED_BY_TAG, Ignored, NotChecked, Report, Told};
pub use story::{operations, story};
pub use suppressions::suppressions;
